"""Notes of one or two pages: what stands in them, once, and how it becomes HTML, PDF or a Word document."""

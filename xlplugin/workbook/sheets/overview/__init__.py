"""Overview: what you type, what follows for each company, and how sure it is."""

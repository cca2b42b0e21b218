"""The sheets, one module or folder each."""

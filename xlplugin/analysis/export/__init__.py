"""Tables and pictures of an analysis as files."""

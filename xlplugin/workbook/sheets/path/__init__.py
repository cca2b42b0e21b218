"""Path: years ahead."""

"""Checks: what is wrong, and where."""

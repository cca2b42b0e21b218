"""Sensitivity: a grid and a tornado."""

"""Plots drawn by Matplotlib: a page whose texts are measured before they are placed, and its marks."""

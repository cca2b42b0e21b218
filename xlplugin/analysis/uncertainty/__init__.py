"""Draws from ranges of assumptions, and what is read from them."""

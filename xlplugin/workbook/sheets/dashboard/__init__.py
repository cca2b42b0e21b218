"""Dashboard: two scenarios for one company side by side."""

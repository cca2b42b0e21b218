"""Results: companies by scenarios."""

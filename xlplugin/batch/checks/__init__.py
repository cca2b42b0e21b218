"""Outputs held against what they claim: verify and diff."""

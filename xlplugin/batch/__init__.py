"""Runs at any size: files of scenarios in, files of results out, block by block."""

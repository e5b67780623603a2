"""Limits of proportional dimension and sample, drawn: certified regimes, and four losses side by side."""

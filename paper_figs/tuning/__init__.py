"""Tuning alone under imbalance: a grid of recipes for cross-entropy beside special losses."""

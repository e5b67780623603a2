"""Statements in Coq read back: their trees, the conditions they need, their values at points."""

"""Exact arithmetic: where numbers lie, their signs, ranges over boxes, normal forms, domains."""

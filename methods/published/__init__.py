"""The tables of papers as data: every number with its setting and where it was read."""

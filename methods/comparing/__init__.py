"""Runs held against published tables and against each other, with what sets them apart."""

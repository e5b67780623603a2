"""Difficulty, influence and second stages: runs beside what was written down before them."""

"""Weights learnt by a look ahead: runs beside what was written down before them, and the curves V(loss)."""

"""Weights and rates learnt by a look ahead: runs beside what was written down before them, curves V(loss)."""

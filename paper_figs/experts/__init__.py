"""Experts and contrasts: runs beside what was written down before them, and test sets of other priors."""

"""Computations that decide what no formula prover can, one body of theory a file; see `theory.computed`."""

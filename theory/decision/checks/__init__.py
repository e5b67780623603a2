"""Computations that decide claims of this chapter which no formula prover can."""

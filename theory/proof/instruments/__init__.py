"""Instruments of prover and refuter: ranges, solvers, normal forms, samples, deadlines."""

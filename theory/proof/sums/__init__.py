"""Proofs and counterexamples for claims about sums over any number of classes."""

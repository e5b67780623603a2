"""Theory of imbalanced learning as objects: formulas, numbers, claims, proofs, counterexamples."""

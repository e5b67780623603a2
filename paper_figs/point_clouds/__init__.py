"""Leaf and wood of sparse point clouds: SOUL's rebalanced loss beside others, and what was foretold."""

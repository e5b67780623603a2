"""The prover: goals, and the tactics that close or reduce them."""

"""Claims about limits as theorems of Coq: their statements, their proofs, and how both are read back."""

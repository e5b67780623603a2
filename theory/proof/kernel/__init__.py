"""The kernel tier: proofs that the kernel of a proof assistant checks."""

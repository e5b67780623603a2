"""Self-supervision under imbalance: what a long tail costs features learnt without labels."""

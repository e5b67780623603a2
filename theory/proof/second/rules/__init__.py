"""What the walk does at each kind of node: leaves, steps of calculus, hypotheses."""

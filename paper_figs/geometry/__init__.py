"""The geometry of the last layer: free features and trained networks beside SELI and the simplex."""

"""The refuter: the search for a point where a claim fails."""

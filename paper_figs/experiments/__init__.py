"""The experiments on the systems of the field: what they are made of, and each by one command."""

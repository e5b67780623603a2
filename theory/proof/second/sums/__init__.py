"""The second opinion on claims about any number of classes: lemmas, applied to texts and to nothing else."""

"""Density-ratio weights held against their controls, their law, and bounds: from the stored runs."""

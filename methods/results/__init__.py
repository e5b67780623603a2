"""What a run leaves in its folder, as types and as files: measurements, results, times, checkpoints."""

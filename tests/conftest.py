"""Shared machines: no deadlines, which say nothing about correctness, and one thread a worker."""

import torch
from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
torch.set_num_threads(1)

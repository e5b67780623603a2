"""This process among those that torchrun started together, as its environment says; without torch.

Checked by: commands under torchrun.
"""

import os
from typing import NamedTuple

__all__ = ["Place", "place"]


class Place(NamedTuple):
    """Rank and number of all processes, and of those on this machine."""

    rank: int
    ranks: int
    rank_here: int
    ranks_here: int

    @property
    def machines(self) -> int:
        """How many machines run as many processes as this one."""
        return self.ranks // self.ranks_here


def place() -> Place:
    """Where this process stands; alone, unless torchrun started it.

    >>> place()
    Place(rank=0, ranks=1, rank_here=0, ranks_here=1)
    """
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return Place(0, 1, 0, 1)
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
    return Place(*(int(os.environ[name]) for name in names))

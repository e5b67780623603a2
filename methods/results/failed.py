"""A member of a run that has no results, as a record that stands beside them: its training diverged.

Ours. Checked by: runs in which one member diverges, alone, together with others, in processes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["FailedMember", "in_words"]

NAMED = 3  # members that a line names, at most


@dataclass(frozen=True, kw_only=True)
class FailedMember:
    """One method under one seed that has no results: its training diverged.

    ``epoch``, counted from 1, is the one in which it did, and ``why`` what was not finite.

    Examples
    --------
    >>> failed = FailedMember(method="vs", seed=0, epoch=3, why="its loss is nan at step 7")
    >>> str(failed)
    'vs, seed 0, in epoch 3: its loss is nan at step 7'
    """

    method: str
    seed: int
    epoch: int
    why: str

    def __str__(self) -> str:
        return f"{self.method}, seed {self.seed}, in epoch {self.epoch}: {self.why}"


def in_words(failed: Sequence[FailedMember], members: int) -> str:
    """How many of the members of a run diverged, and which; for one line."""
    named = "; ".join(map(str, failed[:NAMED]))
    more = f"; and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
    return f"{len(failed)} of {members} members diverged ({named}{more})"

"""How long training took: apart from the results, which are the same bytes whenever they are computed.

A member's time stands in a file beside its measurements, and of all members in ``timings.csv``. Checked
by: real runs, interrupted ones among them.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from .records import decode, encode, read_json, write_csv, write_json

__all__ = ["TIMINGS", "Timing", "write_timing", "write_timings"]

TIMINGS = "timings.csv"


@dataclass(frozen=True)
class Timing:
    """Seconds that epochs of a member took, recorded points of its curve included.

    Attributes
    ----------
    epochs
        Those trained without a break up to the last; fewer than the recipe's after an interruption.
    seconds
        Of heads that train together each one's share.
    processes
        How many trained members at this time.
    together
        Members that trained as one product.
    """

    method: str
    seed: int
    epochs: int
    seconds: float
    processes: int = 1
    together: int = 1


def write_timing(member: Path, timing: Timing) -> None:
    """Write a member's time beside its file."""
    write_json(_beside(member), encode(timing))


def write_timings(folder: Path, members: Iterable[Path]) -> None:
    """Gather the times of members, by their files, in a table; those without one are left out."""
    files = [file for file in map(_beside, members) if file.exists()]
    rows = [decode(Timing, read_json(file)) for file in files]
    header = [*(field.name for field in fields(Timing)), "seconds_per_epoch"]
    each = ((*astuple(row), row.seconds / row.epochs if row.epochs else None) for row in rows)
    write_csv(folder / TIMINGS, header, each)


def _beside(member: Path) -> Path:
    return member.with_suffix(".timing")

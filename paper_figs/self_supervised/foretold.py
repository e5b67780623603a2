"""What was written down of self-supervision under imbalance before its runs: signs of paired differences.

The papers' claims, each with a control that a sceptic would ask for. Committed before the first run; the
size of the runs was chosen on other seeds: 0, 1 and 100. BCL-D was foretold when the others had been
measured, before its own runs. Checked by: a row of the page for each.
"""

from typing import NamedTuple

__all__ = ["FORETOLD", "Foretold"]

TAIL, EVEN = "long-tailed", "balanced"


class Foretold(NamedTuple):
    """The sign of a mean over seeds: a probe's accuracy of one run minus that of another, paired by seed.

    ``measure`` is a column of the runs' table; runs are given by their images and method. ``beyond``: less
    the same difference on balanced images.
    """

    system: str
    measure: str
    run: tuple[str, str]
    against: tuple[str, str]
    sign: int
    why: str
    beyond: bool = False


def _of(system: str, method: str, paper: str) -> tuple[Foretold, ...]:
    """A method's claim, in all and where images were few, and that what it gains is of the tail."""
    gain = (TAIL, method), (TAIL, "simclr"), 1
    return (
        Foretold(system, "balanced_accuracy", *gain, f"{paper}: better than SimCLR on a long tail"),
        Foretold(system, "few", *gain, f"{paper}: and so for classes with few images"),
        Foretold(
            system, "balanced_accuracy", *gain, "control: more is gained than on balanced images", True
        ),
    )  # fmt: skip


FORETOLD = (
    Foretold("SimCLR", "balanced_accuracy", (TAIL, "simclr"), (EVEN, "simclr"), -1,
             "Jiang et al.: of as many images in all a long tail teaches less"),
    Foretold("SimCLR", "few", (TAIL, "simclr"), (EVEN, "simclr"), -1,
             "Jiang et al.: and so for the classes that have few of them"),
    Foretold("SimCLR", "balanced_accuracy", (TAIL, "simclr"), (TAIL, "untrained"), 1,
             "control: pre-training teaches something"),
    *_of("SDCLR", "sdclr", "Jiang et al."),
    Foretold("SDCLR", "balanced_accuracy", (TAIL, "sdclr"), (TAIL, "sdclr-unpruned"), 1,
             "control: it is the pruning, not the second branch's normalisation"),
    *_of("BCL-I", "bcl-i", "Zhou et al. 2022"),
    Foretold("BCL-I", "balanced_accuracy", (TAIL, "bcl-i"), (TAIL, "bcl-i-shuffled"), 1,
             "control: it is which images are changed more, not that views are changed more"),
    *_of("BCL-D", "bcl-d", "Zhou et al. 2022"),
    Foretold("BCL-D", "balanced_accuracy", (TAIL, "bcl-d"), (TAIL, "sdclr"), 1,
             "Zhou et al. 2022: better than SDCLR, which it stands on"),
    *_of("GH", "gh", "Zhou et al. 2023"),
)  # fmt: skip

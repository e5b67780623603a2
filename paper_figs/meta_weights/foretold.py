"""What was written down of Meta-Weight-Net before its runs.

Ours, and in two places the finding of Shu et al. (NeurIPS 2019): weights grow with the loss under imbalance
and fall with it under wrong labels. Committed before the first run. Checked by: the page.
"""

from typing import NamedTuple

__all__ = ["FORETOLD", "Foretold"]


class Foretold(NamedTuple):
    """The sign of a mean over seeds; ``measure`` is a column of the members, or the rival of a gap.

    A gap is the balanced accuracy of ``meta-weight-net`` minus that of the rival, paired by seed.
    """

    setting: str
    measure: str
    sign: int
    why: str


FORETOLD = (
    Foretold("imbalance", "rise", 1, "Shu et al.: rare classes have the large losses"),
    Foretold("imbalance", "rare", 1, "the same, seen from the classes: the rarer half weighs more"),
    Foretold("imbalance", "ce", 1, "Shu et al.: better than no weights"),
    Foretold("imbalance", "ce@validation=true", -1, "an image that is trained on teaches more"),
    Foretold("imbalance", "la", -1, "one function of the loss cannot tell a rare class from a hard image"),
    Foretold("noise", "rise", -1, "Shu et al.: wrong labels have the large losses"),
    Foretold("noise", "wrong", -1, "the same, seen from the labels: wrong ones weigh less"),
    Foretold("noise", "ce", 1, "Shu et al.: better than no weights"),
    Foretold("noise", "ce@validation=true", 1, "a few clean images more do not undo two labels in five"),
)  # fmt: skip

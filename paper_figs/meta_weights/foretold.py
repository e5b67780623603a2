"""What was written down of Meta-Weight-Net, and of balanced meta-softmax's sampler, before their runs.

Ours, and in two places the finding of Shu et al. (NeurIPS 2019): weights grow with the loss under imbalance
and fall with it under wrong labels; in others that of Ren et al. (NeurIPS 2020). Committed before the first
run of each. Checked by: the page.
"""

from typing import NamedTuple

__all__ = ["FORETOLD", "Foretold"]


class Foretold(NamedTuple):
    """The sign of a mean over seeds; ``measure`` is a column of the members, or the rival of a gap.

    A gap is the balanced accuracy of what learns in that setting minus that of the rival, paired by seed.
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
    Foretold("sampling", "rates", 1, "held-out images of rare classes are the ones that are still wrong"),
    Foretold("sampling", "ce", 1, "Ren et al.: better than cross-entropy"),
    Foretold("sampling", "balanced-softmax", 1, "Ren et al.: the sampler adds to balanced softmax"),
    Foretold("sampling", "meta-softmax@lr=0", 1, "the same: what is learnt adds, not how it is drawn"),
    Foretold("sampling", "balanced-softmax@validation=true", -1, "an image that is trained on teaches more"),
)  # fmt: skip

"""What was written down of tuning before the grid was trained.

What "Simplifying Neural Network Training Under Class Imbalance" (Shwartz-Ziv et al., NeurIPS 2023) finds, and
one line of ours. Committed before the first run, and what is foretold of ``joint`` before its own. Checked
by: every comparison is of cells that are trained.
"""

from typing import NamedTuple

__all__ = ["FORETOLD", "Foretold"]


class Foretold(NamedTuple):
    """One cell minus another, points, paired by seed, and on which side of ``bound`` it is.

    ``measure`` is ``"balanced"`` or ``"rare"``, the recall of the rarer half of the classes; ``beyond`` says
    what the same difference is taken off from it: that at factor 10, or that in the larger half.
    """

    cell: str
    against: str
    measure: str
    sign: int
    bound: float
    statement: str
    why: str
    beyond: str = ""


_LA = "consistency.logit_adjustment"

FORETOLD = (
    Foretold("batch=8", "batch=64", "balanced", 1, 0, "none", "smaller batches are better under imbalance"),
    Foretold("batch=8", "batch=64", "balanced", 1, 0, "none", "and the more so the larger it is", "factor"),
    Foretold("shift", "base", "rare", 1, 0, "none", "augmentation helps rare classes most", "large"),
    Foretold("smooth-tails", "smooth-heads", "balanced", 1, 0, "none",
             "more smoothing for rare classes; Zhong et al. and the statement have it the other way"),
    Foretold("wide", "base", "balanced", -1, 0, "none", "larger networks gain less, or overfit",
             "factor"),
    Foretold("sam-a", "base", "balanced", 1, 0, "none", "SAM that climbs on rare classes"),
    Foretold("sam-a", "sam", "balanced", 1, 0, "none", "more than SAM does"),
    Foretold("joint=0.1", "base", "balanced", 1, 0, "none", "joint self-supervision helps"),
    Foretold("joint=0.5", "base", "balanced", 1, 0, "none", "joint self-supervision helps"),
    Foretold("joint=0.5", "base", "rare", 1, 0, "none", "and most of all rare classes", "large"),
    Foretold("joint=0.5", "base", "balanced", 1, 0, "none", "and the more so the larger the imbalance",
             "factor"),
    Foretold("tuned", "base", "balanced", 1, 0, "none", "all together"),
    Foretold("tuned", "la", "balanced", 1, -1, "none", "tuned, it reaches the special losses: to a point"),
    Foretold("tuned-joint", "tuned", "balanced", 1, 0, "none", "and joint self-supervision adds to it"),
    Foretold("tuned-la", "tuned", "balanced", 1, 0, _LA,
             "ours: no tuning of cross-entropy takes the prior out of it"),
)  # fmt: skip

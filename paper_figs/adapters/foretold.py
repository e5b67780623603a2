"""What was written down of adapters before they were trained.

Of debLoRA and LIFT what their papers claim; the rest is ours. Committed before the first run; one control was
added before its own. Checked by: every comparison is of arms that are trained.
"""

from typing import NamedTuple

__all__ = ["FORETOLD", "Foretold"]


class Foretold(NamedTuple):
    """Recall of one arm minus that of another, points, paired by seed, and on which side of ``bound`` it is.

    ``group`` is ``"tail"``, the classes whose features debLoRA moves, ``"head"``, all others, or
    ``"balanced"``, the mean over all classes.
    """

    system: str
    arm: str
    against: str
    group: str
    sign: int
    bound: float
    statement: str
    why: str


_LA = "consistency.logit_adjustment"

FORETOLD = (
    Foretold("debLoRA", "deblora", "probe", "tail", 1, 0, "none",
             "Tian et al.: 3.3 to 4.7 points gained on the tail"),
    Foretold("debLoRA", "deblora", "probe", "head", 1, -1, "none",
             "Tian et al.: the head is kept, here to within a point"),
    Foretold("debLoRA", "deblora", "own-mean", "tail", 1, 0, "none",
             "Tian et al.: what the clusters share with large classes helps, not contraction alone"),
    Foretold("debLoRA", "deblora-la", "probe-la", "balanced", 1, 0, "none",
             "better features stay better under a loss that moves the threshold by itself"),
    Foretold("LoRA", "lora", "probe", "tail", -1, 0, "none",
             "Tian et al.: adapters trained by cross-entropy serve large classes"),
    Foretold("LIFT", "lift", "probe", "tail", 1, 0, _LA,
             "Shi et al.; the loss is consistent for the balanced error"),
    Foretold("LIFT", "lift", "probe-la", "balanced", 1, 0, "none",
             "Shi et al.: light fine-tuning does more than a head alone"),
    Foretold("LIFT", "lift", "cosine-la", "balanced", 1, 0, "none",  # written when the rest was measured
             "the same with the same head on both sides: what adapters themselves do"),
    Foretold("LIFT", "lift", "deblora", "balanced", 1, 0, _LA,
             "ours: moved features leave the prior in the probe's threshold"),
)  # fmt: skip

"""What was written down of difficulty, influence and second stages before their runs.

Where a paper claims a sign it is the paper's; rivals that papers do not have are ours, with their signs.
Committed before the first run. Checked by: names that are trained, and the page.
"""

from typing import NamedTuple

__all__ = ["FORETOLD", "RUNS", "Foretold"]

TOPS = ("fashion-tops-10", "fashion-tops-30", "fashion-tops-100")
SLOW = tuple(name.replace("tops", "tops-slow") for name in TOPS)
HEADS, SECOND, NORMALISED = "cifar10-heads-cdb", "cifar10-mlp-decoupled", "digits-mislas"


def _tops(name: str) -> str:
    return f"Fashion-MNIST, T-shirt or shirt, 1,000 : {1000 // int(name.rsplit('-', 1)[1])}"


RUNS = {
    **{name: _tops(name) for name in TOPS},
    **{name: f"{_tops(name)}, a sixteenth of the rate, four times as long" for name in SLOW},
    HEADS: "CIFAR-10-LT, factor 100, linear heads over stored features",
    SECOND: "CIFAR-10-LT, factor 100, two hidden layers over stored features",
    NORMALISED: "digits, factor 20, ResNet-8",
}
"""Recipes, and their data in words."""


class Foretold(NamedTuple):
    """The sign of a mean over seeds: of a method minus a rival, paired by seed, in a run.

    ``measure`` is a column of the members. With a run ``base`` it is the difference of that difference
    between the two runs.
    """

    system: str
    run: str
    method: str
    rival: str
    sign: int
    why: str
    measure: str = "balanced_accuracy"
    base: str = ""


def _cdb(run: str) -> tuple[Foretold, ...]:
    return (
        Foretold("CDB", run, "cdb", "ce", 1, "Sinha et al.: better than no weights"),
        Foretold("CDB", run, "cdb", "ce@validation=true", 1,
                 "a few images more weigh less than weights on those there are"),
        Foretold("CDB", run, "cdb", "la", -1, "weights by difficulty rest short of the balanced rule"),
        Foretold("CDB", run, "cdb", "cdb@mean=weights", 1,
                 "divided by a batch's own weights, a batch of easy images moves the network as far"),
    )  # fmt: skip


def _smoothed(run: str, adjusted: str) -> tuple[Foretold, ...]:
    ece = "expected_calibration_error"
    full = "mixup+mislas"
    return (
        Foretold("MiSLAS", run, full, "ce", 1, "Zhong et al.: better than cross-entropy"),
        Foretold("MiSLAS", run, full, "mixup+crt", 1, "Zhong et al.: more than cRT after the same mixup"),
        Foretold("MiSLAS", run, full, adjusted, -1, "our guess: mixing does little for a small network"),
        Foretold("MiSLAS", run, full, "ce", -1, "Zhong et al.: better calibrated", ece),
        Foretold("mixup", run, "mixup", "ce", -1, "Zhong et al.: better calibrated", ece),
    )  # fmt: skip


_UNWEIGHTED = "after as many steps on data as they come it has learnt nothing new"
_LESS = "our guess: a fitted network leaves its second stage little to learn from"
FORETOLD = (
    *(row for run in (*TOPS, *SLOW, HEADS) for row in _cdb(run)),
    Foretold("CDB", TOPS[2], "cdb", "ce", 1, "Sinha et al.: the gain grows with the imbalance", base=TOPS[0]),
    Foretold("CDB", SLOW[2], "cdb", "ce", 1, "Sinha et al.: the gain grows with the imbalance", base=SLOW[0]),
    Foretold("cRT", SECOND, "ce+crt", "ce", 1, "Kang et al.: better than the joint classifier"),
    Foretold("cRT", SECOND, "ce+crt", "ce+crt@balanced=false,epochs=40", 1, _UNWEIGHTED),
    Foretold("cRT", SECOND, "ce+crt", "la", -1, _LESS),
    Foretold("LWS", SECOND, "ce+lws", "ce", 1, "Kang et al.: better than the joint classifier"),
    Foretold("LWS", SECOND, "ce+lws", "ce+lws@balanced=false,epochs=20", 1, _UNWEIGHTED),
    Foretold("LWS", SECOND, "ce+lws", "la", -1, _LESS),
    Foretold("tau-norm", SECOND, "ce+tau-norm", "ce", 1, "Kang et al.: better than the joint classifier"),
    Foretold("tau-norm", SECOND, "ce+tau-norm", "ce+la", -1, "lengths of rows say less than the prior"),
    Foretold("NCM", SECOND, "ce+ncm", "ce", 1, "Kang et al.: better than the joint classifier"),
    Foretold("DisAlign", SECOND, "ce+disalign", "ce", 1, "Zhang et al.: better than the joint classifier"),
    Foretold("DisAlign", SECOND, "ce+disalign", "ce+disalign@rho=0.0", 1, _UNWEIGHTED),
    Foretold("DisAlign", SECOND, "ce+disalign@rho=1.0", "ce+la", -1,
             "offsets learnt on fitted images are short of the prior's"),
    Foretold("DisAlign", SECOND, "ce+disalign", "la", -1, _LESS),
    *_smoothed(SECOND, "la"),
    Foretold("MiSLAS", SECOND, "mixup+mislas", "mixup+mislas@head=0.0", 1,
             "Zhong et al.: better than without smoothing"),
    *_smoothed(NORMALISED, "ce+la"),
    Foretold("MiSLAS", NORMALISED, "mixup+mislas", "mixup+mislas@shift=false", 1,
             "Zhong et al.: better with shifted normalisation"),
    Foretold("IB", SECOND, "influence-deferred@alpha=10", "ce", 1, "Park et al.: better than no weights"),
    Foretold("IB", SECOND, "influence-deferred@alpha=10", "influence-balanced@alpha=10", 1,
             "Park et al.: better than from the first epoch"),
    Foretold("IB", SECOND, "influence-deferred@alpha=10", "la", -1, "our guess: as the weights in it"),
)  # fmt: skip

"""What was written down of experts and contrasts before their runs: the sign of a difference, paired by seed.

Signs are those that the papers claim; of `experts.mean_tau` and `experts.sade_strength`, which are proved of
the best logits, those that they would have of trained ones. Committed before the first run, those of ProCo,
and later those with a queue of 64, when the others had been measured, before their own. Checked by: what they
name is measured (verdicts are those of `paper_figs.meta_weights.foretold`).
"""

from typing import NamedTuple

__all__ = ["FORETOLD", "Foretold"]

SINGLE = "digits-experts-single:"
"""Before a method: of the run whose single networks have the experts' size."""


class Foretold(NamedTuple):
    """The sign of ``method`` minus ``rival``.

    ``test`` is ``""`` for balanced accuracy on the run's test set. Of a test set of another prior it is that
    prior, accuracy is that of all its images, and method and rival are columns of the table of test sets: how
    the experts of ``sade`` were weighed (``equal``, ``learnt``), or another method.
    """

    system: str
    method: str
    rival: str
    sign: int
    why: str
    statement: str = "none"
    test: str = ""


_MEAN, _SADE = "experts.mean_tau", "experts.sade_strength"
_KCL = "kcl@queue=64"

FORETOLD = (
    Foretold("BalPoE", "balpoe", "ce", 1, "mean strength 1 against 0", _MEAN),
    Foretold("BalPoE", "balpoe", "la", 1, "Aimar et al.: better than one adjusted network"),
    Foretold("BalPoE", "balpoe", f"{SINGLE}la", 1, "the same, of one of the same size"),
    Foretold("BalPoE", "balpoe", "balpoe@spread=0", 1, "Aimar et al.: different strengths help"),
    Foretold("BalPoE", "balpoe", "balpoe@tau=0", 1, "strengths -1, 0, 1 have mean 0", _MEAN),
    Foretold("SADE", "learnt", "equal", 1, "Zhang et al.: learnt weights suit the test set", test="forward"),
    Foretold("SADE", "learnt", "equal", 1, "Zhang et al.: learnt weights suit the test set", test="backward"),
    Foretold("SADE", "learnt", "equal", 1, "Zhang et al.: and harm on no other", test="uniform"),
    Foretold("SADE", "equal", "la", 1, "equal weights serve a backward prior", _SADE, "backward"),
    Foretold("SADE", "equal", "la", -1, "equal weights serve a backward prior", _SADE, "forward"),
    Foretold("RIDE", "ride", "ride@diversity=0", 1, "Wang et al.: experts that differ are better"),
    Foretold("RIDE", "ride", "ce", 1, "Wang et al.: better than one plain network"),
    Foretold(
        "BCL", "balanced-contrastive", "balanced-contrastive@balanced=false", 1,
        "Zhu et al.: class means in the sum help the rare classes",
    ),
    Foretold(
        "BCL", "balanced-contrastive", "balanced-contrastive@contrast=0", 1,
        "Zhu et al.: better than logit adjustment alone",
    ),
    Foretold(
        "PaCo", "paco", "balanced-contrastive@contrast=0", 1,
        "Cui et al.: better than balanced softmax, which it is without its vectors",
    ),
    Foretold("ProCo", "proco", "la", 1, "Du et al.: better than logit adjustment alone"),
    Foretold("ProCo", "proco", "balanced-contrastive", 1,
             "Du et al.: better than a contrast with a batch's own vectors"),
    Foretold("KCL", _KCL, "kcl@k=1000,queue=64", 1,
             "Kang et al.: as many positives for every class are better than all that there are"),
    Foretold("KCL", _KCL, "la", 1, "Kang et al.: contrast gives better features than a classifier alone"),
    Foretold("KCL", _KCL, "ce", 1, "its logits are adjusted", "consistency.logit_adjustment"),
    Foretold("KCL", _KCL, "balanced-contrastive", -1, "Zhu et al.: class means in the sum are better"),
    Foretold("PaCo", "paco@queue=64", "balanced-contrastive@contrast=0", 1,
             "Cui et al.: better than balanced softmax, which it is without its vectors"),
    Foretold("PaCo", "paco@queue=64", "paco", 1,
             "our guess: vectors of the last two batches are not yet out of date"),
)  # fmt: skip

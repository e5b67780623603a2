"""Losses of long-tailed classification: weight x margin x link, and the few that are not.

Every loss is called as ``criterion(logits, target)``, takes ``weight``, ``reduction``, ``normalize`` and
``ignore_index``, and accepts dense predictions, like ``F.cross_entropy``.
Checked by: golden values, independent evaluations, property tests, a benchmark.
"""

from .class_balanced import ClassBalancedLoss
from .comp_sum import GCALoss, GLALoss, IMMAXLoss
from .equalization import EqualizationLoss
from .focal import FocalLoss
from .functional import margin_softmax_loss
from .influence import InfluenceBalancedLoss
from .lade import LADELoss
from .ldam import LDAMHingeLoss, LDAMLoss
from .links import comp_sum_link, focal_link
from .module import MarginSoftmaxLoss
from .offsets import BalancedSoftmaxLoss, CDTLoss, LogitAdjustedLoss, VSLoss
from .pairwise import PairwiseMarginLoss
from .seesaw import SeesawLoss
from .smoothing import LabelAwareSmoothingLoss

__all__ = [
    "BalancedSoftmaxLoss",
    "CDTLoss",
    "ClassBalancedLoss",
    "EqualizationLoss",
    "FocalLoss",
    "GCALoss",
    "GLALoss",
    "IMMAXLoss",
    "InfluenceBalancedLoss",
    "LADELoss",
    "LDAMHingeLoss",
    "LDAMLoss",
    "LabelAwareSmoothingLoss",
    "LogitAdjustedLoss",
    "MarginSoftmaxLoss",
    "PairwiseMarginLoss",
    "SeesawLoss",
    "VSLoss",
    "comp_sum_link",
    "focal_link",
    "margin_softmax_loss",
]

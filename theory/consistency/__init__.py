"""Consistency: which losses have the right minimiser.

Whether a loss, minimised on the population, gives the rule of least balanced error: the whole family of
weights and offsets (Menon et al. 2021), vector scaling, margins on the target, spared negatives, label
smoothing, focal loss and other links. Negative results come with an exact counterexample.
"""

# A function wins over the file that bears its name.
from .binary_link import *
from .binary_margins import *
from .consistency import *
from .cvs import *
from .decreasing_link import *
from .focal import *
from .label_smoothing import *
from .multiclass_margins import *
from .offset_family import *
from .spared_negatives import *
from .vs_consistency import *
from .weighted_recall import *

TITLE = "Consistency: which losses have the right minimiser"
MODULES = (
    "consistency",
    "offset_family",
    "vs_consistency",
    "cvs",
    "binary_margins",
    "binary_link",
    "multiclass_margins",
    "spared_negatives",
    "label_smoothing",
    "focal",
    "decreasing_link",
    "weighted_recall",
)

"""Decisions: balanced error, plug-in rules, costs, thresholds.

What a classifier should do with a posterior: the rule that is best for the balanced error, its regret when
the posterior is estimated (Menon et al. 2013), when moving a threshold suffices (Zhou and Liu, Elkan), and
the thresholds of ratio measures such as F1 (Koyejo et al.).
"""

# A function wins over the file that bears its name.
from .balanced_error import *
from .confusion_norms import *
from .decision_costs import *
from .plug_in import *
from .posterior_thresholds import *
from .threshold_moving import *

TITLE = "Decisions: balanced error, plug-in rules, costs, thresholds"
MODULES = (
    "balanced_error",
    "confusion_norms",
    "plug_in",
    "threshold_moving",
    "posterior_thresholds",
    "decision_costs",
)

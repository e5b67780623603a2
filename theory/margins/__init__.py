"""Margins.

How a margin budget is best split between classes: LDAM's fourth root (Cao et al. 2019) and other exponents,
the margin bound behind it, which margins a sample allows, and the margins of IMMAX (Cortes et al. 2025).
"""

# A function wins over the file that bears its name.
from .fixed_offsets import *
from .immax import *
from .immax_consistency import *
from .ldam_loss import *
from .margin_bound import *
from .margin_exponents import *
from .margin_feasibility import *
from .margin_loss import *
from .margins import *

TITLE = "Margins"
MODULES = (
    "margins",
    "margin_exponents",
    "ldam_loss",
    "margin_loss",
    "margin_bound",
    "margin_feasibility",
    "fixed_offsets",
    "immax",
    "immax_consistency",
)

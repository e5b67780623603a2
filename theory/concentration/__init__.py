"""Concentration and Rademacher complexity.

The tools of every bound: tails of class means (Hoeffding, McDiarmid, Bernstein, Chernoff), exact Rademacher
complexities of small classes, contraction and where the data-dependent form of it fails. Proved: scalar
steps by the engines, finite worlds by exhaustive exact enumeration.
"""

# A function wins over the file that bears its name.
from .class_complexity import *
from .concentration import *
from .confidence import *
from .contraction import *
from .rademacher import *
from .random_signs import *
from .sign_sums import *
from .tail_bounds import *

TITLE = "Concentration and Rademacher complexity"
MODULES = (
    "random_signs",
    "sign_sums",
    "tail_bounds",
    "confidence",
    "rademacher",
    "concentration",
    "class_complexity",
    "contraction",
)

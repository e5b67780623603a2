"""Surrogates with a class term: comp-sum, GLA, GCA.

Comp-sum losses and their class-aware relatives (Cortes, Mohri, Zhong 2025): the H-consistency bound of each,
its transform of regret, what is sharp, and what bounded hypotheses change.
"""

# A function wins over the file that bears its name.
from .balanced_measure import *
from .balanced_surrogates import *
from .bounded_hypotheses import *
from .comp_sum import *
from .gca import *
from .gla import *
from .gla_bounds import *
from .regret_transform import *

TITLE = "Surrogates with a class term: comp-sum, GLA, GCA"
MODULES = (
    "comp_sum",
    "balanced_measure",
    "regret_transform",
    "gla",
    "gla_bounds",
    "gca",
    "bounded_hypotheses",
    "balanced_surrogates",
)

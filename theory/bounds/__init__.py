"""Generalization bounds for the balanced risk.

Bounds on the mean of class risks with every constant explicit: a union over classes, the data-dependent
contraction of Wang et al. (NeurIPS 2023), one stratified sample, density-ratio weights (Luo et al. 2024);
and which of them is smaller when.
"""

# A function wins over the file that bears its name.
from .bound_comparison import *
from .class_bounds import *
from .data_dependent_bound import *
from .density_ratio_bound import *
from .density_ratio_weights import *
from .error_surrogate import *
from .sharpness_bound import *
from .stratified_bound import *

TITLE = "Generalization bounds for the balanced risk"
MODULES = (
    "class_bounds",
    "data_dependent_bound",
    "stratified_bound",
    "bound_comparison",
    "error_surrogate",
    "density_ratio_bound",
    "density_ratio_weights",
    "sharpness_bound",
)

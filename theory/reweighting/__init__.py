"""How much a class counts: weights and resampling.

Class weights and what they estimate: the effective number of examples (Cui et al. 2019), density ratios
(Luo et al. 2024), difficulty (Sinha et al. 2020); and resampled classes: clusters, SMOTE, sampling powers.
"""

# A function wins over the file that bears its name.
from .batch_means import *
from .class_sampling import *
from .density_ratio import *
from .difficulty import *
from .distinct_cells import *
from .effective_number import *
from .focal_sharpness import *
from .ratio_spread import *
from .resampled_classes import *

TITLE = "How much a class counts: weights and resampling"
MODULES = (
    "effective_number",
    "distinct_cells",
    "density_ratio",
    "ratio_spread",
    "difficulty",
    "resampled_classes",
    "class_sampling",
    "batch_means",
    "focal_sharpness",
)

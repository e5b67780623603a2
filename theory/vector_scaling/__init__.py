"""The vector-scaling family.

One softmax loss with weights, scales and offsets that holds LA, LDAM, CDT and VS as cases (Kini et al. 2021;
Wang et al. 2023): its forms, its gradient, and the class-wise Lipschitz constants that its bounds rest on.
"""

# A function wins over the file that bears its name.
from .local_lipschitz import *
from .margin_softmax import *
from .minimal_probability import *
from .pairwise_margins import *
from .vector_scaling import *
from .vs_loss import *

TITLE = "The vector-scaling family"
MODULES = (
    "margin_softmax",
    "vs_loss",
    "vector_scaling",
    "pairwise_margins",
    "minimal_probability",
    "local_lipschitz",
)

"""Adjusting logits, priors and heads.

Logit adjustment in the loss and after training (Menon et al. 2021), balanced softmax (Ren et al. 2020), what
wrong or estimated priors cost, second heads on given features (Kang et al. 2020), label shift, experts
under different priors (Aimar et al. 2023), and contrasts on the sphere (Du et al. 2024).
"""

# A function wins over the file that bears its name.
from .balanced_softmax import *
from .estimated_priors import *
from .experts import *
from .label_shift import *
from .logit_adjustment import *
from .second_heads import *
from .spherical_contrast import *
from .wrong_priors import *

TITLE = "Adjusting logits, priors and heads"
MODULES = (
    "logit_adjustment",
    "balanced_softmax",
    "wrong_priors",
    "estimated_priors",
    "second_heads",
    "label_shift",
    "experts",
    "spherical_contrast",
)

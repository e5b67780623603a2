"""Separable data: what survives training to the end.

Gradient descent on separable data tends to a max-margin direction: weights and additive offsets vanish in
the limit, multiplicative scales stay (Kini et al. 2021; cost-sensitive SVM).
"""

# A function wins over the file that bears its name.
from .cost_sensitive import *
from .implicit_bias import *

TITLE = "Separable data: what survives training to the end"
MODULES = ("implicit_bias", "cost_sensitive")

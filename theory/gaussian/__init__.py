"""Two Gaussian classes: the population.

The closed forms of the imbalance taxonomy at known means: recall, specificity and balanced error of a
threshold, the decisions of cross-entropy, cost weighting and logit adjustment, precision and its curves, F1,
areas under curves, calibration, and K classes on a simplex. Symbols: Delta the separation, eta the imbalance.
"""

# A function wins over the file that bears its name.
from .gaussian import *
from .gaussian_areas import *
from .gaussian_calibration import *
from .gaussian_curves import *
from .gaussian_decisions import *
from .gaussian_f1 import *
from .simplex_gaussian import *

TITLE = "Two Gaussian classes: the population"
MODULES = (
    "gaussian",
    "gaussian_curves",
    "gaussian_decisions",
    "gaussian_f1",
    "gaussian_areas",
    "gaussian_calibration",
    "simplex_gaussian",
)

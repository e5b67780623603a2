"""Gaussian classes in high dimension.

What a ratio kappa of dimension to sample adds to imbalance: the law of plug-in LDA with known and estimated
covariance, the regimes it implies and where the published boundary fails, centre bias, separability, the
max-margin classifier of separable data and ridge logistic regression.
"""

# A function wins over the file that bears its name.
from .centre_bias import *
from .enclosed_rates import *
from .estimated_covariance import *
from .high_dimensional_lda import *
from .lda import *
from .max_margin import *
from .rectified_gaussian import *
from .regimes import *
from .ridge_logistic import *
from .ridge_logistic_enclosure import *
from .separability import *

TITLE = "Gaussian classes in high dimension"
MODULES = (
    "lda",
    "rectified_gaussian",
    "high_dimensional_lda",
    "estimated_covariance",
    "regimes",
    "centre_bias",
    "separability",
    "max_margin",
    "ridge_logistic",
    "ridge_logistic_enclosure",
    "enclosed_rates",
)

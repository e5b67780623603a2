"""Gaussian classes in high dimension.

What a ratio kappa of dimension to sample adds to imbalance: the law of plug-in LDA with known and estimated
covariance, the regimes it implies and where the published boundary fails, centre bias, separability, the
max-margin classifier of separable data, ridge logistic regression of two classes and of K, and maximum
likelihood where the logistic model holds.
"""

# A function wins over the file that bears its name.
from .centre_bias import *
from .enclosed_rates import *
from .estimated_covariance import *
from .high_dimensional_lda import *
from .lda import *
from .logistic_model import *
from .logistic_model_enclosure import *
from .max_margin import *
from .rectified_gaussian import *
from .regimes import *
from .ridge_logistic import *
from .ridge_logistic_enclosure import *
from .ridge_softmax import *
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
    "ridge_softmax",
    "enclosed_rates",
    "logistic_model",
    "logistic_model_enclosure",
)

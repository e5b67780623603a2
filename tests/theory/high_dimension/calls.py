"""A valid call of every public function of the chapter, and what its arguments may not be."""

from counterpoise.theory.high_dimension import Ball, max_margin
from numeric_examples import BELOW_ONE, NEGATIVE, NOT_POSITIVE, NOT_REAL

MAX_MARGIN = max_margin(10.0, 1.0, 2.0)

# All arguments broadcast against each other.
ELEMENTWISE = {
    "centre_bias.balanced_error_parts": (10.0, 2.0, 3.0, 0.5),
    "centre_bias.centre_correction": (10.0, 2.0),
    "centre_bias.effective_error_parts": (2.0, 0.5, 3.0),
    "centre_bias.undersampled_rate": (10.0, 2.0, 3.0),
    "estimated_covariance.corrected_error": (10.0, 2.0, 3.0),
    "high_dimensional_lda.direction_cosine_squared": (10.0, 2.0, 3.0),
    "high_dimensional_lda.effective_parameters": (10.0, 2.0, 3.0, 0.5),
    "high_dimensional_lda.recall_slope_at_balance": (2.0, 3.0),
    "lda.centre_shift": (10.0, 2.0),
    "lda.class_loads": (10.0, 2.0),
    "lda.direction_lost": (10.0, 2.0, 3.0),
    "lda.half_recall_log_imbalance": (2.0, 3.0, 0.5),
    "lda.plug_in_probits": (10.0, 2.0, 3.0, 0.5),
    "lda.plug_in_rates": (10.0, 2.0, 3.0, 0.5),
    "lda.published_log_boundary": (2.0, 3.0),
    "lda.regime": (10.0, 2.0, 3.0),
    "rectified_gaussian.log_rectified_mean": (0.5,),
    "rectified_gaussian.log_rectified_square": (0.5,),
    "rectified_gaussian.rectified_mean": (0.5,),
    "rectified_gaussian.rectified_square": (0.5,),
    "regimes.published_score": (10.0, 2.0, 3.0),
    "regimes.signal_to_noise": (10.0, 2.0, 3.0),
}
OTHERS = {
    "centre_bias.phase": (0.5, 0.4, 0.1),
    "enclosed_rates.enclose_max_margin": (10.0, 0.5, 2.0),
    "enclosed_rates.enclose_plug_in": (10.0, 2.0, 3.0, 0.5),
    "enclosed_rates.enclosed_regime": (Ball(0.3, 0.1), Ball(0.9, 0.0)),
    "estimated_covariance.inverse_wishart_moments": (5, 20),
    "lda.covariance_factors": (2.0,),
    "logistic_model_enclosure.enclose_logistic_mle": (30.0, 0.0, 0.0),
    "logistic_model.logistic_mle": (10.0, 1.0, 0.5),
    "max_margin.balancing_margin_ratio": (MAX_MARGIN,),
    "max_margin.half_recall_imbalance": (1.0, 2.0),
    "max_margin.max_margin": (10.0, 1.0, 2.0),
    "max_margin.with_margin_ratio": (MAX_MARGIN, 2.0, 2.0),
    "rectified_gaussian.inverse_rectified_mean": (0.5,),
    "regimes.recall_level_log_imbalance": (0.3, 2.0, 3.0),
    "ridge_logistic.ridge_logistic": (10.0, 2.0, 3.0, 0.1),
    "ridge_logistic.ridge_logistic_world": (10.0, 2.0, 3.0, 0.1),
    "ridge_logistic_enclosure.enclose_ridge_logistic": (10.0, 2.0, 3.0, 0.1),
    "ridge_softmax.ridge_softmax": (3, 2.0, 3.0, 0.1),
    "separability.separability_threshold": (10.0, 2.0),
}
# Values outside the domain of an argument.
OUTSIDE = {
    "centre_bias.effective_error_parts": {
        "effective_Delta": (3.1, *NEGATIVE),
        "threshold": NOT_REAL,
        "Delta": NOT_POSITIVE,
    },
    "enclosed_rates.enclose_max_margin": {
        "eta": BELOW_ONE,
        "kappa": NOT_POSITIVE,
        "Delta": NOT_POSITIVE,
    },
    "enclosed_rates.enclose_plug_in": {
        "eta": BELOW_ONE,
        "kappa": NOT_POSITIVE,
        "Delta": NOT_POSITIVE,
        "tau": NOT_REAL,
    },
    "ridge_logistic.ridge_logistic": {
        "eta": BELOW_ONE,
        "kappa": NOT_POSITIVE,
        "Delta": NOT_POSITIVE,
        "ridge": NOT_POSITIVE,
    },
    "logistic_model.logistic_mle": {
        "kappa": (2.0, *NOT_POSITIVE),
        "gamma": NEGATIVE,
        "theta": NOT_REAL,
    },
    "lda.class_loads": {"eta": BELOW_ONE, "kappa": NOT_POSITIVE},
    "lda.plug_in_rates": {
        "eta": BELOW_ONE,
        "kappa": NOT_POSITIVE,
        "Delta": NOT_POSITIVE,
        "tau": NOT_REAL,
    },
    "lda.half_recall_log_imbalance": {"kappa": NOT_POSITIVE, "Delta": NOT_POSITIVE},
    "lda.published_log_boundary": {"kappa": NOT_POSITIVE, "Delta": NOT_POSITIVE},
    "lda.regime": {"eta": BELOW_ONE, "kappa": NOT_POSITIVE, "Delta": NOT_POSITIVE},
    "lda.direction_lost": {"eta": BELOW_ONE, "kappa": NOT_POSITIVE, "Delta": NOT_POSITIVE},
}

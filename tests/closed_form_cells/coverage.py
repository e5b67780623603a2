"""Which public functions of the two chapters are held against sampling, and why the others are not."""

HELD = {
    "gaussian": (
        "bayes_rates", "bayes_balanced_error", "bayes_error", "boundary_shift", "half_recall_imbalance",
        "recall_level_log_imbalance", "recall_slope", "threshold_rates", "log_false_over_true",
        "negative_predictive_value", "precision", "cost_threshold", "geometric_mean", "youden_index",
        "undersampled_posterior", "unsampled_posterior", "best_f1", "f1_optimal_threshold", "f1_score",
        "average_precision", "lowest_average_precision", "roc_area", "calibration_error",
        "simplex_accuracies",
    ),
    "high_dimension": (
        "centre_shift", "class_loads", "half_recall_log_imbalance", "plug_in_probits", "plug_in_rates",
        "inverse_rectified_mean", "rectified_mean", "rectified_square", "corrected_error",
        "direction_cosine_squared", "effective_parameters", "recall_slope_at_balance",
        "inverse_wishart_moments", "recall_level_log_imbalance", "signal_to_noise", "balanced_error_parts",
        "centre_correction", "undersampled_rate", "separability_threshold", "balancing_margin_ratio",
        "half_recall_imbalance", "max_margin", "with_margin_ratio", "ridge_logistic", "ridge_softmax",
        "logistic_mle",
    ),
}  # fmt: skip

PARTS = "what rows that use it hold"
DEFINED = "a definition or a published claim, of which nothing is sampled"
ENCLOSED = "balls around the floats of a function that is sampled"
ELSEWHERE = {
    "gaussian": {"mills_ratio": "a special function, held against fifty digits"},
    "high_dimension": {
        "covariance_factors": PARTS,
        "effective_error_parts": PARTS,
        "log_rectified_mean": "the logarithm of a sampled function",
        "log_rectified_square": "the logarithm of a sampled function",
        "direction_lost": "whether a sampled cosine is below one half",
        "regime": "which interval a sampled recall is in",
        "enclosed_regime": "which interval a sampled recall is in",
        "published_log_boundary": DEFINED,
        "published_score": DEFINED,
        "sharp_constant": "the supremum of a ratio of two boundaries",
        "phase": "exponents of growth, not numbers of a world",
        "ridge_logistic_world": "checked arguments",
        "enclose_ridge_logistic": ENCLOSED,
        "enclose_max_margin": ENCLOSED,
        "enclose_plug_in": ENCLOSED,
        "enclose_logistic_mle": ENCLOSED,
    },
}

"""A valid call of every public function of the chapter, and what its arguments may not be."""

from counterpoise.theory.decision import f_beta_metric
from numeric_examples import COUNTS, NO_SHARE, NOT_POSITIVE, SHARES

# All arguments broadcast against each other.
ELEMENTWISE = {
    "confusion_norms.frequency_weights": (0.3, 0.2),
    "decision_costs.posterior_cost_threshold": (1.0, 2.0),
    "plug_in.plug_in_regret_bound": (0.1, 0.2, 0.3),
    "plug_in.prior_estimate_cost": (0.3, 100.0),
    "posterior_thresholds.undersampled_posterior": (0.3, 0.5),
    "posterior_thresholds.undo_undersampling": (0.3, 0.5),
}
OTHERS = {
    "balanced_error.balanced_error": ([0.5, 0.9],),
    "balanced_error.balanced_regret": ([SHARES, SHARES], [0, 1], SHARES, [0.5, 0.5]),
    "balanced_error.balanced_scores": (SHARES, SHARES),
    "balanced_error.group_accuracies": ([0.5, 0.6, 0.7], COUNTS, 20, 100),
    "confusion_norms.error_norms": ([[0.9, 0.2, 0.0], [0.0, 0.8, 0.5], [0.1, 0.0, 0.5]],),
    "decision_costs.power_costs": (SHARES, 1.0),
    "plug_in.transfer_bound": (0.1, 0.3),
    "posterior_thresholds.f_beta_metric": (0.3, 1.0),
    "posterior_thresholds.metric_threshold": (f_beta_metric(0.3), 0.5),
    "posterior_thresholds.optimal_metric": (f_beta_metric(0.3), [0.1, 0.5], [0.5, 0.5]),
    "threshold_moving.cost_sensitive_prediction": (
        [0.6, 0.3, 0.1],
        [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]],
    ),
    "threshold_moving.expected_costs": (
        SHARES,
        [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]],
    ),
    "threshold_moving.moving_scores": (SHARES, [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]),
}
# Each reads class counts: positive, finite, a vector.
FROM_COUNTS = ("balanced_error.group_accuracies",)
# Values outside the domain of an argument.
OUTSIDE = {
    "confusion_norms.error_norms": {"confusion": NO_SHARE},
    "confusion_norms.frequency_weights": {"class_prior": NO_SHARE, "smoothing": NOT_POSITIVE},
    "balanced_error.balanced_error": {"class_accuracy": NO_SHARE},
    "balanced_error.group_accuracies": {"class_accuracy": NO_SHARE},
}

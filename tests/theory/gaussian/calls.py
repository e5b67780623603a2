"""A valid call of every public function of the chapter, and what its arguments may not be."""

from numeric_examples import BELOW_ONE, COUNTS, NOT_POSITIVE, NOT_REAL

# All arguments broadcast against each other.
ELEMENTWISE = {
    "gaussian.bayes_balanced_error": (10.0, 2.0, 0.5),
    "gaussian.bayes_error": (10.0, 2.0),
    "gaussian.bayes_rates": (10.0, 2.0, 0.5),
    "gaussian.boundary_shift": (10.0, 2.0),
    "gaussian.half_recall_imbalance": (2.0,),
    "gaussian.recall_level_log_imbalance": (0.3, 2.0),
    "gaussian.recall_slope": (10.0, 2.0),
    "gaussian.threshold_rates": (0.5, 2.0),
    "gaussian_areas.average_precision": (10.0, 2.0),
    "gaussian_areas.lowest_average_precision": (0.3,),
    "gaussian_areas.roc_area": (2.0,),
    "gaussian_calibration.calibration_error": (3.0, -2.0, 2.0, 10.0),
    "gaussian_curves.log_false_over_true": (0.5, 2.0),
    "gaussian_curves.mills_ratio": (0.5,),
    "gaussian_curves.negative_predictive_value": (10.0, 2.0, 0.5),
    "gaussian_curves.precision": (10.0, 2.0, 0.5),
    "gaussian_decisions.cost_threshold": (10.0, 2.0),
    "gaussian_decisions.geometric_mean": (0.5, 2.0),
    "gaussian_decisions.undersampled_posterior": (0.3, 0.5),
    "gaussian_decisions.unsampled_posterior": (0.3, 0.5),
    "gaussian_decisions.youden_index": (0.5, 2.0),
    "gaussian_f1.best_f1": (10.0, 2.0, 1.0),
    "gaussian_f1.f1_optimal_threshold": (10.0, 2.0, 1.0),
    "gaussian_f1.f1_score": (0.5, 2.0, 10.0, 1.0),
}
OTHERS = {
    "simplex_gaussian.simplex_accuracies": (COUNTS, 2.0, 0.5),
}
# Values outside the domain of an argument.
OUTSIDE = {
    "gaussian.boundary_shift": {"eta": BELOW_ONE, "Delta": NOT_POSITIVE},
    "gaussian.bayes_rates": {"eta": BELOW_ONE, "Delta": NOT_POSITIVE, "tau": NOT_REAL},
    "gaussian.half_recall_imbalance": {"Delta": NOT_POSITIVE},
}

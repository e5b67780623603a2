"""A valid call of every public function of the chapter, and what its arguments may not be."""

from numeric_examples import COUNTS, NOT_POSITIVE, NOT_REAL, SHARES

# All arguments broadcast against each other.
ELEMENTWISE = {
    "binary_link.optimal_score": (0.3, 1.0, 2.0, 0.5, 0.25, 2.0),
    "binary_margins.implied_threshold": (1.0, 2.0, 0.5, 0.25, 1.0, 2.0),
    "binary_margins.weighted_hinge_risk": (0.3, 1.0, 2.0, 1.0, 0.5),
    "binary_margins.weighted_hinge_score": (0.3, 1.0, 2.0, 1.0, 0.5),
    "consistency.pairwise_threshold": (1.0, 2.0, 0.5, 0.25, 2.0),
    "decreasing_link.influence_link": (0.3, 2.0, 0.5),
    "decreasing_link.influence_margin": (2.0, 0.5),
    "label_smoothing.smoothing_threshold": (0.3, 0.1),
    "spared_negatives.consistent_equalisation_gamma": (0.7, 0.3),
    "spared_negatives.consistent_seesaw_exponent": (2.0,),
    "spared_negatives.seesaw_log_odds": (10.0, 0.5),
}
OTHERS = {
    "weighted_recall.recall_weights": (SHARES, COUNTS),
    "label_smoothing.balanced_smoothing": (COUNTS,),
    "label_smoothing.label_aware_smoothing": (COUNTS, 0.4, 0.1),
    "focal.focal_minimiser": (SHARES, 2.0),
    "focal.focal_posterior": (SHARES, 2.0),
    "focal.focal_slope": (0.3, 2.0),
    "multiclass_margins.face_gradient": ([1.0, 2.0], [[0.0, 1.0], [2.0, 0.0]], [0, 1]),
    "multiclass_margins.true_class_margin_posterior": (SHARES, [0.1, 0.2, 0.3], 1.0),
    "offset_family.is_consistent": (SHARES, SHARES, SHARES, 1e-12),
    "offset_family.misclassified_posterior": ([1.0, 2.0, 3.0], [0.0, 1.0, 0.0], SHARES),
    "offset_family.optimal_logits": (SHARES, 1.0, 0.0),
}
# No example here, but tests: what takes expressions or checked arrays, or reads by special rules.
TESTED_ELSEWHERE = ("offset_family.broadcast_classes", "offset_family.sum_of_others")
# Values outside the domain of an argument.
OUTSIDE = {
    "consistency.pairwise_threshold": {
        "weight_positive": NOT_POSITIVE,
        "weight_negative": NOT_POSITIVE,
        "margin_positive": NOT_REAL,
        "margin_negative": NOT_REAL,
        "gamma": NOT_POSITIVE,
    }
}

"""A valid call of every public function of the chapter, and what its arguments may not be."""

from numeric_examples import COUNTS, LABELS, LOGITS, SHARES

# All arguments broadcast against each other.
ELEMENTWISE = {
    "second_heads.nearest_mean_balanced_error": (2.0, 1.0, 0.5),
    "second_heads.scaled_log_odds": (2.0, 0.5, 1.5),
    "spherical_contrast.log_spherical_moment": (2.0, 1.5, 0.3),
    "wrong_priors.regret_bound_wrong_exponent": (10.0, 0.5, 0.1),
}
OTHERS = {
    "balanced_softmax.multiple_binary_logits": (SHARES, COUNTS),
    "balanced_softmax.training_logits": (SHARES, COUNTS),
    "balanced_softmax.training_posterior": (SHARES, COUNTS),
    "estimated_priors.prior_mismatch_bound": (1e4, 0.1, 3, 0.05),
    "experts.served_prior": (SHARES, [[0.0, 0.0, 0.0], [-0.7, -1.2, -1.6]], [0.5, 0.5]),
    "label_shift.bbse_weights": ([[0.5, 0.1], [0.1, 0.3]], [0.6, 0.4]),
    "label_shift.mlls_prior": ([[0.5, 0.5], [0.2, 0.8], [0.7, 0.3]], [0.5, 0.5]),
    "logit_adjustment.adjusted_logits": (LOGITS, SHARES, 1.0),
    "logit_adjustment.logit_adjusted_loss": (LOGITS, LABELS, SHARES, 1.0),
    "wrong_priors.prior_mismatch": (SHARES, COUNTS),
    "wrong_priors.regret_bound_wrong_prior": (SHARES, COUNTS, 0.1),
    "wrong_priors.sharp_regret_bound_wrong_prior": (SHARES, COUNTS),
}

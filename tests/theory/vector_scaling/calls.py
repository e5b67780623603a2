"""A valid call of every public function of the chapter, and what its arguments may not be."""

from numeric_examples import COUNTS, LABELS, LOGITS, NO_SHARE, NOT_POSITIVE, NOT_REAL

# All arguments broadcast against each other.
ELEMENTWISE = {
    "local_lipschitz.clipped_loss": (0.1, 0.5, 2.0),
}
OTHERS = {
    "local_lipschitz.local_lipschitz_constant": (1.0, [1.0, 2.0, 3.0], 0.5),
    "local_lipschitz.scale_norm": ([1.0, 2.0, 3.0],),
    "local_lipschitz.vs_loss_constants": (1.0, [1.0, 2.0, 3.0], 0.5),
    "minimal_probability.bounded_logit_probability": ([1.0, 2.0, 3.0], 4.0, 1.0, 0.0),
    "minimal_probability.literal_probability": ([1.0, 2.0, 3.0], 1.0, 0.0),
    "minimal_probability.minimal_logit": (LOGITS, LABELS),
    "minimal_probability.minimal_probability": (LOGITS, LABELS, 1.0, 0.0),
    "pairwise_margins.offsets_of_pairwise_margins": ([[0.0, 1.0], [2.0, 0.0]], 1e-12),
    "vector_scaling.logit_adjustment_offset": (COUNTS, 1.0),
    "vector_scaling.vs_gradient_bound": ([1.0, 2.0, 3.0], 1, 0.5, 2.0),
    "vector_scaling.vs_parameters": ("VS", COUNTS),
    "vector_scaling.vs_scale": (COUNTS, 0.3),
    "vs_loss.vs_log_odds": (LOGITS, LABELS, 1.0, 0.0),
    "vs_loss.vs_loss": (LOGITS, LABELS, [1.0, 2.0, 3.0], 1.0, 0.0),
}
# No example here, but tests: what takes expressions or checked arrays, or reads by special rules.
TESTED_ELSEWHERE = ("margin_softmax",)
# Each reads class counts: positive, finite, a vector.
FROM_COUNTS = (
    "vector_scaling.logit_adjustment_offset",
    "vector_scaling.vs_scale",
)
# Values outside the domain of an argument.
OUTSIDE = {
    "vector_scaling.logit_adjustment_offset": {"tau": NOT_REAL},
    "vector_scaling.vs_scale": {"gamma": NOT_REAL},
    "vector_scaling.vs_gradient_bound": {
        "scale": NOT_POSITIVE,
        "target_probability": NO_SHARE,
        "weight": NOT_POSITIVE,
    },
}

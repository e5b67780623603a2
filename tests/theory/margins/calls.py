"""A valid call of every public function of the chapter, and what its arguments may not be."""

from numeric_examples import COUNTS, LABELS, LOGITS, NEGATIVE, NOT_POSITIVE

# All arguments broadcast against each other.
ELEMENTWISE = {
    "margin_loss.ramp": (0.5, 1.0),
}
OTHERS = {
    "immax.balanced_immax_margins": (COUNTS, 1.0, 1.0),
    "immax.class_sensitive_complexity": (COUNTS, [1.0, 2.0, 3.0], 1.0, 1.0),
    "immax.immax_bound": (0.1, COUNTS, [1.0, 2.0, 3.0], 1.0, 1.0, 0.05),
    "immax.immax_margins": (COUNTS, 1.0, 1.0),
    "ldam_loss.ldam_hinge": (LOGITS, LABELS, [0.1, 0.2, 0.3]),
    "ldam_loss.ldam_loss": (LOGITS, LABELS, [0.1, 0.2, 0.3], 2.0),
    "margin_bound.class_margin_bound": (
        [0.1, 0.2, 0.3],
        [1.0, 2.0, 3.0],
        [0.1, 0.1, 0.1],
        COUNTS,
        0.05,
        4.0,
    ),
    "margin_bound.stratified_margin_bound": (
        [0.1, 0.2, 0.3],
        [1.0, 2.0, 3.0],
        COUNTS,
        [1.0, 1.0, 2.0],
        1.0,
        0.05,
    ),
    "margin_exponents.tradeoff_margins": (COUNTS, 1.0),
    "margin_feasibility.best_reachable_margins": ([[0.0, 1.0], [2.0, 0.0]], [10.0, 1.0]),
    "margin_feasibility.equal_pairwise_margins": (COUNTS, 1.0),
    "margin_feasibility.reachable": ([[0.0, 1.0], [2.0, 0.0]], [1.0, 1.0]),
    "margins.ldam_margins": (COUNTS, 0.5),
    "margins.margin_tradeoff": ([1.0, 2.0, 3.0], COUNTS),
    "margins.optimal_margins": (COUNTS, 1.0),
}
# Each reads class counts: positive, finite, a vector.
FROM_COUNTS = (
    "margins.ldam_margins",
    "margins.optimal_margins",
    "margins.margin_tradeoff",
)
# Values outside the domain of an argument.
OUTSIDE = {
    "margins.ldam_margins": {"max_margin": NEGATIVE},
    "margins.optimal_margins": {"total": NOT_POSITIVE},
    "margins.margin_tradeoff": {"margins": NOT_POSITIVE},
}

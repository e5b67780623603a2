"""A valid call of every public function of the chapter, and what its arguments may not be."""

from numeric_examples import COUNTS

VALUES = [[1.0, 2.0, -1.0], [0.0, 1.0, 3.0]]

# All arguments broadcast against each other.
ELEMENTWISE = {
    "concentration.bernstein_deviation": (100.0, 0.05, 1.0, 1.0),
    "concentration.bernstein_tail": (0.5, 100.0, 1.0, 1.0),
    "concentration.binary_kl": (0.3, 0.4),
    "concentration.binomial_tail": (3.0, 10.0, 0.2),
    "concentration.chernoff_deviation": (1e4, 0.1, 0.05),
    "concentration.chernoff_tail": (0.1, 100.0, 0.2),
    "concentration.hoeffding_deviation": (100.0, 0.05, 1.0),
    "concentration.hoeffding_tail": (0.1, 100.0, 1.0),
    "concentration.uniform_deviation": (100.0, 0.05, 0.1, 1.0),
}
OTHERS = {
    "class_complexity.balanced_complexity": (VALUES, [0, 1, 1]),
    "class_complexity.class_complexities": (VALUES, [0, 1, 1]),
    "class_complexity.contraction_bounds": (VALUES, [0, 1, 1], [1.0, 2.0]),
    "class_complexity.norm_ball_regularity": ([1.0, 2.0, 3.0], [0, 1, 1]),
    "class_complexity.regularity": (VALUES, [0, 1, 1]),
    "concentration.exact_binomial_tail": (3, 10, 0.25),
    "concentration.mcdiarmid_deviation": ([1.0, 2.0], 0.05),
    "concentration.mcdiarmid_tail": (0.1, [1.0, 2.0]),
    "concentration.stratified_hoeffding_deviation": (COUNTS, 0.05, 1.0),
    "concentration.stratified_hoeffding_tail": (0.1, COUNTS, 1.0),
    "confidence.clopper_pearson": (3, 10, 0.95),
    "confidence.mean_interval": ([1.0, 2.0, 4.0], 0.95),
    "rademacher.exact_rademacher_complexity": ([[1, 2, 3], [0, 1, 2]],),
    "rademacher.massart_bound": (VALUES,),
    "rademacher.norm_ball_bound": ([1.0, 2.0], 1.0, 2),
    "rademacher.norm_ball_complexity": ([[1.0, 2.0], [2.0, 3.0]], 1.0, 2),
    "rademacher.rademacher_complexity": (VALUES,),
    "rademacher.rademacher_estimate": (VALUES, 100),
}
# No example here, but tests: what takes expressions or checked arrays, or reads by special rules.
TESTED_ELSEWHERE = ("confidence", "rademacher.expected_maximum", "sign_sums")
# Exact numbers only: floats have no exact meaning there.
EXACT = ("rademacher.exact_rademacher_complexity",)
# Not a number on purpose: a mean of nan, or of nothing, has no interval.
TAKEN = {"confidence.mean_interval": {"nan", "inf", "-inf", "empty"}}

"""A valid call of every public function of the chapter, and what its arguments may not be."""

import numpy as np
from counterpoise.theory.bounds import norm_ball
from counterpoise.theory.vector_scaling import LossConstants
from numeric_examples import COUNTS, LABELS, LOGITS, SHARES

CONSTANTS, BALL = LossConstants(np.ones(3), np.ones(3)), norm_ball(1.0, [1.0, 1.0, 1.0])

# All arguments broadcast against each other.
ELEMENTWISE = {
    "stratified_bound.peeling_level": (0.3,),
}
OTHERS = {
    "bound_comparison.bound_shapes": (COUNTS, 0.05),
    "bound_comparison.compare_bounds": (COUNTS, [0.1, 0.2, 0.3], CONSTANTS, BALL),
    "class_bounds.class_complexity": (COUNTS, BALL),
    "class_bounds.norm_ball": (1.0, [1.0, 2.0, 3.0]),
    "class_bounds.prior_prefactor": (SHARES,),
    "class_bounds.union_bound": (COUNTS, [0.1, 0.2, 0.3], CONSTANTS, [0.1, 0.1, 0.1]),
    "data_dependent_bound.data_dependent_bound": (COUNTS, [0.1, 0.2, 0.3], CONSTANTS, BALL),
    "density_ratio_bound.rdr_bound": (COUNTS, [0.1, 0.2, 0.3], [1.0, 2.0, 3.0], CONSTANTS, BALL),
    "density_ratio_bound.weight_prefactor": ([1.0, 2.0, 3.0], SHARES),
    "density_ratio_weights.equalising_weights": ([1.0, 2.0, 3.0],),
    "density_ratio_weights.rdr_curve": (COUNTS, [0.1, 0.2, 0.3]),
    "error_surrogate.error_surrogate": ([0.1, 0.2, 0.3], [0.0, -1.0, 0.5], 0.5),
    "error_surrogate.error_surrogate_constants": ([0.0, -1.0, 0.5], 0.5),
    "error_surrogate.mistake_cost": ([0.0, -1.0, 0.5],),
    "stratified_bound.peeling_cost": ([1, 2, 3],),
    "stratified_bound.stratified_bound": (COUNTS, [0.1, 0.2, 0.3], CONSTANTS, BALL),
    "stratified_bound.vs_certificate": (LOGITS, LABELS, BALL),
}

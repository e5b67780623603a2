"""A valid call of every public function of the chapter, and what its arguments may not be."""

from numeric_examples import COUNTS, NEGATIVE, NO_SHARE, NOT_POSITIVE, NOT_REAL, SHARES

# All arguments broadcast against each other.
ELEMENTWISE = {
    "density_ratio.expected_mean_ratio": (4.0, 0.5, 64.0),
    "ratio_spread.clamped_mean_ratio": (1.0, 0.5),
    "ratio_spread.expected_ratio_scatter": (4.0, 64.0),
    "difficulty.difficulty_threshold": (10.0, 2.0, 0.5),
    "distinct_cells.distinct_cells_variance": (10.0, 20.0),
    "focal_sharpness.focal_class_weights": (0.3, 2.0),
    "resampled_classes.smote_density_ratio": (0.5,),
}
OTHERS = {
    "batch_means.batch_mean_weights": ([1.0, 2.0, 5.0], COUNTS, 16),
    "resampled_classes.sub_class_tilts": (COUNTS, [4, 1, 1]),
    "class_sampling.progressive_probability": (COUNTS, 0.5),
    "class_sampling.sampling_probability": (COUNTS, 0.5),
    "density_ratio.class_density_ratio": ([[1.0, 2.0], [3.0, 4.0]], [2.0, 2.0], 0.01),
    "density_ratio.ulsif_leave_one_out": (
        [[1.0, 2.0], [2.0, 0.5], [0.3, 1.0]],
        [[0.5, 1.0], [1.0, 1.0], [2.0, 1.0]],
        0.1,
    ),
    "difficulty.difficulty_exponent": ([0.5, 0.9],),
    "difficulty.difficulty_power": ([0.5, 0.9], 0.5),
    "distinct_cells.expected_distinct_cells": (SHARES, 20.0),
    "effective_number.effective_number": (COUNTS, 0.9),
    "effective_number.effective_number_weights": (COUNTS, 0.9),
}
# Each reads class counts: positive, finite, a vector.
FROM_COUNTS = (
    "effective_number.effective_number",
    "effective_number.effective_number_weights",
)
# Values outside the domain of an argument.
OUTSIDE = {
    "focal_sharpness.focal_class_weights": {"class_prior": NO_SHARE, "gamma": NEGATIVE},
    "effective_number.effective_number": {"beta": (*NO_SHARE, 1.0)},
    "effective_number.effective_number_weights": {"beta": (*NO_SHARE, 1.0)},
    "density_ratio.class_density_ratio": {
        "features": NOT_REAL,
        "prototype": NOT_REAL,
        "ridge": NOT_POSITIVE,
    },
}

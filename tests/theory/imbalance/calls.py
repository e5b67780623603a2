"""A valid call of every public function of the chapter, and what its arguments may not be."""

from numeric_examples import BELOW_ONE, COUNTS, LABELS, NOT_REAL

OTHERS = {
    "labels.class_counts": (LABELS, 3),
    "class_counts.class_prior": (COUNTS,),
    "class_counts.exponential_profile": (100, 5, 10),
    "class_counts.imbalance_factor": (COUNTS,),
    "diversity.geometric_gini": (10.0, 5),
    "diversity.gini_coefficient": (COUNTS,),
    "diversity.gini_impurity": (COUNTS,),
    "diversity.normalised_entropy": (COUNTS,),
}
# No example here, but tests: what takes expressions or checked arrays, or reads by special rules.
TESTED_ELSEWHERE = ("class_counts", "labels")
# Each reads class counts: positive, finite, a vector.
FROM_COUNTS = (
    "class_counts.class_prior",
    "class_counts.imbalance_factor",
)
# Values outside the domain of an argument.
OUTSIDE = {
    "class_counts.exponential_profile": {
        "max_count": (0.5, *NOT_REAL),
        "imbalance_factor": (*BELOW_ONE, 101.0),
    }
}

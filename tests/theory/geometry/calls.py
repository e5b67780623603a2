"""A valid call of every public function of the chapter, and what its arguments may not be."""

from numeric_examples import COUNTS

# All arguments broadcast against each other.
ELEMENTWISE = {
    "minority_collapse.collapse_ridge": (4.0, 2.0),
    "seli_step.orthogonal_minorities_imbalance": (0.3,),
}
OTHERS = {
    "minority_collapse.collapse_imbalance": (0.1, 4.0, 2, 2),
    "minority_collapse.zero_logits_ridge": (COUNTS,),
    "neural_collapse.cross_polytope_cost": (4, 2),
    "neural_collapse.gram_distance": ([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.5], [0.5, 1.0]]),
    "neural_collapse.within_class_variability": (
        [[1.0, 2.0], [2.0, 1.0], [0.0, 1.0], [3.0, 3.0]],
        [0, 0, 1, 1],
    ),
    "ridge_path.mse_scale": (COUNTS, 0.01),
    "ridge_path.relu_margins": (COUNTS, 0.01),
    "ridge_path.ridge_margin": (0.1, 2.0, 3),
    "seli.margin_optimal_logits": (COUNTS, 1.0, 1.0),
    "seli.sel_matrix": (COUNTS,),
    "seli.seli_grams": (COUNTS, 1.0, 1.0),
    "seli.seli_value": (COUNTS, 1.0, 1.0),
    "seli_frames.classifier_cosines": (COUNTS, 1.0, 1.0),
    "seli_frames.gram_cosines": ([[1.0, 0.5], [0.5, 1.0]],),
    "seli_step.step_geometry": (10.0, 2, 2),
    "seli_step.step_singular_values": (10.0, 2, 2),
}

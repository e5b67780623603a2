"""A valid call of every public function of the chapter, and what its arguments may not be."""

from numeric_examples import LABELS, LOGITS, SHARES

# All arguments broadcast against each other.
ELEMENTWISE = {
    "comp_sum.comp_sum_loss": (0.3, 0.5),
    "gla_bounds.gla_binary_bound": (0.1, 0.3),
    "gla_bounds.sharp_pinsker_constant": (0.3,),
}
OTHERS = {
    "balanced_measure.as_class_prior": (SHARES,),
    "balanced_measure.balanced_mass": (SHARES, SHARES),
    "balanced_measure.balanced_posterior": (SHARES, SHARES),
    "balanced_measure.conditional_balanced_regret": (SHARES, SHARES, 1),
    "balanced_surrogates.step_profile": (100, 4, 10),
    "comp_sum.comp_sum_loss_of_gaps": ([-1.0, 0.5], 0.5),
    "comp_sum.comp_sum_loss_of_logits": (LOGITS, LABELS, 0.5),
    "comp_sum.conditional_minimiser": (SHARES, 0.5),
    "comp_sum.conditional_minimum": (SHARES, 0.5),
    "comp_sum.label_gaps": (LOGITS, LABELS),
    "gca.gca_average_bound": (0.1, 3, 0.5),
    "gca.gca_loss": (LOGITS, LABELS, SHARES, 0.5, 1.0, [1.0, 2.0, 3.0]),
    "gca.gca_p_min_bound": (0.1, SHARES, 0.5),
    "gca.gca_repaired_weights": (SHARES, [1.0, 2.0, 3.0]),
    "gca.gca_target_weights": (SHARES, [1.0, 2.0, 3.0]),
    "gla.gla_loss": (LOGITS, LABELS, SHARES, 0.5),
    "gla.gla_offset": (SHARES, 0.5),
    "gla_bounds.gla_average_bound": (0.1, SHARES),
    "gla_bounds.gla_pointwise_bound": (0.1, SHARES),
    "regret_transform.quadratic_transform": (0.1, 0.5, 3),
    "regret_transform.transform": (0.1, 0.5, 3),
    "regret_transform.transform_inverse": (0.1, 0.5, 3),
}
# Not a number on purpose: a gap of -inf leaves a class out.
TAKEN = {"comp_sum.comp_sum_loss_of_gaps": {"-inf"}}

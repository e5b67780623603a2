"""Where the literature is corrected, as rows: paper, what it says, what is true, and a witness.

The witness is a false neighbour of the true statement that spells the mistake, with the point where it
fails; or, where the mistake is no formula, the decided step that shows it. Checked by: tests that find
every row's witness in the catalogue.
"""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["WITNESSES", "corrections"]

_CAO, _MENON, _MENON13 = "Cao et al. (2019)", "Menon et al. (2021)", "Menon et al. (2013)"
_ESSOMBA, _WANG, _LUO = "Essomba and Fokoue (2026)", "Wang et al. (2023)", "Luo et al. (2024)"
_CORTES, _REN, _USAGE = "Cortes, Mohri, Zhong (2025)", "Ren et al. (2020)", "common usage"
_LI, _ZHU = "Li et al. (2025)", "Zhu et al. (2026)"
_THRAMPOULIDIS = "Thrampoulidis et al. (2022)"

WITNESSES: Mapping[str, tuple[str, str]] = {
    "contraction.data_dependent_needs_regularity": (_WANG, "mutant_1"),
    "plug_in.consistency": (_MENON13, "second_moment_is_enough"),
    "confusion_norms.worst_class": (_ZHU, "hundred_and_one_classes"),
    "confusion_norms.frequency_weights": (_ZHU, "cifar_100"),
    "threshold_moving.cost_sensitive_iff": ("Zhou and Liu (2006)", "counterexample_matrix"),
    "gaussian_curves.matched_precision_decreases": (_ESSOMBA, "mutant_1"),
    "consistency.binary_pairwise": (_MENON, "mutant_1"),
    "consistency.ldam_not_consistent": (_CAO, "mutant_1"),
    "offset_family.consistent_iff": (_MENON, "extreme_tilts_mislead"),
    "vs_consistency.two_exponents": (_WANG, "too_much_correction"),
    "vs_consistency.multipliers": ("Kini et al. (2021)", "two_class_example"),
    "binary_margins.consistent_choices": (_MENON, "mutant_2"),
    "binary_margins.weighted_hinge": (_MENON, "mutant_1"),
    "binary_link.link": (_MENON, "mutant_2"),
    "multiclass_margins.faces": (_USAGE, "mutant_1"),
    "multiclass_margins.true_class_margins": (_CAO, "ldam_counterexample"),
    "lda.published_boundary_is_not_necessary": (_ESSOMBA, "mutant_1"),
    "regimes.recall_levels_are_crossed_once": (_ESSOMBA, "rises_again_below"),
    "regimes.sharp_constant": (_ESSOMBA, "constant_suffices"),
    "regimes.published_boundary_and_the_population": (_ESSOMBA, "mutant_1"),
    "regimes.four_regimes": (_ESSOMBA, "mutant_2"),
    "centre_bias.logit_adjustment_is_not_enough": (_USAGE, "mutant_1"),
    "max_margin.margin_ratio": ("Lyu, Zhou, Zhong (2025)", "certified_witness"),
    "batch_means.effective_weights": (_USAGE, "mutant_1"),
    "effective_number.not_balanced": ("Cui et al. (2019)", "class_balanced_rule_at_witness"),
    "focal_sharpness.class_order": (_LI, "mutant_1"),
    "focal_sharpness.shared_displacement": (_LI, "mutant_1"),
    "density_ratio.leave_one_out": ("densratio 0.3, 0.4 (package)", "mutant_1"),
    "difficulty.balanced_rule_is_no_fixed_point": ("Sinha et al. (2020)", "mutant_1"),
    "logit_adjustment.normalisation_is_not_adjustment": (_USAGE, "witness_against_adjustment"),
    "balanced_softmax.multiple_binary": (_REN, "witness"),
    "balanced_softmax.double_correction": (_USAGE, "witness"),
    "vector_scaling.gradient_bound": (_WANG, "published_constant_is_larger"),
    "pairwise_margins.ldam": (_WANG, "mutant_1"),
    "pairwise_margins.equalisation": (_WANG, "path_condition_forces_zero"),
    "minimal_probability.readings": (_WANG, "mutant_1"),
    "local_lipschitz.level_set": (_WANG, "mutant_2"),
    "class_bounds.prior_prefactor": (_WANG, "mutant_2"),
    "data_dependent_bound.certificate": (_WANG, "mutant_1"),
    "data_dependent_bound.weights": (_WANG, "mutant_1"),
    "data_dependent_bound.offsets": (_WANG, "mutant_2"),
    "stratified_bound.certificate": (_WANG, "equal_counts_are_iid"),
    "stratified_bound.peeling": (_WANG, "mutant_2"),
    "bound_comparison.union_below_data_dependent": (_WANG, "mutant_1"),
    "error_surrogate.balanced_error": (_USAGE, "mutant_1"),
    "density_ratio_bound.balanced_risk": (_LUO, "mutant_1"),
    "density_ratio_bound.theorem": (_LUO, "mutant_1"),
    "density_ratio_bound.which_risk": (_LUO, "witness_small_head_weight"),
    "density_ratio_bound.weight_prefactor": (_LUO, "inverse_prior_is_exact"),
    "density_ratio_weights.optimum": (_LUO, "mutant_1"),
    "density_ratio_weights.curve": (_LUO, "two_digits"),
    "regret_transform.quadratic": (_CORTES, "curvature_bound"),
    "gla.offset": (_CORTES, "mutant_1"),
    "gla_bounds.average": (_CORTES, "model_above_posterior"),
    "gca.average_bound": (_CORTES, "never_worse_than_published"),
    "gca.unequal_margins": (_CORTES, "mutant_1"),
    "gca.repaired_two_classes": (_USAGE, "witness_score_for_class_one"),
    "bounded_hypotheses.gla_bounded_softmax": (_CORTES, "optimum_in_rationals"),
    "bounded_hypotheses.bounded_scores": (_CORTES, "tie_costs_regret"),
    "margins.ldam_two_class": (_CAO, "mutant_7"),
    "margin_exponents.general": (_CAO, "exponents_of_counts"),
    "margin_exponents.test_imbalance": (_CAO, "mutant_1"),
    "margin_exponents.how_terms_add": (_CAO, "witness_in_quadrature"),
    "ldam_loss.quarter_power_offsets": (_REN, "mutant_1"),
    "margin_bound.class_margin": (_CAO, "complexity_at_level"),
    "margin_bound.printed_form": (_CAO, "witness_values"),
    "margin_feasibility.no_negative_cycle": (_CAO, "mutant_1"),
    "margin_feasibility.equal_pairwise": (_CAO, "attained"),
    "margin_feasibility.no_quarter_power": (_CAO, "mutant_1"),
    "fixed_offsets.no_cycle": ("Wang et al. (2026)", "mutant_1"),
    "immax.three_exponents": (_USAGE, "mutant_3"),
    "seli.optimal_geometry": (_THRAMPOULIDIS, "four_sizes_dual"),
    "seli_frames.adjusted_geometry": (_USAGE, "mutant_1"),
    "seli_step.closed_forms": (_THRAMPOULIDIS, "mutant_1"),
    "seli_step.minority_angle": (_THRAMPOULIDIS, "crossing_point"),
    "minority_collapse.threshold": ("Hong and Ling (2023)", "two_minority_classes"),
    "cost_sensitive.free_bias_only_shifts": (_USAGE, "negative_slack_scales"),
    "cost_sensitive.two_logits_have_no_multiplier": (_USAGE, "mutant_1"),
}
"""Of every statement that corrects something: whose words they are, and which part is the witness."""


def corrections(claims: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for every claim that corrects something: paper, says, the claim itself, witness."""
    rows = []
    for claim in claims:
        if claim["corrects"]:
            paper, key = WITNESSES.get(claim["name"], (claim["source"], "mutant_1"))
            row = {"paper": paper, "says": claim["corrects"], "witness": _witness(claim, key)}
            rows.append(row | {"claim": claim})
    return rows


def _witness(claim: Mapping[str, Any], key: str) -> str:
    """The false neighbour and the point where it fails; or what the step of that name decides."""
    for attack in claim["attacks"]:
        if attack["name"] == key and attack["counterexample"]:
            return f"“{attack['mutant']}” fails at {attack['counterexample']}"
    return next((step["text"] for step in claim["steps"] if step["name"] == key), "")

"""How numeric functions take their arguments: arrays broadcast, every slip is one named error.

The tables give one valid call of every public numeric function; what else a call may be follows from it.
"""

import inspect
import warnings
from importlib import import_module

import counterpoise.theory
import numpy as np
import pytest
from counterpoise.theory.bounds import norm_ball
from counterpoise.theory.catalogue import CHAPTERS
from counterpoise.theory.decision import f_beta_metric
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.high_dimension import max_margin
from counterpoise.theory.vector_scaling import LossConstants

COUNTS, SHARES, LABELS = [100.0, 10.0, 1.0], [0.5, 0.3, 0.2], [0, 1, 2]
LOGITS = [[1.0, -1.0, 0.5], [0.2, 0.1, -0.4], [0.0, 2.0, 1.0]]
VALUES = [[1.0, 2.0, -1.0], [0.0, 1.0, 3.0]]
CONSTANTS, BALL = LossConstants(np.ones(3), np.ones(3)), norm_ball(1.0, [1.0, 1.0, 1.0])
MAX_MARGIN = max_margin(10.0, 1.0, 2.0)

# All arguments broadcast against each other.
ELEMENTWISE = {
    "binary_link.optimal_score": (
        0.3,
        1.0,
        2.0,
        0.5,
        0.25,
        2.0,
    ),
    "binary_margins.implied_threshold": (
        1.0,
        2.0,
        0.5,
        0.25,
        1.0,
        2.0,
    ),
    "binary_margins.weighted_hinge_risk": (
        0.3,
        1.0,
        2.0,
        1.0,
        0.5,
    ),
    "binary_margins.weighted_hinge_score": (
        0.3,
        1.0,
        2.0,
        1.0,
        0.5,
    ),
    "centre_bias.balanced_error_parts": (
        10.0,
        2.0,
        3.0,
        0.5,
    ),
    "centre_bias.centre_correction": (
        10.0,
        2.0,
    ),
    "centre_bias.undersampled_rate": (
        10.0,
        2.0,
        3.0,
    ),
    "comp_sum.comp_sum_loss": (
        0.3,
        0.5,
    ),
    "concentration.bernstein_deviation": (
        100.0,
        0.05,
        1.0,
        1.0,
    ),
    "concentration.bernstein_tail": (
        0.5,
        100.0,
        1.0,
        1.0,
    ),
    "concentration.binary_kl": (
        0.3,
        0.4,
    ),
    "concentration.binomial_tail": (
        3.0,
        10.0,
        0.2,
    ),
    "concentration.chernoff_deviation": (
        1e4,
        0.1,
        0.05,
    ),
    "concentration.chernoff_tail": (
        0.1,
        100.0,
        0.2,
    ),
    "concentration.hoeffding_deviation": (
        100.0,
        0.05,
        1.0,
    ),
    "concentration.hoeffding_tail": (
        0.1,
        100.0,
        1.0,
    ),
    "concentration.uniform_deviation": (
        100.0,
        0.05,
        0.1,
        1.0,
    ),
    "consistency.pairwise_threshold": (
        1.0,
        2.0,
        0.5,
        0.25,
        2.0,
    ),
    "decision_costs.posterior_cost_threshold": (
        1.0,
        2.0,
    ),
    "decreasing_link.influence_link": (
        0.3,
        2.0,
        0.5,
    ),
    "decreasing_link.influence_margin": (
        2.0,
        0.5,
    ),
    "density_ratio.expected_mean_ratio": (
        4.0,
        0.5,
        64.0,
    ),
    "difficulty.difficulty_threshold": (
        10.0,
        2.0,
        0.5,
    ),
    "distinct_cells.distinct_cells_variance": (
        10.0,
        20.0,
    ),
    "estimated_covariance.corrected_error": (
        10.0,
        2.0,
        3.0,
    ),
    "gaussian.bayes_balanced_error": (
        10.0,
        2.0,
        0.5,
    ),
    "gaussian.bayes_error": (
        10.0,
        2.0,
    ),
    "gaussian.bayes_rates": (
        10.0,
        2.0,
        0.5,
    ),
    "gaussian.boundary_shift": (
        10.0,
        2.0,
    ),
    "gaussian.half_recall_imbalance": (2.0,),
    "gaussian.recall_level_log_imbalance": (
        0.3,
        2.0,
    ),
    "gaussian.recall_slope": (
        10.0,
        2.0,
    ),
    "gaussian.threshold_rates": (
        0.5,
        2.0,
    ),
    "gaussian_areas.average_precision": (
        10.0,
        2.0,
    ),
    "gaussian_areas.lowest_average_precision": (0.3,),
    "gaussian_areas.roc_area": (2.0,),
    "gaussian_curves.log_false_over_true": (
        0.5,
        2.0,
    ),
    "gaussian_curves.mills_ratio": (0.5,),
    "gaussian_curves.negative_predictive_value": (
        10.0,
        2.0,
        0.5,
    ),
    "gaussian_curves.precision": (
        10.0,
        2.0,
        0.5,
    ),
    "gaussian_decisions.cost_threshold": (
        10.0,
        2.0,
    ),
    "gaussian_decisions.geometric_mean": (
        0.5,
        2.0,
    ),
    "gaussian_decisions.undersampled_posterior": (
        0.3,
        0.5,
    ),
    "gaussian_decisions.unsampled_posterior": (
        0.3,
        0.5,
    ),
    "gaussian_decisions.youden_index": (
        0.5,
        2.0,
    ),
    "gaussian_f1.best_f1": (
        10.0,
        2.0,
        1.0,
    ),
    "gaussian_f1.f1_optimal_threshold": (
        10.0,
        2.0,
        1.0,
    ),
    "gaussian_f1.f1_score": (
        0.5,
        2.0,
        10.0,
        1.0,
    ),
    "gla_bounds.gla_binary_bound": (
        0.1,
        0.3,
    ),
    "gla_bounds.sharp_pinsker_constant": (0.3,),
    "high_dimensional_lda.direction_cosine_squared": (
        10.0,
        2.0,
        3.0,
    ),
    "high_dimensional_lda.effective_parameters": (
        10.0,
        2.0,
        3.0,
        0.5,
    ),
    "high_dimensional_lda.recall_slope_at_balance": (
        2.0,
        3.0,
    ),
    "implicit_bias.two_point_bias": (
        1.0,
        2.0,
        3.0,
        0.5,
    ),
    "label_smoothing.smoothing_threshold": (
        0.3,
        0.1,
    ),
    "lda.centre_shift": (
        10.0,
        2.0,
    ),
    "lda.class_loads": (
        10.0,
        2.0,
    ),
    "lda.direction_lost": (
        10.0,
        2.0,
        3.0,
    ),
    "lda.half_recall_log_imbalance": (
        2.0,
        3.0,
        0.5,
    ),
    "lda.plug_in_probits": (
        10.0,
        2.0,
        3.0,
        0.5,
    ),
    "lda.plug_in_rates": (
        10.0,
        2.0,
        3.0,
        0.5,
    ),
    "lda.published_log_boundary": (
        2.0,
        3.0,
    ),
    "lda.regime": (
        10.0,
        2.0,
        3.0,
    ),
    "local_lipschitz.clipped_loss": (
        0.1,
        0.5,
        2.0,
    ),
    "margin_loss.ramp": (
        0.5,
        1.0,
    ),
    "minority_collapse.collapse_ridge": (
        4.0,
        2.0,
    ),
    "plug_in.plug_in_regret_bound": (
        0.1,
        0.2,
        0.3,
    ),
    "plug_in.prior_estimate_cost": (
        0.3,
        100.0,
    ),
    "posterior_thresholds.undersampled_posterior": (
        0.3,
        0.5,
    ),
    "posterior_thresholds.undo_undersampling": (
        0.3,
        0.5,
    ),
    "rectified_gaussian.log_rectified_mean": (0.5,),
    "rectified_gaussian.log_rectified_square": (0.5,),
    "rectified_gaussian.rectified_mean": (0.5,),
    "rectified_gaussian.rectified_square": (0.5,),
    "regimes.published_score": (
        10.0,
        2.0,
        3.0,
    ),
    "regimes.signal_to_noise": (
        10.0,
        2.0,
        3.0,
    ),
    "resampled_classes.smote_density_ratio": (0.5,),
    "second_heads.nearest_mean_balanced_error": (
        2.0,
        1.0,
        0.5,
    ),
    "second_heads.scaled_log_odds": (
        2.0,
        0.5,
        1.5,
    ),
    "seli_step.orthogonal_minorities_imbalance": (0.3,),
    "spared_negatives.consistent_equalisation_gamma": (
        0.7,
        0.3,
    ),
    "spared_negatives.consistent_seesaw_exponent": (2.0,),
    "spared_negatives.seesaw_log_odds": (
        10.0,
        0.5,
    ),
    "stratified_bound.peeling_level": (0.3,),
    "wrong_priors.regret_bound_wrong_exponent": (
        10.0,
        0.5,
        0.1,
    ),
}
OTHERS = {
    "label_smoothing.balanced_smoothing": (COUNTS,),
    "label_smoothing.label_aware_smoothing": (COUNTS, 0.4, 0.1),
    "resampled_classes.sub_class_tilts": (COUNTS, [4, 1, 1]),
    "labels.class_counts": (LABELS, 3),
    "balanced_error.balanced_error": ([0.5, 0.9],),
    "balanced_error.balanced_regret": (
        [SHARES, SHARES],
        [0, 1],
        SHARES,
        [0.5, 0.5],
    ),
    "balanced_error.balanced_scores": (
        SHARES,
        SHARES,
    ),
    "balanced_error.group_accuracies": (
        [0.5, 0.6, 0.7],
        COUNTS,
        20,
        100,
    ),
    "balanced_measure.as_class_prior": (SHARES,),
    "balanced_measure.balanced_mass": (
        SHARES,
        SHARES,
    ),
    "balanced_measure.balanced_posterior": (
        SHARES,
        SHARES,
    ),
    "balanced_measure.conditional_balanced_regret": (
        SHARES,
        SHARES,
        1,
    ),
    "balanced_softmax.multiple_binary_logits": (
        SHARES,
        COUNTS,
    ),
    "balanced_softmax.training_logits": (
        SHARES,
        COUNTS,
    ),
    "balanced_softmax.training_posterior": (
        SHARES,
        COUNTS,
    ),
    "balanced_surrogates.step_profile": (
        100,
        4,
        10,
    ),
    "bound_comparison.bound_shapes": (
        COUNTS,
        0.05,
    ),
    "bound_comparison.compare_bounds": (
        COUNTS,
        [0.1, 0.2, 0.3],
        CONSTANTS,
        BALL,
    ),
    "centre_bias.phase": (
        0.5,
        0.4,
        0.1,
    ),
    "class_bounds.class_complexity": (
        COUNTS,
        BALL,
    ),
    "class_bounds.norm_ball": (
        1.0,
        [1.0, 2.0, 3.0],
    ),
    "class_bounds.prior_prefactor": (SHARES,),
    "class_bounds.union_bound": (
        COUNTS,
        [0.1, 0.2, 0.3],
        CONSTANTS,
        [0.1, 0.1, 0.1],
    ),
    "class_complexity.balanced_complexity": (
        VALUES,
        [0, 1, 1],
    ),
    "class_complexity.class_complexities": (
        VALUES,
        [0, 1, 1],
    ),
    "class_complexity.contraction_bounds": (
        VALUES,
        [0, 1, 1],
        [1.0, 2.0],
    ),
    "class_complexity.norm_ball_regularity": (
        [1.0, 2.0, 3.0],
        [0, 1, 1],
    ),
    "class_complexity.regularity": (
        VALUES,
        [0, 1, 1],
    ),
    "class_counts.class_prior": (COUNTS,),
    "class_counts.exponential_profile": (
        100,
        5,
        10,
    ),
    "class_counts.imbalance_factor": (COUNTS,),
    "class_sampling.progressive_probability": (
        COUNTS,
        0.5,
    ),
    "class_sampling.sampling_probability": (
        COUNTS,
        0.5,
    ),
    "comp_sum.comp_sum_loss_of_gaps": (
        [-1.0, 0.5],
        0.5,
    ),
    "comp_sum.comp_sum_loss_of_logits": (
        LOGITS,
        LABELS,
        0.5,
    ),
    "comp_sum.conditional_minimiser": (
        SHARES,
        0.5,
    ),
    "comp_sum.conditional_minimum": (
        SHARES,
        0.5,
    ),
    "comp_sum.label_gaps": (
        LOGITS,
        LABELS,
    ),
    "concentration.exact_binomial_tail": (
        3,
        10,
        0.25,
    ),
    "concentration.mcdiarmid_deviation": (
        [1.0, 2.0],
        0.05,
    ),
    "concentration.mcdiarmid_tail": (
        0.1,
        [1.0, 2.0],
    ),
    "concentration.stratified_hoeffding_deviation": (
        COUNTS,
        0.05,
        1.0,
    ),
    "concentration.stratified_hoeffding_tail": (
        0.1,
        COUNTS,
        1.0,
    ),
    "confidence.clopper_pearson": (
        3,
        10,
        0.95,
    ),
    "confidence.mean_interval": (
        [1.0, 2.0, 4.0],
        0.95,
    ),
    "cost_sensitive.cost_sensitive_vector": (
        [[2.0, 1.0], [-1.0, -2.0]],
        [1, -1],
        2.0,
    ),
    "cost_sensitive.shifted_by_ratio": (
        [1.0, 2.0],
        0.5,
        2.0,
    ),
    "cost_sensitive.softmax_pair": (
        [1.0, 2.0],
        [1.0, 3.0],
    ),
    "data_dependent_bound.data_dependent_bound": (
        COUNTS,
        [0.1, 0.2, 0.3],
        CONSTANTS,
        BALL,
    ),
    "decision_costs.power_costs": (
        SHARES,
        1.0,
    ),
    "density_ratio.class_density_ratio": (
        [[1.0, 2.0], [3.0, 4.0]],
        [2.0, 2.0],
        0.01,
    ),
    "density_ratio.ulsif_leave_one_out": (
        [[1.0, 2.0], [2.0, 0.5], [0.3, 1.0]],
        [[0.5, 1.0], [1.0, 1.0], [2.0, 1.0]],
        0.1,
    ),
    "density_ratio_bound.rdr_bound": (
        COUNTS,
        [0.1, 0.2, 0.3],
        [1.0, 2.0, 3.0],
        CONSTANTS,
        BALL,
    ),
    "density_ratio_bound.weight_prefactor": (
        [1.0, 2.0, 3.0],
        SHARES,
    ),
    "density_ratio_weights.equalising_weights": ([1.0, 2.0, 3.0],),
    "density_ratio_weights.rdr_curve": (
        COUNTS,
        [0.1, 0.2, 0.3],
    ),
    "difficulty.difficulty_exponent": ([0.5, 0.9],),
    "difficulty.difficulty_power": (
        [0.5, 0.9],
        0.5,
    ),
    "distinct_cells.expected_distinct_cells": (
        SHARES,
        20.0,
    ),
    "diversity.geometric_gini": (
        10.0,
        5,
    ),
    "diversity.gini_coefficient": (COUNTS,),
    "diversity.gini_impurity": (COUNTS,),
    "diversity.normalised_entropy": (COUNTS,),
    "effective_number.effective_number": (
        COUNTS,
        0.9,
    ),
    "effective_number.effective_number_weights": (
        COUNTS,
        0.9,
    ),
    "error_surrogate.error_surrogate": (
        [0.1, 0.2, 0.3],
        [0.0, -1.0, 0.5],
        0.5,
    ),
    "error_surrogate.error_surrogate_constants": (
        [0.0, -1.0, 0.5],
        0.5,
    ),
    "error_surrogate.mistake_cost": ([0.0, -1.0, 0.5],),
    "estimated_covariance.inverse_wishart_moments": (
        5,
        20,
    ),
    "estimated_priors.prior_mismatch_bound": (
        1e4,
        0.1,
        3,
        0.05,
    ),
    "focal.focal_minimiser": (
        SHARES,
        2.0,
    ),
    "focal.focal_posterior": (
        SHARES,
        2.0,
    ),
    "focal.focal_slope": (
        0.3,
        2.0,
    ),
    "gca.gca_average_bound": (
        0.1,
        3,
        0.5,
    ),
    "gca.gca_loss": (
        LOGITS,
        LABELS,
        SHARES,
        0.5,
        1.0,
        [1.0, 2.0, 3.0],
    ),
    "gca.gca_p_min_bound": (
        0.1,
        SHARES,
        0.5,
    ),
    "gca.gca_repaired_weights": (
        SHARES,
        [1.0, 2.0, 3.0],
    ),
    "gca.gca_target_weights": (
        SHARES,
        [1.0, 2.0, 3.0],
    ),
    "gla.gla_loss": (
        LOGITS,
        LABELS,
        SHARES,
        0.5,
    ),
    "gla.gla_offset": (
        SHARES,
        0.5,
    ),
    "gla_bounds.gla_average_bound": (
        0.1,
        SHARES,
    ),
    "gla_bounds.gla_pointwise_bound": (
        0.1,
        SHARES,
    ),
    "immax.balanced_immax_margins": (
        COUNTS,
        1.0,
        1.0,
    ),
    "immax.class_sensitive_complexity": (
        COUNTS,
        [1.0, 2.0, 3.0],
        1.0,
        1.0,
    ),
    "immax.immax_bound": (
        0.1,
        COUNTS,
        [1.0, 2.0, 3.0],
        1.0,
        1.0,
        0.05,
    ),
    "immax.immax_margins": (
        COUNTS,
        1.0,
        1.0,
    ),
    "implicit_bias.weight_influence_bound": (
        10.0,
        [1.0, 2.0],
        0.5,
    ),
    "label_shift.bbse_weights": (
        [[0.5, 0.1], [0.1, 0.3]],
        [0.6, 0.4],
    ),
    "label_shift.mlls_prior": (
        [[0.5, 0.5], [0.2, 0.8], [0.7, 0.3]],
        [0.5, 0.5],
    ),
    "lda.covariance_factors": (2.0,),
    "ldam_loss.ldam_hinge": (
        LOGITS,
        LABELS,
        [0.1, 0.2, 0.3],
    ),
    "ldam_loss.ldam_loss": (
        LOGITS,
        LABELS,
        [0.1, 0.2, 0.3],
        2.0,
    ),
    "local_lipschitz.local_lipschitz_constant": (
        1.0,
        [1.0, 2.0, 3.0],
        0.5,
    ),
    "local_lipschitz.scale_norm": ([1.0, 2.0, 3.0],),
    "local_lipschitz.vs_loss_constants": (
        1.0,
        [1.0, 2.0, 3.0],
        0.5,
    ),
    "logit_adjustment.adjusted_logits": (
        LOGITS,
        SHARES,
        1.0,
    ),
    "logit_adjustment.logit_adjusted_loss": (
        LOGITS,
        LABELS,
        SHARES,
        1.0,
    ),
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
    "margin_exponents.tradeoff_margins": (
        COUNTS,
        1.0,
    ),
    "margin_feasibility.best_reachable_margins": (
        [[0.0, 1.0], [2.0, 0.0]],
        [10.0, 1.0],
    ),
    "margin_feasibility.equal_pairwise_margins": (
        COUNTS,
        1.0,
    ),
    "margin_feasibility.reachable": (
        [[0.0, 1.0], [2.0, 0.0]],
        [1.0, 1.0],
    ),
    "margins.ldam_margins": (
        COUNTS,
        0.5,
    ),
    "margins.margin_tradeoff": (
        [1.0, 2.0, 3.0],
        COUNTS,
    ),
    "margins.optimal_margins": (
        COUNTS,
        1.0,
    ),
    "max_margin.balancing_margin_ratio": (MAX_MARGIN,),
    "max_margin.half_recall_imbalance": (
        1.0,
        2.0,
    ),
    "max_margin.max_margin": (
        10.0,
        1.0,
        2.0,
    ),
    "max_margin.with_margin_ratio": (
        MAX_MARGIN,
        2.0,
        2.0,
    ),
    "minimal_probability.bounded_logit_probability": (
        [1.0, 2.0, 3.0],
        4.0,
        1.0,
        0.0,
    ),
    "minimal_probability.literal_probability": (
        [1.0, 2.0, 3.0],
        1.0,
        0.0,
    ),
    "minimal_probability.minimal_logit": (
        LOGITS,
        LABELS,
    ),
    "minimal_probability.minimal_probability": (
        LOGITS,
        LABELS,
        1.0,
        0.0,
    ),
    "minority_collapse.collapse_imbalance": (
        0.1,
        4.0,
        2,
        2,
    ),
    "minority_collapse.zero_logits_ridge": (COUNTS,),
    "multiclass_margins.face_gradient": (
        [1.0, 2.0],
        [[0.0, 1.0], [2.0, 0.0]],
        [0, 1],
    ),
    "multiclass_margins.true_class_margin_posterior": (
        SHARES,
        [0.1, 0.2, 0.3],
        1.0,
    ),
    "neural_collapse.cross_polytope_cost": (
        4,
        2,
    ),
    "neural_collapse.gram_distance": (
        [[1.0, 0.0], [0.0, 1.0]],
        [[1.0, 0.5], [0.5, 1.0]],
    ),
    "neural_collapse.within_class_variability": (
        [[1.0, 2.0], [2.0, 1.0], [0.0, 1.0], [3.0, 3.0]],
        [0, 0, 1, 1],
    ),
    "offset_family.is_consistent": (
        SHARES,
        SHARES,
        SHARES,
        1e-12,
    ),
    "offset_family.misclassified_posterior": (
        [1.0, 2.0, 3.0],
        [0.0, 1.0, 0.0],
        SHARES,
    ),
    "offset_family.optimal_logits": (
        SHARES,
        1.0,
        0.0,
    ),
    "pairwise_margins.offsets_of_pairwise_margins": (
        [[0.0, 1.0], [2.0, 0.0]],
        1e-12,
    ),
    "plug_in.transfer_bound": (
        0.1,
        0.3,
    ),
    "posterior_thresholds.f_beta_metric": (
        0.3,
        1.0,
    ),
    "posterior_thresholds.metric_threshold": (
        f_beta_metric(0.3),
        0.5,
    ),
    "posterior_thresholds.optimal_metric": (
        f_beta_metric(0.3),
        [0.1, 0.5],
        [0.5, 0.5],
    ),
    "rademacher.exact_rademacher_complexity": ([[1, 2, 3], [0, 1, 2]],),
    "rademacher.massart_bound": (VALUES,),
    "rademacher.norm_ball_bound": (
        [1.0, 2.0],
        1.0,
        2,
    ),
    "rademacher.norm_ball_complexity": (
        [[1.0, 2.0], [2.0, 3.0]],
        1.0,
        2,
    ),
    "rademacher.rademacher_complexity": (VALUES,),
    "rademacher.rademacher_estimate": (
        VALUES,
        100,
    ),
    "rectified_gaussian.inverse_rectified_mean": (0.5,),
    "regimes.recall_level_log_imbalance": (
        0.3,
        2.0,
        3.0,
    ),
    "regret_transform.quadratic_transform": (
        0.1,
        0.5,
        3,
    ),
    "regret_transform.transform": (
        0.1,
        0.5,
        3,
    ),
    "regret_transform.transform_inverse": (
        0.1,
        0.5,
        3,
    ),
    "ridge_path.mse_scale": (
        COUNTS,
        0.01,
    ),
    "ridge_path.relu_margins": (
        COUNTS,
        0.01,
    ),
    "ridge_path.ridge_margin": (
        0.1,
        2.0,
        3,
    ),
    "seli.margin_optimal_logits": (
        COUNTS,
        1.0,
        1.0,
    ),
    "seli.sel_matrix": (COUNTS,),
    "seli.seli_grams": (
        COUNTS,
        1.0,
        1.0,
    ),
    "seli.seli_value": (
        COUNTS,
        1.0,
        1.0,
    ),
    "seli_frames.classifier_cosines": (
        COUNTS,
        1.0,
        1.0,
    ),
    "seli_frames.gram_cosines": ([[1.0, 0.5], [0.5, 1.0]],),
    "seli_step.step_geometry": (
        10.0,
        2,
        2,
    ),
    "seli_step.step_singular_values": (
        10.0,
        2,
        2,
    ),
    "separability.separability_threshold": (
        10.0,
        2.0,
    ),
    "simplex_gaussian.simplex_accuracies": (
        COUNTS,
        2.0,
        0.5,
    ),
    "stratified_bound.peeling_cost": ([1, 2, 3],),
    "stratified_bound.stratified_bound": (
        COUNTS,
        [0.1, 0.2, 0.3],
        CONSTANTS,
        BALL,
    ),
    "stratified_bound.vs_certificate": (
        LOGITS,
        LABELS,
        BALL,
    ),
    "threshold_moving.cost_sensitive_prediction": (
        [0.6, 0.3, 0.1],
        [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]],
    ),
    "threshold_moving.expected_costs": (
        SHARES,
        [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]],
    ),
    "threshold_moving.moving_scores": (
        SHARES,
        [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]],
    ),
    "vector_scaling.logit_adjustment_offset": (
        COUNTS,
        1.0,
    ),
    "vector_scaling.vs_gradient_bound": (
        [1.0, 2.0, 3.0],
        1,
        0.5,
        2.0,
    ),
    "vector_scaling.vs_parameters": (
        "VS",
        COUNTS,
    ),
    "vector_scaling.vs_scale": (
        COUNTS,
        0.3,
    ),
    "vs_loss.vs_log_odds": (
        LOGITS,
        LABELS,
        1.0,
        0.0,
    ),
    "vs_loss.vs_loss": (
        LOGITS,
        LABELS,
        [1.0, 2.0, 3.0],
        1.0,
        0.0,
    ),
    "wrong_priors.prior_mismatch": (
        SHARES,
        COUNTS,
    ),
    "wrong_priors.regret_bound_wrong_prior": (
        SHARES,
        COUNTS,
        0.1,
    ),
    "wrong_priors.sharp_regret_bound_wrong_prior": (
        SHARES,
        COUNTS,
    ),
}
EXAMPLES = ELEMENTWISE | OTHERS

# No functions of the theory, or functions of SymPy expressions and checked arrays.
TOOLS = ("class_counts", "labels", "confidence")
"""Files whose functions read their arguments by special rules, tested beside them."""
OF_ARRAYS = {
    "offset_family.broadcast_classes",
    "offset_family.sum_of_others",
    "rademacher.expected_maximum",
}
# Not a number on purpose: a mean of nan has no interval; a gap of -inf leaves a class out.
TAKEN = {
    "confidence.mean_interval": {"nan", "inf", "-inf"},
    "comp_sum.comp_sum_loss_of_gaps": {"-inf"},
}

NO_NUMBERS = {
    "nan": np.nan,
    "inf": np.inf,
    "-inf": -np.inf,
    "text": "two",
    "nothing": None,
    "truth": True,
    "truths": [True, False],
    "complex": 1j,
    "object": object(),
    "ragged": [[1.0], [1.0, 2.0]],
    "mapping": {},
}


def function(name):
    module, attribute = name.split(".")
    return getattr(getattr(counterpoise.theory, module), attribute)


def call(name, arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return function(name)(*arguments)


def leaves(result):
    """All arrays and numbers of a result."""
    if isinstance(result, dict):
        result = tuple(result.values())
    if isinstance(result, tuple | list):
        return [leaf for part in result for leaf in leaves(part)]
    return [] if result is None or isinstance(result, str) else [np.asarray(result, dtype=float)]


def numeric_places(arguments):
    return [i for i, argument in enumerate(arguments) if not isinstance(argument, tuple | str)]


def replaced(arguments, place, value):
    return [*arguments[:place], value, *arguments[place + 1 :]]


def public_functions():
    for chapter, files in CHAPTERS.items():
        for file in set(files) - set(TOOLS):
            module = import_module(f"counterpoise.theory.{chapter}.{file}")
            for name in module.__all__:
                function = getattr(module, name)
                if inspect.isfunction(function) and inspect.signature(function).parameters:
                    yield f"{file}.{name}", function


def test_every_public_numeric_function_has_an_example():
    known = {function(name) for name in EXAMPLES}
    missing = [
        name for name, member in public_functions() if member not in known and name not in OF_ARRAYS
    ]
    assert not missing, f"give one valid call of {missing}, and a row of test_numeric_audit.py"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_is_valid_and_single_precision_and_arrays_are_fine(name):
    result = call(name, EXAMPLES[name])
    for kind in (np.array, lambda values: np.array(values, dtype=np.float32)):
        if name == "rademacher.exact_rademacher_complexity":
            continue  # floats have no exact meaning
        places = [i for i in numeric_places(EXAMPLES[name]) if isinstance(EXAMPLES[name][i], list)]
        arguments = list(EXAMPLES[name])
        for i in places:
            integers = np.array(arguments[i]).dtype.kind == "i"
            arguments[i] = np.array(arguments[i]) if integers else kind(arguments[i])
        for one, other in zip(leaves(result), leaves(call(name, arguments)), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_arrays_broadcast_like_those_of_ufuncs(name):
    arguments = ELEMENTWISE[name]
    arrays = [
        np.full((2, 1) if place % 2 else (3,), number) for place, number in enumerate(arguments)
    ]
    shape = (2, 3) if len(arguments) > 1 else (3,)
    for one, other in zip(leaves(call(name, arguments)), leaves(call(name, arrays)), strict=True):
        assert other.shape == shape
        np.testing.assert_allclose(np.broadcast_to(one, shape), other, rtol=1e-13)
    empty = call(name, [np.zeros(0), *arguments[1:]])
    assert all(leaf.shape == (0,) for leaf in leaves(empty))
    if len(arguments) > 1:
        misfits = [np.full(place + 2, number) for place, number in enumerate(arguments)]
        with pytest.raises(InputError, match="shapes do not fit"):
            call(name, misfits)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_no_number_is_refused(name):
    arguments = EXAMPLES[name]
    defaults = [
        parameter.default for parameter in inspect.signature(function(name)).parameters.values()
    ]
    for place in numeric_places(arguments):
        for kind, value in NO_NUMBERS.items():
            if kind in TAKEN.get(name, ()) and place == 0:
                continue
            if value is None and defaults[place] is None:
                continue
            slips = [value]
            if isinstance(value, float) and isinstance(arguments[place], list):
                within = np.array(arguments[place], dtype=float)
                within.flat[-1] = value
                slips.append(within.tolist())
            for slip in slips:
                with pytest.raises((InputError, InputTypeError)):
                    call(name, replaced(arguments, place, slip))


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize(
    "shape", [(0,), (7,), (7, 7), (1, 2, 3, 4)], ids=lambda shape: "x".join(map(str, shape))
)
def test_a_shape_fits_or_is_refused(name, shape):
    arguments = EXAMPLES[name]
    for place in numeric_places(arguments):
        try:
            result = call(name, replaced(arguments, place, np.full(shape, 0.5)))
        except (InputError, InputTypeError):
            continue
        if shape == (0,) and name != "confidence.mean_interval":
            assert any(leaf.size == 0 for leaf in leaves(result))

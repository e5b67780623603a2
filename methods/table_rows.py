"""What the table of methods says of each: weight, margin, link, source, and what is proved of it.

Statements are named as in the theory, which proves them.
Checked by: every object and statement named here exists, and no public method is missing.
"""

from typing import NamedTuple

__all__ = ["SECTIONS", "Row"]


class Row(NamedTuple):
    """One method: its object in this package, (weight, margin, link), source, and consistency."""

    build: str
    weight: str
    margin: str
    link: str
    paper: str
    consistent: str
    statements: tuple[str, ...] = ()


_INVERSE = "consistency.logit_adjustment"
_IFF = "offset_family.consistent_iff"
_EXPONENTS = "vs_consistency.two_exponents"
_SCALES = "vs_consistency.multipliers"
_TRUE_CLASS = "multiclass_margins.true_class_margins"
_BETA = "effective_number.not_balanced"
_POSTERIOR = "as trained"

_LOSSES = (
    Row(
        "losses:MarginSoftmaxLoss",
        "α",
        "β z/ρ_y + Δ − m e_y",
        "ψ",
        "Menon et al. 2021; Kini et al. 2021",
        "β = ρ = 1, m = 0, ψ = −log: only if α π exp(−Δ) is the same for all classes",
        (_IFF,),
    ),
    Row(
        "losses:LogitAdjustedLoss",
        "1",
        "Δ = τ log π",
        "−log",
        "Menon et al. 2021",
        "only if τ = 1, the default",
        (_INVERSE, _IFF),
    ),
    Row(
        "losses:BalancedSoftmaxLoss",
        "1",
        "Δ = log n",
        "−log",
        "Ren et al. 2020",
        "yes",
        (_INVERSE,),
    ),
    Row(
        "losses:VSLoss",
        "1",
        "β = (n/n_max)^γ, Δ = τ log π",
        "−log",
        "Kini et al. 2021",
        "no for γ > 0; γ = 0 only if τ = 1",
        (_SCALES, _IFF),
    ),
    Row(
        "losses:CDTLoss",
        "1",
        "β = (n/n_max)^γ",
        "−log",
        "Ye et al. 2020",
        "no",
        (_SCALES,),
    ),
    Row(
        "losses:LDAMLoss",
        "1",
        "β = s, m_y = s C n_y^(−1/4) on the target",
        "−log",
        "Cao et al. 2019",
        "no",
        (_TRUE_CLASS, "consistency.ldam_not_consistent"),
    ),
    Row(
        "losses:LDAMHingeLoss",
        "1",
        "m_y = C n_y^(−1/4) on the target",
        "hinge",
        "Cao et al. 2019",
        "no (two classes: the threshold is ½ whatever the margins)",
        ("binary_margins.weighted_hinge",),
    ),
    Row(
        "losses:FocalLoss",
        "1",
        "0",
        "−(1 − p)^γ log p",
        "Lin et al. 2017",
        "only if weight = 1/π",
        ("focal.balanced_consistency",),
    ),
    Row(
        "losses:ClassBalancedLoss",
        "1/E_n, E_n = (1 − β^n)/(1 − β)",
        "0",
        "−log, sigmoid or focal",
        "Cui et al. 2019",
        "no for β < 1; in the limit β → 1",
        (_BETA, "effective_number.limits"),
    ),
    Row(
        "losses:GLALoss",
        "1",
        "Δ = log π/(1 − q)",
        "(1 − p^q)/q",
        "Cortes, Mohri, Zhong 2025",
        "yes: of the offsets ν log π only this one is, q < 1",
        ("gla.offset",),
    ),
    Row(
        "losses:GCALoss",
        "1/π",
        "z/ρ_y",
        "(1 − p^q)/q",
        "Cortes, Mohri, Zhong 2025",
        "yes if all ρ are equal and 0 ≤ q ≤ 1; at q = 0 only then",
        ("gca.average_bound", "gca.unequal_margins"),
    ),
    Row(
        "losses:IMMAXLoss",
        "1",
        "z/ρ_y, ρ ~ (n r²)^⅓",
        "−log",
        "Cortes et al. 2025",
        "no: made for the error itself",
        ("gca.unequal_margins", "immax_consistency.neural_form"),
    ),
    Row(
        "losses:PairwiseMarginLoss",
        "α",
        "Δ[y, j]",
        "−log",
        "Menon et al. 2021",
        "if α = δ/π, Δ[y, j] = log(δ_j/δ_y); two classes: only if the margins satisfy the condition",
        (_IFF, "consistency.binary_pairwise"),
    ),
    Row(
        "losses:LabelAwareSmoothingLoss",
        "1",
        "0",
        "−log against labels smoothed by ε_y",
        "Zhong et al. 2021",
        "only if π (1 − K ε/(K − 1)) is one positive number: no ε of the paper's balances priors over 4 : 1",
        ("label_smoothing.balanced_consistency",),
    ),
    Row(
        "losses:InfluenceBalancedLoss",
        "α/(‖p − e_y‖₁ ‖h‖₁ + ε)",
        "0",
        "−log",
        "Park et al. 2021",
        "only if weight = 1/π, factor detached or not",
        ("decreasing_link.influence_balanced",),
    ),
    Row(
        "losses:LADELoss",
        "1",
        "Δ = log π",
        "−log, and a density-ratio regulariser",
        "Hong et al. 2021",
        "yes without the regulariser",
        (_INVERSE,),
    ),
    Row(
        "losses:EqualizationLoss",
        "1",
        "tail classes dropped as negatives",
        "−log",
        "Tan et al. 2020",
        "only if 1 − γ is the ratio of every rare prior to every frequent one: not by default; no VS loss",
        ("spared_negatives.equalisation", "pairwise_margins.equalisation"),
    ),
    Row(
        "losses:SeesawLoss",
        "1",
        "log S[y, j] from running counts and scores",
        "−log",
        "Wang et al. 2021",
        "no for p ≤ 1, as by default: two classes with any q, all K with q = 0",
        ("spared_negatives.seesaw",),
    ),
)

_WEIGHTS = (
    Row(
        "weights:inverse_frequency_weights",
        "1/π",
        "any",
        "any",
        "standard",
        "yes with cross-entropy; not together with logit adjustment",
        (_EXPONENTS, "binary_margins.consistent_choices"),
    ),
    Row(
        "weights:effective_number_weights",
        "1/E_n",
        "any",
        "any",
        "Cui et al. 2019",
        "no for β < 1",
        (_BETA, "effective_number.weight_ratio"),
    ),
    Row(
        "weights:power_weights",
        "π^−ν",
        "any",
        "any",
        "Wang et al. 2023 (ADRW)",
        "with offsets τ log π only if ν + τ = 1",
        (_EXPONENTS,),
    ),
    Row(
        "weights:difficulty_weights",
        "(1 − accuracy)^τ",
        "any",
        "any",
        "Sinha et al. 2020 (CDB)",
        "no: on two Gaussian classes the weights rest short of it",
        ("difficulty.balanced_rule_is_no_fixed_point",),
    ),
    Row(
        "weights:DensityRatioWeights",
        "(r(x)/π)^γ",
        "any",
        "any",
        "Luo et al. 2024",
        "where r = 1 with offsets τ log π only if γ + τ = 1",
        ("density_ratio.with_logit_adjustment", "density_ratio.shrinkage"),
    ),
    Row(
        "weights:DeferredReweighting",
        "1, then class weights",
        "any",
        "any",
        "Cao et al. 2019 (DRW)",
        "as its class weights: the default's are not",
        (_BETA,),
    ),
    Row(
        "weights:DeferredResampling",
        "n^(q − 1) by sampling, late",
        "any",
        "any",
        "Cao et al. 2019 (DRS)",
        "with cross-entropy only if q = 0, the default; not with balanced softmax",
        (_EXPONENTS, "balanced_softmax.double_correction"),
    ),
    Row(
        "weights:TruncatedLogitAdjustment",
        "1, then π^−ν",
        "β = (n/n_max)^γ, then 1; Δ = τ log π",
        "−log",
        "Wang et al. 2023 (TLA+ADRW)",
        "late stage only if ν + τ = 1, as by default",
        (_EXPONENTS,),
    ),
)

_POSTHOC = (
    Row(
        "posthoc:adjust_logits",
        _POSTERIOR,
        "−τ log π, at prediction",
        _POSTERIOR,
        "Menon et al. 2021; Hong et al. 2021 (PC softmax)",
        "only if τ = 1, the default",
        ("logit_adjustment.post_hoc", "plug_in.k_classes"),
    ),
    Row(
        "posthoc:LogitAdjustedClassifier",
        _POSTERIOR,
        "−τ log π, at prediction",
        _POSTERIOR,
        "Menon et al. 2021",
        "only if τ = 1, the default",
        ("logit_adjustment.post_hoc", "plug_in.k_classes"),
    ),
    Row(
        "posthoc:ThresholdMovingClassifier",
        _POSTERIOR,
        "log of the costs' row sums, at prediction",
        _POSTERIOR,
        "Zhou and Liu 2006; Elkan 2001",
        "yes by default; row sums minimise a cost only if K = 2 or a class costs one number",
        ("threshold_moving.cost_sensitive_iff",),
    ),
    Row(
        "posthoc:PlugInClassifier",
        _POSTERIOR,
        "threshold p̂, at prediction",
        _POSTERIOR,
        "Menon et al. 2013; Koyejo et al. 2014",
        "yes by default; F1 has another threshold",
        ("plug_in.consistency", "posterior_thresholds.linear_fractional"),
    ),
    Row(
        "posthoc:PriorCorrectedClassifier",
        _POSTERIOR,
        "log q̂ − log π, at prediction",
        _POSTERIOR,
        "Saerens et al. 2002; Lipton et al. 2018",
        "no: made for the new population's error",
        ("label_shift.mlls", "label_shift.bbse"),
    ),
    Row(
        "posthoc:cost_threshold",
        _POSTERIOR,
        "threshold c_FP/(c_FP + c_FN)",
        _POSTERIOR,
        "Elkan 2001",
        "only if c_FN/c_FP = (1 − p)/p",
        ("gaussian_decisions.one_offset",),
    ),
    Row(
        "posthoc:f_beta_threshold",
        _POSTERIOR,
        "threshold of the best F_β on labelled data",
        _POSTERIOR,
        "Koyejo et al. 2014",
        "no: made for F_β",
        ("posterior_thresholds.linear_fractional",),
    ),
    Row(
        "posthoc:expected_f_beta_threshold",
        _POSTERIOR,
        "threshold F*/(1 + β²)",
        _POSTERIOR,
        "Lipton et al. 2014; Koyejo et al. 2014",
        "no: made for F_β",
        ("posterior_thresholds.linear_fractional", "gaussian_f1.one_optimal_threshold"),
    ),
    Row(
        "posthoc:tau_normalized",
        _POSTERIOR,
        "scale ‖w_j‖^−τ, at prediction",
        _POSTERIOR,
        "Kang et al. 2020",
        "no: a scale of the logits is no adjustment",
        ("logit_adjustment.normalisation_is_not_adjustment",),
    ),
    Row(
        "posthoc:LearnedWeightScaling",
        "by sampling",
        "a learned scale per class",
        "−log",
        "Kang et al. 2020 (LWS)",
        "no: two logits that sum to zero keep the threshold ½ whatever their scales",
        ("second_heads.scaled_head", "logit_adjustment.normalisation_is_not_adjustment"),
    ),
    Row(
        "posthoc:NearestClassMean",
        "–",
        "–",
        "–",
        "Kang et al. 2020 (NCM)",
        "euclidean: yes for Gaussian classes of one spherical variance; no for two of unequal ones",
        ("second_heads.nearest_mean",),
    ),
    Row(
        "posthoc:retrain_classifier",
        "1/π by sampling",
        "0",
        "−log",
        "Kang et al. 2020 (cRT)",
        "yes, for the features it is given",
        (_EXPONENTS,),
    ),
)

_SAMPLING = (
    Row(
        "sampling:power_sampler",
        "n^(q − 1) by sampling",
        "any",
        "any",
        "Kang et al. 2020",
        "with offsets τ log π only if τ = q: q = 0 for cross-entropy",
        (_EXPONENTS, "balanced_softmax.double_correction"),
    ),
    Row(
        "sampling:class_balanced_sampler",
        "1/π by sampling",
        "any",
        "any",
        "Kang et al. 2020",
        "yes with cross-entropy; not with balanced softmax",
        (_EXPONENTS, "balanced_softmax.double_correction"),
    ),
    Row(
        "sampling:square_root_sampler",
        "π^−½ by sampling",
        "any",
        "any",
        "Kang et al. 2020",
        "with offsets τ log π only if τ = ½",
        (_EXPONENTS,),
    ),
    Row(
        "sampling:ProgressivelyBalancedSampler",
        "1 to 1/π by sampling",
        "any",
        "any",
        "Kang et al. 2020",
        "at its end, as class balance",
        (_EXPONENTS,),
    ),
    Row(
        "sampling:ClassAwareSampler",
        "1/π by sampling",
        "any",
        "any",
        "Shen et al. 2016",
        "yes with cross-entropy; not with balanced softmax",
        (_EXPONENTS, "balanced_softmax.double_correction"),
    ),
    Row(
        "sampling:smote",
        "new points between neighbours",
        "any",
        "any",
        "Chawla et al. 2002",
        "no if neighbours are all of a class; k fixed, new points have the class's law in the limit",
        ("resampled_classes.smote_midpoint", "centre_bias.smote_contracts"),
    ),
    Row(
        "sampling:resample",
        "any sampler of imbalanced-learn",
        "any",
        "any",
        "Dal Pozzolo et al. 2015 (under-sampling)",
        "random under-sampling to balance, two classes: yes",
        ("posterior_thresholds.undersampling",),
    ),
    Row(
        "local_clustering:LocalClusteringClassifier",
        "sub-classes of large classes",
        _POSTERIOR,
        _POSTERIOR,
        "Wu, Xiong, Chen 2010 (COG, COG-OS)",
        "no: COG predicts as without clusters; COG-OS only if no class is split, up to rounding",
        ("resampled_classes.sub_classes",),
    ),
)

SECTIONS: dict[str, tuple[Row, ...]] = {
    "Losses": _LOSSES,
    "Weights and schedules": _WEIGHTS,
    "After training": _POSTHOC,
    "Sampling": _SAMPLING,
}
"""Rows by section; ``build`` is ``module:name`` within this package."""

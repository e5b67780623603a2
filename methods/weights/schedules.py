"""Schedules: learn features from the data as it comes, balance the classes late, or more and more.

Sources: Cao et al. (NeurIPS 2019), Algorithm 1, for deferred re-weighting (DRW) and re-sampling (DRS);
Wang et al. (NeurIPS 2023), Algorithm 1, for TLA+ADRW; Kang et al. (ICLR 2020), eq. (2), for progressive
sampling; Park et al. (ICCV 2021) for the influence-balanced loss. Checked by: what changes, when, and
nothing else.
"""

import torch

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import (
    InputError,
    as_class_counts,
    as_number,
    as_real,
    as_whole,
)
from ...theory.vector_scaling import vs_parameters
from ..arguments import named_arguments
from ..protocols import Stage
from ..registry import Method
from .static import effective_number_weights, inverse_frequency_weights, power_weights

__all__ = [
    "DeferredInfluence",
    "DeferredResampling",
    "DeferredReweighting",
    "ProgressiveSampling",
    "TruncatedLogitAdjustment",
    "Unscheduled",
]

METHODS = (
    Method(
        name="DeferredReweighting",
        weight="1, then class weights",
        margin="any",
        link="any",
        paper="Cao et al. 2019 (DRW)",
        consistent="as its class weights: the default's are not",
        statements=("effective_number.not_balanced",),
        key="drw",
        balanced=False,
        title="Deferred re-weighting",
        label="CE-DRW",
        colour="pink",
        schedule="DeferredReweighting(class_counts, start)",
    ),
    Method(
        name="DeferredResampling",
        weight="n^(q − 1) by sampling, late",
        margin="any",
        link="any",
        paper="Cao et al. 2019 (DRS)",
        consistent="with cross-entropy only if q = 0, the default; not with balanced softmax",
        statements=(
            "vs_consistency.two_exponents",
            "balanced_softmax.double_correction",
        ),
        key="drs",
        balanced=True,
        title="Deferred re-sampling",
        label="CE-DRS",
        colour="orange",
        schedule="DeferredResampling(start)",
    ),
    Method(
        name="DeferredInfluence",
        weight="1, then α/(π (‖p − e_y‖₁ ‖h‖₁ + ε))",
        margin="0",
        link="−log",
        paper="Park et al. 2021 (IB)",
        consistent="late stage: with the default's class weights, 1/π",
        statements=("decreasing_link.influence_balanced",),
        key="influence-deferred",
        balanced=True,
        title="Influence-balanced loss, deferred",
        label="IB, deferred",
        colour="red",
        loss="InfluenceBalancedLoss()",
        schedule="DeferredInfluence(class_counts, start)",
    ),
    Method(
        name="TruncatedLogitAdjustment",
        weight="1, then π^−ν",
        margin="β = (n/n_max)^γ, then 1; Δ = τ log π",
        link="−log",
        paper="Wang et al. 2023 (TLA+ADRW)",
        consistent="late stage only if ν + τ = 1, as by default",
        statements=("vs_consistency.two_exponents",),
        # begins with the scales and the offsets of its schedule, which drops the scales later
        key="tla-adrw",
        balanced=True,
        title="Truncated logit adjustment with power weights",
        label="TLA-ADRW",
        colour="green",
        loss="VSLoss(class_counts)",
        schedule="TruncatedLogitAdjustment(class_counts, start)",
    ),
)


class Unscheduled:
    """Every epoch alike, with the loss's own constants and the data as they come.

    >>> Unscheduled().stage(7).weight is None
    True
    """

    def stage(self, epoch: int) -> Stage:
        """Nothing to change."""
        return Stage()


class DeferredReweighting:
    """DRW: no class weights before epoch ``start``, class weights from there on.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    start
        First epoch, counted from 0, that weighs; 0 is plain re-weighting. The paper's is 160 of 200.
    class_weights
        Shape (K,), non-negative; the default is the effective number's at ``beta = 0.9999``.

    >>> schedule = DeferredReweighting([80, 20], start=160, class_weights=[0.5, 1.5])
    >>> schedule.stage(159).weight.tolist(), schedule.stage(160).weight.tolist()
    ([1.0, 1.0], [0.5, 1.5])
    """

    @named_arguments
    def __init__(
        self, class_counts: ArrayLike, start: int, class_weights: ArrayLike | None = None
    ) -> None:
        counts = as_class_counts(class_counts)
        self.start = as_whole("start", start, 0)
        if class_weights is None:
            self.class_weights = effective_number_weights(counts)
            return
        given = as_real("class_weights", class_weights, low=0)
        if given.shape != counts.shape:
            raise InputError(
                f"class_weights has shape {given.shape}: must match class_counts, {counts.shape}"
            )
        if not given.any():
            raise InputError("class_weights are all 0: at least one class must count")
        self.class_weights = torch.from_numpy(given)

    def stage(self, epoch: int) -> Stage:
        """Ones, then the class weights."""
        weight = self.class_weights
        return Stage(weight=weight if epoch >= self.start else torch.ones_like(weight))


class DeferredResampling:
    """DRS: draw examples as they come before epoch ``start``, and by class from there on.

    A loader must be rebuilt with the sampler when the exponent changes: in the authors' code the
    sampler of the second stage never reaches the loader.

    Parameters
    ----------
    start
        First epoch, counted from 0, that re-samples.
    exponent
        q of the second stage, ``p_y ~ n_y^q`` (0, class balance; 1/2 is square-root sampling).

    >>> schedule = DeferredResampling(start=160)
    >>> schedule.stage(159).sampling_exponent, schedule.stage(160).sampling_exponent
    (1.0, 0.0)
    """

    @named_arguments
    def __init__(self, start: int, exponent: float = 0.0) -> None:
        self.start = as_whole("start", start, 0)
        self.exponent = as_number("exponent", exponent)

    def stage(self, epoch: int) -> Stage:
        """Exponent 1, then the one asked for."""
        return Stage(sampling_exponent=self.exponent if epoch >= self.start else 1.0)


class ProgressiveSampling:
    """From the data as it comes to class balance: `ProgressivelyBalancedSampler` as a plan.

    Parameters
    ----------
    epochs
        Of the whole training; in epoch e the share e / epochs of the draws is class-balanced.

    Source: Kang et al. (ICLR 2020), eq. (2).

    >>> [ProgressiveSampling(4).stage(epoch).balanced_share for epoch in range(4)]
    [0.0, 0.25, 0.5, 0.75]
    """

    @named_arguments
    def __init__(self, epochs: int) -> None:
        self.epochs = as_whole("epochs", epochs, 1)

    def stage(self, epoch: int) -> Stage:
        """More of the draws by class than in the epoch before."""
        return Stage(balanced_share=min(epoch / self.epochs, 1.0))


class DeferredInfluence:
    """Cross-entropy before epoch ``start``, `InfluenceBalancedLoss` with class weights from there on.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    start
        First epoch, counted from 0, of the second stage. The authors' is 100 of 200; they multiply the rate
        by 0.01 there, so that their alpha of 1000 moves the last layer as 10 does at an unchanged rate.
    class_weights
        Shape (K,); the authors' are the default, inverse frequency.

    >>> schedule = DeferredInfluence([80, 20], start=100)
    >>> schedule.stage(99).weight.tolist(), bool(schedule.stage(99).influence)
    ([1.0, 1.0], False)
    >>> [round(w, 3) for w in schedule.stage(100).weight.tolist()], bool(schedule.stage(100).influence)
    ([0.4, 1.6], True)
    """

    @named_arguments
    def __init__(
        self, class_counts: ArrayLike, start: int, class_weights: ArrayLike | None = None
    ) -> None:
        weights = (
            inverse_frequency_weights(class_counts) if class_weights is None else class_weights
        )
        self.plan = DeferredReweighting(class_counts, start, weights)

    def stage(self, epoch: int) -> Stage:
        """Plain, then weighted by class and by influence."""
        acts = torch.tensor(float(epoch >= self.plan.start), dtype=torch.float64)
        return Stage(weight=self.plan.stage(epoch).weight, influence=acts)


class TruncatedLogitAdjustment:
    """TLA+ADRW: the vector-scaling loss, from epoch ``start`` without its scales and with weights.

    Before ``start``: weight 1, scale ``(n_y / n_max)^gamma``, offset ``tau log pi_y``. From there on:
    weight proportional to ``pi_y^-nu`` (summing to K), scale 1, the same offset. The second stage is
    consistent for the balanced error exactly if ``nu + tau = 1``, as the defaults are.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    start
        First epoch, counted from 0, of the second stage; the authors' is ``160 * (epochs // 200)``.
    gamma, tau, nu
        The authors' for CIFAR-100-LT; their script trains the first stage with ``tau = 1`` and
        resumes from it with 0.75, and theirs for CIFAR-10-LT are ``tau = 1, nu = 0.15``.

    >>> schedule = TruncatedLogitAdjustment([80, 5], start=160)
    >>> [round(scale, 3) for scale in schedule.stage(0).scale.tolist()], schedule.stage(160).scale.tolist()
    ([1.0, 0.871], [1.0, 1.0])
    """

    @named_arguments
    def __init__(
        self,
        class_counts: ArrayLike,
        start: int,
        gamma: float = 0.05,
        tau: float = 0.75,
        nu: float = 0.25,
    ) -> None:
        self.start = as_whole("start", start, 0)
        power = as_number("gamma", gamma, low=0)
        early = vs_parameters("VS", class_counts, gamma=power, tau=tau)
        weight, scale, offset = (torch.from_numpy(constant) for constant in early)
        self.early = Stage(weight, scale, offset)
        self.late = Stage(power_weights(class_counts, nu), torch.ones_like(scale), offset)

    def stage(self, epoch: int) -> Stage:
        """The vector-scaling stage, then the truncated and re-weighted one."""
        return self.late if epoch >= self.start else self.early

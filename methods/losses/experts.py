"""Losses of several experts on one body, each under a prior of its own (BalPoE, SADE) or driven apart (RIDE).

Sources: Aimar et al. (CVPR 2023, BalPoE), ``mean_e CE(z_e + tau_e log pi)``, the mean of tau being 1; Zhang
et al. (NeurIPS 2022, SADE), ``CE(z_1) + CE(z_2 + log pi) + CE(z_3 + log pi - tau log rev(pi))``; Wang et al.
(ICLR 2021, RIDE), ``sum_e LDAM(z_e) + f T^2 KL(softmax(zbar/T) || softmax(z_e/T))`` with f < 0. Networks with
the head ``"experts"`` predict by the mean logit. Checked by: one expert, a uniform prior and no divergence,
which leave known losses; experts that agree; and the authors' sums, written out in float64.
"""

from collections.abc import Sequence
from typing import Unpack, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import log_softmax

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, InputTypeError, as_number, as_whole
from ...theory.vector_scaling import logit_adjustment_offset
from ..registry import Method
from .batch import floats
from .ldam import LDAMLoss
from .module import ClassLoss, LossOptions, MarginSoftmaxLoss
from .offsets import LogitAdjustedLoss
from .reducing import reduce_losses

__all__ = ["BalPoELoss", "RIDELoss", "SADELoss"]

METHODS = (
    Method(
        name="BalPoELoss",
        weight="1",
        margin="Δ = τ_e log π, expert e",
        link="−log, mean over experts",
        paper="Aimar et al. 2023 (BalPoE)",
        consistent="only if the mean of τ_e is 1, the default",
        statements=("experts.mean_tau",),
        key="balpoe",
        balanced=True,
        title="Balanced product of experts (BalPoE)",
        label="BalPoE",
        colour="blue",
        loss="BalPoELoss(class_counts)",
        head="experts",
    ),
    Method(
        name="SADELoss",
        weight="1",
        margin="Δ = 0; log π; log π − τ log rev(π)",
        link="−log, sum over experts",
        paper="Zhang et al. 2022 (SADE)",
        consistent="τ = 1 and an exponential profile; τ = 2, the default: no",
        statements=("experts.sade_strength", "experts.mean_tau"),
        key="sade",
        balanced=False,
        title="Skill-diverse experts (SADE)",
        label="SADE",
        colour="green",
        loss="SADELoss(class_counts)",
        head="experts",
    ),
    Method(
        name="RIDELoss",
        weight="1",
        margin="as LDAM, every expert",
        link="−log, and a divergence between experts",
        paper="Wang et al. 2021 (RIDE)",
        consistent="no without the divergence",
        statements=("consistency.ldam_not_consistent",),
        key="ride",
        title="Experts driven apart (RIDE)",
        label="RIDE",
        colour="orange",
        loss="RIDELoss(class_counts)",
        head="cosine-experts",
        schedule="DeferredReweighting(class_counts, start)",
    ),
)


class _ExpertsLoss(ClassLoss):
    """A sum over experts of a loss of each: called with logits (N, K), target (N,) and experts (N, E, K)."""

    needs = ("experts",)
    each: nn.ModuleList
    share = 1.0  # what an expert's loss counts

    def forward(self, logits: Tensor, target: Tensor, experts: Tensor) -> Tensor:
        """The loss of a batch; ``logits``, by which the network predicts, only say its shape.

        Raises
        ------
        InputTypeError
            If the targets are no class indices.
        InputError
            If ``experts`` is not (N, E, K) for logits (N, K), and E the number that the loss is for.
        """
        if not (isinstance(target, Tensor) and target.dtype == torch.int64 and target.ndim == 1):
            found = getattr(target, "dtype", type(target).__name__)
            raise InputTypeError(
                f"target has type {found}: must be class indices (N,) of dtype torch.int64"
            )
        wanted = logits.ndim == 2 and (len(logits), logits.shape[1])
        if experts.ndim != 3 or (len(experts), experts.shape[2]) != wanted:
            raise InputError(
                f"experts has shape {tuple(experts.shape)}: for logits of shape {tuple(logits.shape)} it "
                "must be (N, E, K)"
            )
        if experts.shape[1] != len(self.each):
            raise InputError(
                f"experts has shape {tuple(experts.shape)}: the loss is for {len(self.each)}"
            )
        return reduce_losses(
            self._losses(experts, target),
            target,
            self.weight,
            self.reduction,
            self.normalize,
            self.ignore_index,
        )

    @property
    def mean_offset(self) -> Tensor:
        """The mean of the experts' offsets, (K,): the mean logit's optimum is ``log eta`` without it."""
        offsets = [cast("MarginSoftmaxLoss", own).offset for own in self.each]
        return torch.stack([own for own in offsets if own is not None]).mean(dim=0)

    def _losses(self, experts: Tensor, target: Tensor) -> Tensor:
        """The loss per example without class weights, (N,); 0 where the target is ignored."""
        found = [own(z, target) for own, z in zip(self.each, experts.unbind(1), strict=True)]
        return self.share * torch.stack(found).sum(dim=0)

    def _of(self, losses: Sequence[nn.Module]) -> None:
        self.each = nn.ModuleList(losses)

    def _options(self) -> LossOptions:
        """What the experts' losses are told: class weights and means are those of the whole."""
        return {
            "reduction": "none",
            "ignore_index": self.ignore_index,
            "label_smoothing": self.label_smoothing,
        }


class BalPoELoss(_ExpertsLoss):
    """``mean_e -log softmax_y(z_e + tau_e log pi)``, strengths evenly spaced about their mean.

    The mean logit of the experts is consistent for the balanced error iff the strengths have mean 1
    (`counterpoise show experts.mean_tau`).

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    tau
        Mean of the strengths (1).
    spread
        How far the outer ones are from it (1: strengths 0, 1, 2, the authors'); 0 gives all one.
    experts
        How many, E (3); as many as the network has. One alone is logit adjustment.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Shape:
        - logits: (N, K); target: (N,), class indices; experts: (N, E, K).

    Source: Aimar et al. (CVPR 2023). Their code adds 1e-9 to the prior; here nothing is added.

    Examples
    --------
    >>> import torch
    >>> target, experts = torch.tensor([0, 2]), torch.tensor([[[2.0, 0.0, 1.0]] * 3, [[0.0, 1.0, 0.0]] * 3])
    >>> BalPoELoss([500, 50, 5])(experts.mean(dim=1), target, experts)
    tensor(2.6780)
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        tau: float = 1.0,
        spread: float = 1.0,
        experts: int = 3,
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(**options)
        tau, spread = as_number("tau", tau), as_number("spread", spread)
        experts = as_whole("experts", experts, 1)
        away = np.linspace(-1, 1, experts) if experts > 1 else np.zeros(1)
        self.taus = tuple((tau + spread * away).tolist())
        self.share = 1 / experts
        self._of([LogitAdjustedLoss(class_counts, own, **self._options()) for own in self.taus])


class SADELoss(_ExpertsLoss):
    """Sum of ``-log softmax_y`` of ``z_1``, ``z_2 + log pi`` and ``z_3 + log pi - tau log rev(pi)``.

    ``rev(pi)`` gives the most frequent class the prior of the rarest, and so on; of equally frequent ones the
    authors' code decides by their order, and here they share. The first expert serves the training prior, the
    second a uniform one, the third a backward one; which to weigh more is learnt at test time
    (`counterpoise.methods.posthoc.expert_weights`).

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    tau
        Strength of the third expert: 2 for CIFAR-100 and ImageNet-LT, 1 for iNaturalist and Places. With
        equal weights only 1 is consistent, under an exponential profile.
    **options
        As of `BalPoELoss`.

    Shape:
        - logits: (N, K); target: (N,), class indices; experts: (N, 3, K).

    Source: Zhang et al. (NeurIPS 2022); their code adds 1e-9 to the priors.

    Examples
    --------
    >>> import torch
    >>> target, experts = torch.tensor([0, 2]), torch.tensor([[[2.0, 0.0, 1.0]] * 3, [[0.0, 1.0, 0.0]] * 3])
    >>> SADELoss([500, 50, 5])(experts.mean(dim=1), target, experts)
    tensor(10.3240)
    """

    def __init__(
        self, class_counts: ArrayLike, tau: float = 2.0, **options: Unpack[LossOptions]
    ) -> None:
        super().__init__(**options)
        self._of(
            [
                MarginSoftmaxLoss(offset=offset, **self._options())
                for offset in sade_offsets(class_counts, tau)
            ]
        )


def sade_offsets(class_counts: ArrayLike, tau: float = 2.0) -> NDArray[np.float64]:
    """The offsets of SADE's three experts, (3, K); those of the prior are log shares.

    >>> sade_offsets([8, 1, 1], tau=1.0).round(2).tolist()
    [[0.0, 0.0, 0.0], [-0.22, -2.3, -2.3], [2.08, -1.04, -1.04]]
    """
    adjusted = np.asarray(logit_adjustment_offset(class_counts))
    ordered = np.sort(adjusted)
    # classes of one prior share the mean of the places that they have together
    reverse = np.array([ordered[::-1][ordered == own].mean() for own in adjusted])
    return np.stack([np.zeros_like(adjusted), adjusted, adjusted - as_number("tau", tau) * reverse])


class RIDELoss(_ExpertsLoss):
    """``sum_e LDAM(z_e, y) + diversity T^2 KL(softmax(s zbar/T) || softmax(s z_e/T))``, zbar the mean logit.

    The distribution of the mean passes no gradient; a negative ``diversity`` drives experts apart, and then
    nothing bounds the loss from below. The authors' code with ``diversity`` 0 is another loss, LDAM of the
    mean logit once per expert; here it is the experts' own losses, without a divergence. After deferred
    weights act, theirs also divides logits by class-dependent temperatures, and leaves the divergence
    unweighted; here T is one number, and an example's whole loss is weighted.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    diversity
        Factor of the divergence: -0.2, the class's default; -0.45 in the authors' scripts for CIFAR.
    temperature
        T (1).
    max_margin, scale
        Of `LDAMLoss`, for cosine logits.
    experts
        E (3); as many as the network has.
    **options
        As of `BalPoELoss`.

    Shape:
        - logits: (N, K); target: (N,), class indices; experts: (N, E, K).

    Source: Wang et al. (ICLR 2021), without routing and distillation.

    Examples
    --------
    >>> import torch
    >>> target, experts = torch.tensor([0, 2]), torch.tensor([[[0.9, 0.1, 0.3]] * 3, [[0.2, 0.1, 0.5]] * 3])
    >>> RIDELoss([500, 50, 5])(experts.mean(dim=1), target, experts)  # experts that agree: three times LDAM
    tensor(9.0764)
    """

    scale: Tensor

    def __init__(
        self,
        class_counts: ArrayLike,
        diversity: float = -0.2,
        temperature: float = 1.0,
        max_margin: float = 0.5,
        scale: float = 30.0,
        experts: int = 3,
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(**options)
        self.diversity = as_number("diversity", diversity)
        self.temperature = as_number("temperature", temperature, low=0, low_open=True)
        scale = as_number("scale", scale, low=0, low_open=True)
        self._hold("scale", scale)  # as LDAM's: who adjusts the mean logit afterwards multiplies it
        experts = as_whole("experts", experts, 1)
        one = LDAMLoss(class_counts, max_margin, scale, **self._options())
        self._of([one] * experts)

    def _losses(self, experts: Tensor, target: Tensor) -> Tensor:
        own = super()._losses(experts, target)
        apart = self.diversity * self.temperature**2 * self.divergence(experts).sum(dim=1)
        return own + torch.where(target != self.ignore_index, apart, 0.0)

    def divergence(self, experts: Tensor) -> Tensor:
        """``KL(mean || expert)`` of every example and expert, (N, E); the mean without a gradient."""
        z = floats(experts) * (self.scale.to(experts.device) / self.temperature)
        log_own = log_softmax(z, dim=2)
        log_mean = log_softmax(z.detach().mean(dim=1, keepdim=True), dim=2)
        return (log_mean.exp() * (log_mean - log_own)).sum(dim=2)

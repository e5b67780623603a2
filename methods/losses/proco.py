"""ProCo: supervised contrast with infinitely many von Mises-Fisher samples of each class, in closed form.

``-log softmax_y(log pi_j + log C(kappa_j) - log C(|kappa_j mu_j + z/T|))`` for an embedding z, C the constant
of the distribution and mu, kappa those of the class. Source: Du et al. (TPAMI 2024), "Probabilistic
Contrastive Learning for Long-Tailed Visual Recognition". The expectation that it rests on is the moment
generating function of the distribution. Checked by: that function by quadrature over the sphere, by samples
and by differences; gradients; classes without a concentration.
"""

import math
from typing import Any, Unpack

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import gammaln, ive, logsumexp
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.functional import cross_entropy

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_number, as_whole
from ..arguments import named_arguments
from ..registry import Method
from .contrastive import refuse_other_batches
from .module import LossOptions
from .offsets import LogitAdjustedLoss
from .reducing import reduce_losses

__all__ = ["ProCoLoss", "log_moment", "mean_direction"]

METHODS = (
    Method(
        name="ProCoLoss",
        weight="1",
        margin="Δ = log π",
        link="−log, of logits and of von Mises-Fisher likelihoods",
        paper="Du et al. 2024 (ProCo)",
        consistent="yes, where embeddings do not bind the logits",
        statements=("consistency.logit_adjustment", "spherical_contrast.von_mises_fisher"),
        key="proco",
        title="Probabilistic contrastive learning (ProCo)",
        label="ProCo",
        colour="sky",
        loss="ProCoLoss(class_counts)",
        head="embedded",
    ),
)

_MOST = 0.9999  # length of a mean: vectors that are all alike have no finite concentration


@named_arguments
def log_moment(at: Tensor, mean: Tensor) -> Tensor:
    """``log E exp(<at, x>)`` of unit vectors x, von Mises-Fisher with these means, as estimated from them.

    ``log C(kappa) - log C(|kappa mu + at|)``, C proportional to ``kappa^(D/2-1) / I_(D/2-1)(kappa)``; mu is
    the direction of the mean and kappa its concentration (`mean_direction`).

    Shape: at (N, D), mean (K, D) of lengths at most 1 -> (N, K). D at least 2.

    Examples
    --------
    >>> log_moment(torch.zeros(1, 3), torch.eye(3)[:2] / 2)  # exp(0) has mean 1
    tensor([[0., 0.]])
    """
    direction, concentration = mean_direction(mean)
    order = mean.shape[1] / 2 - 1
    tilted = (concentration[:, None] * direction + at[:, None].to(direction)).norm(dim=2)
    found: Any = _LogNormaliser.apply(concentration, order) - _LogNormaliser.apply(tilted, order)
    return found.to(at.dtype)


def mean_direction(mean: Tensor) -> tuple[Tensor, Tensor]:
    """Directions (K, D) and concentrations (K,) for means (K, D) of unit vectors; float64.

    ``kappa = R (D - R^2) / (1 - R^2)``, R the length of the mean: an approximation to maximum likelihood
    (Banerjee et al., JMLR 2005, eq. (4.4)), the one that the authors take.

    >>> mean_direction(torch.tensor([[0.5, 0.0, 0.0]]))
    (tensor([[1., 0., 0.]], dtype=torch.float64), tensor([1.8333], dtype=torch.float64))
    """
    if mean.ndim != 2:
        raise InputError(f"mean has shape {tuple(mean.shape)}: must be (K, D)")
    exact = mean.double()
    length = exact.norm(dim=1)
    direction = exact / torch.where(length > 0, length, 1.0)[:, None]
    short = length.clamp(max=_MOST)
    return direction, short * (mean.shape[1] - short**2) / (1 - short**2)


class _LogNormaliser(torch.autograd.Function):
    """``order log kappa - log I_order(kappa)``, by SciPy in float64; its slope is minus a ratio of two I."""

    @staticmethod
    def forward(kappa: Tensor, order: float) -> Tensor:  # type: ignore[override]
        k = kappa.detach().cpu().numpy()
        bessel, small = _scaled_bessel(order, k)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = order * np.log(k) - np.log(bessel) - k
        if small.any():  # beyond the range of floats: by the series, in logarithms
            value[small] = (
                order * math.log(2) + math.lgamma(order + 1) - _log_series(order, k[small])
            )
        return torch.from_numpy(value).to(kappa)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, float], output: Tensor) -> None:
        kappa, ctx.order = inputs
        ctx.save_for_backward(kappa)
        ctx.save_for_forward(kappa)

    @staticmethod
    def backward(ctx: Any, *gradient: Tensor) -> tuple[Tensor, None]:
        (kappa,) = ctx.saved_tensors
        ratio: Any = _BesselRatio.apply(kappa, ctx.order)
        return -gradient[0] * ratio, None

    @staticmethod
    def jvp(ctx: Any, *direction: Any) -> Tensor:
        (kappa,) = ctx.saved_tensors
        ratio: Any = _BesselRatio.apply(kappa, ctx.order)
        return -direction[0] * ratio


class _BesselRatio(torch.autograd.Function):
    """``r = I_(order + 1)(kappa) / I_order(kappa)``, with ``r' = 1 - r^2 - (2 order + 1) r/kappa``."""

    @staticmethod
    def forward(kappa: Tensor, order: float) -> Tensor:  # type: ignore[override]
        k = kappa.detach().cpu().numpy()
        bessel, small = _scaled_bessel(order, k)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = ive(order + 1, k) / bessel
        if small.any():
            own, following = (_log_series(order + add, k[small]) for add in (0, 1))
            ratio[small] = k[small] / (2 * (order + 1)) * np.exp(following - own)
        return torch.from_numpy(ratio).to(kappa)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, float], output: Tensor) -> None:
        kappa, ctx.order = inputs
        ctx.save_for_backward(kappa, output)

    @staticmethod
    @once_differentiable
    def backward(  # type: ignore[override]
        ctx: Any, *gradient: Tensor
    ) -> tuple[Tensor, None]:
        kappa, ratio = ctx.saved_tensors
        over = torch.where(kappa > 0, ratio / kappa, 1 / (2 * (ctx.order + 1)))  # its limit at 0
        return gradient[0] * (1 - ratio**2 - (2 * ctx.order + 1) * over), None


def _scaled_bessel(
    order: float, k: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """``I_order(k) exp(-k)``, and where it is too little to be divided by."""
    bessel = ive(order, k)
    return bessel, (bessel < 1e-280) | (k == 0)


def _log_series(order: float, k: NDArray[np.float64]) -> NDArray[np.float64]:
    """``log sum_m (k/2)^(2m) Gamma(order + 1)/(m! Gamma(order + 1 + m))``: I_order over its first term."""
    many = (
        int(k.max(initial=0.0) / 2 + 12 * math.sqrt(k.max(initial=0.0) + 1)) + 40
    )  # beyond the largest
    m = np.arange(many, dtype=float)
    fixed = math.lgamma(order + 1) - gammaln(m + 1) - gammaln(order + 1 + m)
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.where(m == 0, 0.0, 2 * m * np.log(k[..., None] / 2))
    found: Any = logsumexp(powers + fixed, axis=-1)
    return found


class ProCoLoss(LogitAdjustedLoss):
    """Logit adjustment plus ``contrast`` times ``-log softmax_y(log_moment(z/T, means) + log pi)``.

    Called with logits, target and embedding (N, D), unit vectors z. The second term is the contrastive loss
    of z against infinitely many samples of every class, in shares of the prior. Means of classes are
    estimated in training mode: each batch moves those of its classes by ``1 - momentum``; the authors take
    means over an epoch.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    contrast
        1.
    temperature
        T (0.1).
    momentum
        0.9.
    width
        D (64, that of the head ``"embedded"``).
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Du et al. (TPAMI 2024), the form with the logarithm outside the mean over positives.

    Examples
    --------
    >>> logits, target = torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])
    >>> ProCoLoss([9, 1], width=2)(logits, target, torch.eye(2))  # no class has a direction yet
    tensor(1.9420)
    """

    needs = ("embedding",)
    by_example = False
    means: Tensor

    def __init__(
        self,
        class_counts: ArrayLike,
        contrast: float = 1.0,
        temperature: float = 0.1,
        momentum: float = 0.9,
        width: int = 64,
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(class_counts, **options)
        assert self.offset is not None
        self.contrast = as_number("contrast", contrast, low=0)
        self.contrast_temperature = as_number("temperature", temperature, low=0, low_open=True)
        self.momentum = as_number("momentum", momentum, low=0, high=1, high_open=True)
        width = as_whole("width", width, 2)
        self.register_buffer("means", torch.zeros(len(self.offset), width, dtype=torch.float64))

    def forward(  # type: ignore[override]
        self, logits: Tensor, target: Tensor, embedding: Tensor
    ) -> Tensor:
        """The loss of a batch of logits (N, K)."""
        assert self.offset is not None
        refuse_other_batches(logits, target, embedding, self.means.shape[1])
        kept = target != self.ignore_index
        labels = torch.where(kept, target, 0)
        moment = log_moment(embedding / self.contrast_temperature, self.means.clone())
        found = cross_entropy(moment + self.offset.to(moment), labels, reduction="none")
        if self.training:
            self._follow(embedding.detach()[kept], target[kept])
        return super().forward(logits, target) + reduce_losses(
            self.contrast * torch.where(kept, found, 0.0),
            target,
            self.weight,
            self.reduction,
            self.normalize,
            self.ignore_index,
        )

    def _follow(self, embedding: Tensor, target: Tensor) -> None:
        total = torch.zeros_like(self.means).index_add(0, target, embedding.to(self.means))
        count = target.bincount(minlength=len(self.means))
        mean = total / count.clamp(min=1)[:, None]
        new = ~self.means.any(dim=1)  # whose first mean is taken as it is
        step = (1 - self.momentum + self.momentum * new.to(mean)) * (count > 0)
        self.means.copy_(torch.lerp(self.means, mean, step[:, None]))

"""Geometric harmonisation: images are allotted to directions as far apart as can be, in estimated shares.

Features of a long tail fill the space by numbers; to undo it each image gets a surrogate label among the
corners M of a simplex, by a transport whose marginal is the estimated class prior, and the contrast is joined
by the cross-entropy of one view with the other's label: with ``t = normalize(M f(x))`` and t' of the other
view, ``-q . log softmax(t'/T) - q' . log softmax(t/T)``, q the rows of the Q that is largest in
``sum Q t + epsilon H(Q)`` among those of row sums 1 and column sums ``N pi``. Source: Zhou et al., "Combating
Representation Learning Disparity with Geometric Harmonization" (NeurIPS 2023): its surrogate label
allocation. Their code takes exponentials before the transport, here all is logarithms; and it sums
predictions into memory that was not set to zero. Checked by: the corners' Gram matrix, marginals, both limits
of epsilon, an assignment, and when the prior is estimated of what is remembered.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from ...theory.foundation.validation import InputError, as_number, as_whole
from .contrast import SimCLR

__all__ = ["Harmonised", "simplex_targets", "sinkhorn"]


def simplex_targets(clusters: int, width: int, generator: torch.Generator | None = None) -> Tensor:
    """Unit vectors whose cosines are all ``-1/(K-1)``, the simplex equiangular tight frame: (K, width).

    Turned at random; there is one where the width is at least K - 1.

    Raises
    ------
    InputError
        If K is below 2, or the width too small.

    Examples
    --------
    >>> targets = simplex_targets(3, 8)
    >>> (targets @ targets.T).round(decimals=6).tolist()
    [[1.0, -0.5, -0.5], [-0.5, 1.0, -0.5], [-0.5, -0.5, 1.0]]
    """
    clusters = as_whole("clusters", clusters, 2)
    width = as_whole("width", width, 1)
    if width < clusters - 1:
        raise InputError(f"width = {width}: must be at least clusters - 1 = {clusters - 1}")
    turned = torch.linalg.qr(
        torch.randn(width, clusters - 1, dtype=torch.float64, generator=generator)
    ).Q
    whole = torch.cat([torch.ones(clusters, 1), torch.eye(clusters)[:, 1:]], dim=1).double()
    beside = torch.linalg.qr(whole).Q[:, 1:]  # an orthonormal basis of what is orthogonal to ones
    return ((clusters / (clusters - 1)) ** 0.5 * beside @ turned.T).float()


@torch.no_grad()
def sinkhorn(scores: Tensor, prior: Tensor, epsilon: float = 0.05, iterations: int = 300) -> Tensor:
    """Surrogate labels (N, K): the allotment Q of largest ``sum Q s + epsilon H(Q)`` with shares ``prior``.

    Rows sum to 1, and columns to ``N prior``, these up to what iterations leave; a cluster of prior 0 gets
    nothing. As epsilon falls Q becomes an assignment, as it grows every row the prior.

    Parameters
    ----------
    scores
        How well an image fits a cluster: (N, K).
    prior
        (K,), summing to 1.

    Raises
    ------
    InputError
        If shapes do not fit, the prior is none, or epsilon is not positive.

    Examples
    --------
    >>> scores = torch.tensor([[2.0, 0.0], [1.0, 0.0]])
    >>> sinkhorn(scores, torch.tensor([0.5, 0.5])).round().tolist()  # both fit the first best
    [[1.0, 0.0], [0.0, 1.0]]
    """
    epsilon = as_number("epsilon", epsilon, low=0, low_open=True)
    iterations = as_whole("iterations", iterations, 1)
    if scores.ndim != 2 or prior.shape != scores.shape[1:]:
        raise InputError(
            f"scores has shape {tuple(scores.shape)} and prior {tuple(prior.shape)}: must be (N, K) and (K,)"
        )
    if (prior < 0).any() or abs(float(prior.sum()) - 1) > 1e-4:
        raise InputError(
            f"prior: must be at least 0 and sum to 1, but sums to {float(prior.sum()):g}"
        )
    kernel = scores.double() / epsilon
    wanted = prior.double().log() + torch.tensor(float(len(scores)), dtype=torch.float64).log()
    rows, columns = torch.zeros_like(kernel[:, :1]), torch.zeros_like(kernel[0])
    for _ in range(iterations):
        columns = wanted - (kernel + rows).logsumexp(dim=0)
        rows = -(kernel + columns).logsumexp(dim=1, keepdim=True)
    return (kernel + rows + columns).exp().to(scores.dtype)


class Harmonised(nn.Module):
    """A method with surrogate labels: its losses plus the swapped cross-entropy of the two views.

    Parameters
    ----------
    base
        The method: `SimCLR` or `SDCLR`.
    num_examples
        Images of the training set, N.
    start, ramp
        The epoch at which surrogate labels begin, half of all in the paper, and the epochs in which their
        share of the loss grows to 1 (10).
    clusters, width
        K, 100 in the paper, and the width of a projection (128).
    temperature, epsilon, iterations
        Of the surrogate probabilities (0.1), and of `sinkhorn`.
    refresh
        Epochs after which the prior is estimated anew (20): each cluster's share of the images whose
        remembered scores are largest there.
    momentum
        Of the remembered scores, before the start and after (0.9, 0.999).
    generator
        Of the turn of `simplex_targets`.

    Examples
    --------
    >>> from counterpoise.methods.models import SmallNet
    >>> from counterpoise.methods.self_supervised import Encoder
    >>> method = Harmonised(SimCLR(Encoder(SmallNet(10))), 5, start=1, ramp=1, clusters=3)
    >>> first, second = torch.rand(2, 5, 1, 8, 8)
    >>> for epoch in range(2):
    ...     method.begin_epoch(epoch)
    ...     losses = method(first, second, torch.arange(5))
    >>> method.share, round(float(method.prior.sum()), 6)
    (1.0, 1.0)
    """

    targets: Tensor
    scores: Tensor
    prior: Tensor

    def __init__(
        self,
        base: SimCLR,
        num_examples: int,
        start: int,
        ramp: int = 10,
        clusters: int = 100,
        width: int = 128,
        temperature: float = 0.1,
        epsilon: float = 0.05,
        iterations: int = 300,
        refresh: int = 20,
        momentum: tuple[float, float] = (0.9, 0.999),
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        size = as_whole("num_examples", num_examples, 1)
        self.base = base
        self.start, self.ramp = as_whole("start", start, 1), as_whole("ramp", ramp, 1)
        self.temperature = as_number("temperature", temperature, low=0, low_open=True)
        self.epsilon = as_number("epsilon", epsilon, low=0, low_open=True)
        self.iterations = as_whole("iterations", iterations, 1)
        self.refresh = as_whole("refresh", refresh, 1)
        self.momentum = tuple(as_number("momentum", one, low=0, high=1) for one in momentum)
        self.share, self.epoch = 0.0, 0
        self.register_buffer("targets", simplex_targets(clusters, width, generator))
        self.register_buffer("scores", torch.zeros(size, clusters))
        self.register_buffer("prior", torch.full((clusters,), 1 / clusters))

    @property
    def encoder(self) -> nn.Module:
        """The network that is trained."""
        return self.base.encoder

    def begin_epoch(self, epoch: int) -> None:
        """Set the share of the surrogate loss, and estimate the prior if it is time."""
        self.base.begin_epoch(epoch)
        self.epoch, since = epoch, epoch - self.start
        self.share = min(1.0, max(0.0, (since + 1) / self.ramp))
        if since == 0 or (since > 0 and since % self.refresh == 0):
            counts = torch.bincount(self.scores.argmax(dim=1), minlength=len(self.prior))
            self.prior = counts.to(self.prior) / len(self.scores)

    def augment(self, views: Tensor, index: Tensor, generator: torch.Generator) -> Tensor:
        """What the base does to views."""
        return self.base.augment(views, index, generator)

    def forward(self, first: Tensor, second: Tensor, index: Tensor) -> Tensor:
        """The losses (B,) of the base and of the surrogate labels; scores are remembered."""
        projected = [each.float() for each in self.base.project(first, second)]
        losses = self.base.contrast(*projected)
        with torch.autocast(first.device.type, enabled=False):
            scores = [normalize(each @ self.targets.T, dim=1) for each in projected]
        if self.training:
            self._remember(scores[0].detach(), index)
        return losses + self.share * self._swapped(*scores) if self.share else losses

    def _remember(self, new: Tensor, index: Tensor) -> None:
        momentum = self.momentum[self.epoch >= self.start] if self.epoch else 0.0
        self.scores[index] = momentum * self.scores[index] + (1 - momentum) * new

    def _swapped(self, first: Tensor, second: Tensor) -> Tensor:
        """Each view's cross-entropy with the label of the other: (B,)."""
        loss = torch.zeros_like(first[:, 0])
        for told, seen in ((first, second), (second, first)):
            label = sinkhorn(told.detach(), self.prior, self.epsilon, self.iterations)
            loss = loss - (label * (seen / self.temperature).log_softmax(dim=1)).sum(dim=1)
        return loss

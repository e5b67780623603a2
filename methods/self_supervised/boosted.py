"""Boosted contrastive learning: the views of images that are learnt slowly are changed more.

An image's loss over the epochs, ``m_t = beta m_(t-1) + (1 - beta) l_t`` from ``m_0 = l_0``, says how well it
is known without a label; by it ``M_i = ((m_i - mean m) / max |m - mean m| + 1) / 2`` is set, with which
further operations of RandAugment are applied: with probability M, at the level ``least + (30 - least) M``.
Source: Zhou et al., "Contrastive Learning with Boosted Memorization" (ICML 2022), M of the momentum losses in
its method; over SimCLR it is their BCL-I, over `SDCLR` their BCL-D. In their code M is divided by a deviation
first, which cancels. Checked by: M's invariances and range, levels, and plain views where M is 0.
"""

import torch
from torch import Tensor, nn

from ...theory.foundation.validation import InputError, as_number, as_seed, as_whole
from ..draws import stream
from .contrast import SimCLR
from .views import MOST, strengthened

__all__ = ["Boosted", "boosts"]


def boosts(losses: Tensor) -> Tensor:
    """``M_i = ((m_i - mean m) / max |m - mean m| + 1) / 2``, and 1/2 where all are equal; (N,), float64.

    Raises
    ------
    InputError
        If there is no loss, or one is not finite.

    Examples
    --------
    >>> boosts(torch.tensor([1.0, 2.0, 3.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    if losses.ndim != 1 or not len(losses) or not losses.isfinite().all():
        raise InputError("losses: must be finite numbers, (N,), N at least 1")
    gaps = losses.double() - losses[0]  # of equal losses exactly 0
    gaps = gaps - gaps.mean()
    most = gaps.abs().max()
    return (gaps / most + 1) / 2 if most > 0 else torch.full_like(gaps, 0.5)


class Boosted(nn.Module):
    """A method whose views of an image are changed more, the larger the image's remembered loss is.

    Views of the first epoch are plain; from then on M is that of the epochs before. k further operations are
    drawn for each view, applied each with probability M and at the level ``least + (30 - least) M``.

    Parameters
    ----------
    base
        The method: `SimCLR` (BCL-I), `SDCLR` (BCL-D).
    num_examples
        Images of the training set, N.
    momentum
        Of the remembered losses (0.97).
    operations, least, drawn
        k, the least level of 30, and whether levels are multiplied by a uniform draw. BCL-I: 1, 10, no;
        BCL-D: 2, 5, yes.
    shuffled
        Give the M of each image to another, drawn anew at each epoch: a control, which has as much of the
        augmentation, in the wrong places.
    seed
        Of these draws.

    Examples
    --------
    >>> from counterpoise.methods.models import SmallNet
    >>> from counterpoise.methods.self_supervised import Encoder
    >>> boosted = Boosted(SimCLR(Encoder(SmallNet(10))), num_examples=5)
    >>> boosted.begin_epoch(0)
    >>> first, second = torch.rand(2, 5, 1, 8, 8)
    >>> losses = boosted(first, second, torch.arange(5))
    >>> boosted.begin_epoch(1)
    >>> bool((boosted.strength == boosts(losses)).all())
    True
    """

    remembered: Tensor
    strength: Tensor

    def __init__(
        self,
        base: SimCLR,
        num_examples: int,
        momentum: float = 0.97,
        operations: int = 1,
        least: float = 10.0,
        drawn: bool = False,
        shuffled: bool = False,
        seed: int = 0,
    ) -> None:
        super().__init__()
        size = as_whole("num_examples", num_examples, 1)
        self.base = base
        self.momentum = as_number("momentum", momentum, low=0, high=1)
        self.operations = as_whole("operations", operations, 1)
        self.least = as_number("least", least, low=0, high=MOST)
        self.drawn, self.shuffled, self.seed = drawn, shuffled, as_seed(seed)
        self.register_buffer("remembered", torch.full((size,), torch.nan))
        self.register_buffer("strength", torch.zeros(size, dtype=torch.float64))

    @property
    def encoder(self) -> nn.Module:
        """The network that is trained."""
        return self.base.encoder

    def begin_epoch(self, epoch: int) -> None:
        """Set M by what is remembered."""
        self.base.begin_epoch(epoch)
        if epoch:
            self.strength = boosts(self.remembered)
            if self.shuffled:
                draws = stream(self.seed, "shuffled", epoch)
                order = torch.randperm(len(self.strength), generator=draws)
                self.strength = self.strength[order.to(self.strength.device)]

    def augment(self, views: Tensor, index: Tensor, generator: torch.Generator) -> Tensor:
        """Views changed further, each by its image's M."""
        return strengthened(
            views,
            self.strength[index],
            generator,
            operations=self.operations,
            least=self.least,
            drawn=self.drawn,
        )

    def forward(self, first: Tensor, second: Tensor, index: Tensor) -> Tensor:
        """The base's losses (B,), which are remembered."""
        losses = self.base(first, second, index)
        if self.training:
            new, old = losses.detach().to(self.remembered), self.remembered[index]
            mixed = self.momentum * old + (1 - self.momentum) * new
            self.remembered[index] = torch.where(old.isnan(), new, mixed)
        return losses

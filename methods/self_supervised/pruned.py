"""SDCLR: the second branch is the same network without its smallest weights.

What pruning makes a network forget are the images that it knows least, so that the two branches differ on
rare ones, which thereby weigh more: ``nt_xent(f(x; w), f(x'; m w))`` with ``m = 1[|w| >= theta]``, theta the
quantile of all |w| together. Source: Jiang et al., "Self-Damaging Contrastive Learning" (ICML 2021);
convolutions alone are pruned, as in their code, which takes the gradient in two halves: here it is one.
Checked by: nothing pruned and statistics shared is SimCLR to the bit, counts of what is left, and the
gradient's two halves.
"""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.modules.batchnorm import _BatchNorm

from ...theory.foundation.validation import as_number
from .contrast import Encoder, SimCLR

__all__ = ["SDCLR", "magnitude_masks"]


@torch.no_grad()
def magnitude_masks(network: nn.Module, share: float) -> dict[str, Tensor]:
    """Which weights of the convolutions are kept, by name: all but the smallest ``share`` of all together.

    Ties at the threshold are kept, so a little less may be pruned.

    Raises
    ------
    InputError
        If the share is not in [0, 1).

    Examples
    --------
    >>> layer = nn.Conv1d(1, 1, 4)
    >>> _ = layer.weight.data.copy_(torch.tensor([[[0.1, -0.4, 0.2, -0.3]]]))
    >>> magnitude_masks(layer, 0.5)["weight"].tolist()
    [[[False, True, False, True]]]
    """
    share = as_number("share", share, low=0, high=1, high_open=True)
    weights = {
        f"{name}.weight".lstrip("."): module.weight
        for name, module in network.named_modules()
        if isinstance(module, nn.modules.conv._ConvNd)
    }
    if not weights:
        return {}
    sizes = torch.cat([weight.abs().flatten() for weight in weights.values()])
    least = sizes.sort().values[int(share * len(sizes))]
    return {name: weight.abs() >= least for name, weight in weights.items()}


class SDCLR(SimCLR):
    """Contrast between the network and itself pruned, each branch with batch normalisation of its own.

    Parameters
    ----------
    encoder, temperature
        As in `SimCLR`.
    share
        Of the convolutions' weights that the second branch lacks: 0.9 for CIFAR, 0.3 for ImageNet-100. Which
        ones is found anew at each epoch's begin.
    separate
        Whether the second branch has batch normalisation of its own: weights and statistics.

    Examples
    --------
    >>> from counterpoise.methods.models import SmallNet
    >>> sdclr = SDCLR(Encoder(SmallNet(10)), share=0.5)
    >>> sdclr.begin_epoch(0)
    >>> first, second = torch.rand(2, 5, 1, 8, 8)
    >>> sdclr(first, second, torch.arange(5)).shape
    torch.Size([5])
    """

    def __init__(
        self, encoder: Encoder, share: float = 0.9, temperature: float = 0.2, separate: bool = True
    ) -> None:
        super().__init__(encoder, temperature)
        self.share = as_number("share", share, low=0, high=1, high_open=True)
        norms = [name for name, own in encoder.named_modules() if isinstance(own, _BatchNorm)]
        own = {_key(name): deepcopy(encoder.get_submodule(name)) for name in norms if separate}
        self.norms = nn.ModuleDict(own)
        self._places = {name: _key(name) for name in norms if separate}
        self.masks: dict[str, Tensor] = {}

    def begin_epoch(self, epoch: int) -> None:
        """Find the smallest weights anew."""
        self.masks = magnitude_masks(self.encoder, self.share)

    def project(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        """The first views by the network, the second by its pruned twin."""
        return self.encoder(first), functional_call(self.encoder, self._pruned(), (second,))

    def _pruned(self) -> dict[str, Tensor]:
        """What the second branch has in place of the network's: masked weights, norms of its own."""
        weights = dict(self.encoder.named_parameters())
        found = {name: weights[name] * mask for name, mask in self.masks.items()}
        for place, key in self._places.items():
            norm = self.norms[key]
            for name, value in (*norm.named_parameters(), *norm.named_buffers()):
                found[f"{place}.{name}"] = value
        return found


def _key(name: str) -> str:
    return name.replace(".", "/")  # a ModuleDict takes no dots

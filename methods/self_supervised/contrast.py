"""SimCLR: two views of an image are drawn together, and those of all other images pushed apart.

Source: Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations" (ICML 2020),
eq. (1). Each view passes the network by itself, so that its batch statistics are its own: as in the code of
Zhou et al. (NeurIPS 2023), and as it must be where the second branch is another network. Checked by: the sum
written out as loops, and bounds of the loss.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from ...theory.foundation.validation import InputError, as_number, as_whole
from ..models.heads import initialise
from ..protocols import Output

__all__ = ["Encoder", "SimCLR", "nt_xent"]


def nt_xent(first: Tensor, second: Tensor, temperature: float = 0.2) -> Tensor:
    """The normalised, temperature-scaled cross-entropy of each pair of views, mean over its two: (B,).

    ``-log exp(s(u, v) / T) / sum_{w != u} exp(s(u, w) / T)``, where v is the other view of the image of u, w
    runs over the 2 B - 1 other views of the batch, and s is the cosine; in single precision at least.

    Parameters
    ----------
    first, second
        Projections of the two views, (B, d), B at least 2.
    temperature
        T, positive: 0.2 in the code of SDCLR for CIFAR, 0.3 for ImageNet-100.

    Raises
    ------
    InputError
        If the views differ in shape, there is a single image, or the temperature is not positive.

    Examples
    --------
    >>> views = torch.eye(3)
    >>> nt_xent(views, views, temperature=1.0).exp().tolist()  # (e + 4) / e
    [2.471..., 2.471..., 2.471...]
    """
    temperature = as_number("temperature", temperature, low=0, low_open=True)
    if first.ndim != 2 or first.shape != second.shape or len(first) < 2:
        raise InputError(
            f"first has shape {tuple(first.shape)} and second {tuple(second.shape)}: "
            "must both be (B, d), with B at least 2"
        )
    size, views = len(first), torch.cat([first, second])
    with torch.autocast(views.device.type, enabled=False):  # small differences over a temperature
        views = normalize(views.to(torch.promote_types(views.dtype, torch.float32)), dim=1)
        cosines = views @ views.T / temperature
    cosines = cosines.masked_fill(
        torch.eye(2 * size, dtype=torch.bool, device=views.device), -torch.inf
    )
    others = torch.arange(2 * size, device=views.device).roll(size)
    return cross_entropy(cosines, others, reduction="none").view(2, size).mean(dim=0)


class Encoder(nn.Module):
    """A network without its last layer, and two layers that project its features for the contrast.

    Parameters
    ----------
    network
        One of `counterpoise.methods.models`, or any that returns logits and features, with ``num_features``
        and ``head``, which is taken off.
    width
        Of a projection (128).
    generator
        Of the projector's initial weights.

    Examples
    --------
    >>> from counterpoise.methods.models import CifarResNet
    >>> encoder = Encoder(CifarResNet(1, num_classes=10), width=16)
    >>> encoder(torch.rand(4, 3, 32, 32)).shape
    torch.Size([4, 16])
    """

    def __init__(
        self, network: nn.Module, width: int = 128, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        width = as_whole("width", width, 1)
        self.network: Any = network
        self.network.head = nn.Identity()
        inputs = self.network.num_features
        with torch.random.fork_rng(devices=[]):  # the layers' own draws are replaced below
            self.projector = nn.Sequential(
                nn.Linear(inputs, inputs),
                nn.BatchNorm1d(inputs),
                nn.ReLU(),
                nn.Linear(inputs, width, bias=False),
                nn.BatchNorm1d(width),
            )
        for layer in self.projector:
            initialise(layer, generator)

    def forward(self, images: Tensor) -> Tensor:
        """Projections (B, width) of images as a network sees them."""
        return self.projector(Output(*self.network(images)).features)


class SimCLR(nn.Module):
    """The contrast by itself; what others change of it are the methods below.

    Parameters
    ----------
    encoder
        The network that is trained; what is kept of it after pre-training is ``encoder.network``.
    temperature
        As in `nt_xent`.

    Examples
    --------
    >>> from counterpoise.methods.models import SmallNet
    >>> simclr = SimCLR(Encoder(SmallNet(10)))
    >>> first, second = torch.rand(2, 5, 1, 8, 8)
    >>> simclr(first, second, torch.arange(5)).shape
    torch.Size([5])
    """

    def __init__(self, encoder: Encoder, temperature: float = 0.2) -> None:
        super().__init__()
        self.encoder = encoder
        self.temperature = as_number("temperature", temperature, low=0, low_open=True)

    def begin_epoch(self, epoch: int) -> None:
        """Called before the first batch of each epoch, counted from 0."""

    def augment(self, views: Tensor, index: Tensor, generator: torch.Generator) -> Tensor:
        """What is done further to views in [0, 1], (B, C, H, W), of the images ``index``: nothing."""
        return views

    def project(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        """The two views of a batch as they are contrasted."""
        return self.encoder(first), self.encoder(second)

    def contrast(self, first: Tensor, second: Tensor) -> Tensor:
        """The losses (B,) of projections."""
        return nt_xent(first, second, self.temperature)

    def forward(self, first: Tensor, second: Tensor, index: Tensor) -> Tensor:
        """The losses (B,) of two views of the images ``index`` of the training set."""
        return self.contrast(*self.project(first, second))

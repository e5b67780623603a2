"""The network that is tested: the trained one, an average of its weights, over an image and its mirror.

Sources: averages of weights over training, Polyak and Juditsky (1992), as torch's `AveragedModel` takes them;
mirror images at test time since Krizhevsky et al. (NeurIPS 2012). Checked by: the recursion of the average,
logits that a mirrored image leaves as they are, and a resumed run that is bitwise equal.
"""

from typing import Any

from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ..protocols import Output

__all__ = ["Mirrored", "average_of", "put_back", "taken"]


class Mirrored(nn.Module):
    """A network that answers the mean logits and features of an image and of its mirror image.

    Shape: as the network's; images (B, C, H, W).

    >>> class Left(nn.Module):
    ...     def forward(self, images):
    ...         return images[..., 0, :2].flatten(1), images.flatten(1)
    >>> logits, _ = Mirrored(Left())(torch.tensor([[[[1.0, 2.0, 3.0]]]]))
    >>> logits
    tensor([[2., 2.]])
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The means of the two logits and of the two features."""
        one, other = (Output(*self.network(x)) for x in (images, images.flip(-1)))
        return (one.logits + other.logits) / 2, (one.features + other.features) / 2


def average_of(network: nn.Module, decay: float) -> AveragedModel:
    """An exponential average of a network's parameters and buffers, to be updated after every step.

    ``w <- decay w + (1 - decay) w_t``, beginning with the weights after the first step.

    >>> layer = nn.Linear(1, 1, bias=False)
    >>> average = average_of(layer, decay=0.75)
    >>> for value in (4.0, 8.0):
    ...     _ = nn.init.constant_(layer.weight, value)
    ...     average.update_parameters(layer)
    >>> average.module.weight.item()
    5.0
    """
    return AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(decay), use_buffers=True)


def taken(average: AveragedModel) -> dict[str, Any]:
    """The state of an average: a network set up by Fabric names its own otherwise than what it wraps."""
    return {"steps": average.n_averaged, "network": average.module.state_dict()}


def put_back(average: AveragedModel, state: dict[str, Any]) -> None:
    """Continue from where `taken` was called."""
    average.n_averaged.copy_(state["steps"])
    average.module.load_state_dict(state["network"])

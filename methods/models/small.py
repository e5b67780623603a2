"""A convolutional network for 8x8 images, small enough to train in a second on one CPU core.

Ours; shaped like the networks of the field: convolutions, then non-negative features (B, 64), then
a linear or cosine head. Checked by: shapes, non-negative features, and a shared initial body.
"""

import torch
from torch import Tensor, nn

from ...theory.foundation.validation import one_of
from ..protocols import Output
from .heads import HEADS, answered, initialise

__all__ = ["SmallNet"]


class SmallNet(nn.Module):
    """Two 3x3 convolutions with pooling, one hidden layer, and a head.

    The body draws its initial weights from ``generator`` before the head does, so that networks
    with different heads start from the same body.

    Shape: images (B, 1, 8, 8) -> logits (B, num_classes) and features (B, 64), features >= 0.

    Examples
    --------
    >>> logits, features = SmallNet(10)(torch.rand(5, 1, 8, 8))
    >>> logits.shape, features.shape
    (torch.Size([5, 10]), torch.Size([5, 64]))
    """

    num_features = 64
    image_shape = (1, 8, 8)

    def __init__(
        self, num_classes: int, head: str = "linear", generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):  # the layers' own draws are replaced below
            self.body = nn.Sequential(
                nn.Conv2d(1, 16, 3, padding=1),
                nn.ReLU(),
                nn.MaxPool2d(2),
                nn.Conv2d(16, 32, 3, padding=1),
                nn.ReLU(),
                nn.MaxPool2d(2),
                nn.Flatten(),
                nn.Linear(128, self.num_features),
                nn.ReLU(),
            )
            for layer in self.body:
                initialise(layer, generator)
            build_head = HEADS[one_of("head", head, HEADS)]
            self.head = build_head(self.num_features, num_classes, generator)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor] | Output:
        """Logits and the features they were made of."""
        features = self.body(images)
        return answered(self.head, features)

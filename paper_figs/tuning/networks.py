"""The small network of the digits, four times as wide. Ours. Checked by: its number of parameters."""

import torch
from torch import nn

from ...methods.models.fast import Body

__all__ = ["wide"]

WIDTHS = (64, 128, 256)


def wide(
    shape: tuple[int, ...], num_classes: int, head: str, generator: torch.Generator | None
) -> nn.Module:
    """`SmallNet`'s layers at four times its widths, for images (1, 8, 8)."""
    first, second, hidden = WIDTHS
    with torch.random.fork_rng(devices=[]):  # the layers' own draws are replaced
        body = nn.Sequential(
            nn.Conv2d(shape[0], first, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(first, second, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(4 * second, hidden),
            nn.ReLU(),
        )
        return Body(body, hidden, num_classes, head, generator)

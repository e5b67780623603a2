"""A data set as it is published: labels at hand, examples when they are asked for by index.

Checked by: the readers' tests, on small files of the same formats.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

__all__ = ["Part", "Source"]


@dataclass(frozen=True, eq=False)
class Part:
    """The training or the test part: labels (N,) int64, and the examples of some indices.

    ``read(indices)``: images (B, C, H, W) uint8, or rows (B, d) float32.

    >>> import torch
    >>> rows = torch.eye(3)
    >>> Part(torch.tensor([0, 1, 1]), rows.__getitem__).read(torch.tensor([2])).tolist()
    [[0.0, 0.0, 1.0]]
    """

    labels: Tensor
    read: Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Source:
    """What a reader returns; ``title`` is what a table or a figure calls it.

    ``mean`` and ``std`` of the channels in [0, 1], with which the field's scripts normalise; empty for
    examples that are taken as they are.

    >>> import torch
    >>> part = Part(torch.tensor([0, 1]), torch.eye(2).__getitem__)
    >>> Source("mine", ("a", "b"), part, part).title
    'mine'
    """

    title: str
    class_names: tuple[str, ...]
    train: Part
    test: Part
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

"""Ratios of a class's samples in a batch against a queue of its features, by estimators that need samples.

Moment matching needs a class's mean alone, which a prototype holds; the others need rows to stand for the
numerator, and these are the newest of each class. Checked by: queues against plain lists, ratios against
the estimators themselves, and planted shifts.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

import torch
from torch import Tensor, nn

from ...theory.foundation.validation import InputError, as_whole, one_of
from .estimator import RatioEstimator
from .least_squares import ULSIF, RuLSIF
from .likelihood import KLIEP
from .mean_matching import KernelMeanMatching
from .plug_in import ClassifierRatio

__all__ = ["QueuedRatio"]

QUEUED: Mapping[str, Callable[[], RatioEstimator]] = MappingProxyType(
    {
        "ulsif": ULSIF,
        "rulsif": RuLSIF,
        "kliep": KLIEP,
        "kmm": KernelMeanMatching,
        "logistic": ClassifierRatio,
    }
)
"""Estimators that need samples of both distributions, by name."""

LEAST = 2  # rows of either, with which an estimator begins


class QueuedRatio(nn.Module):
    """An estimator's ratio of each class's samples in a batch, against the newest features of the class.

    One fit a class and batch, on the host in float64: for study, not for speed. A class of which fewer
    than two rows are in the queue or in the batch, or whose batch is out of its queue's reach, has the
    ratio 1. Each rank has a queue of its own.

    Parameters
    ----------
    estimator
        A key of `QUEUED`, with its own choice of width and ridge.
    num_classes, num_features
        K and Z.
    size
        Rows of a class that are kept (64).

    Shape:
        - features: (B, Z); target: (B,); ratio: (B,).

    Examples
    --------
    >>> queued = QueuedRatio("ulsif", num_classes=2, num_features=1, size=8)
    >>> features, target = torch.tensor([[0.0], [0.5], [1.0], [1.5]]), torch.zeros(4, dtype=torch.long)
    >>> queued.ratio(features, target).tolist()  # nothing is in the queue
    [1.0, 1.0, 1.0, 1.0]
    >>> queued.observe(features, target)
    >>> queued.held.tolist()
    [4, 0]
    """

    rows: Tensor
    held: Tensor

    def __init__(self, estimator: str, num_classes: int, num_features: int, size: int = 64) -> None:
        super().__init__()
        self.estimator = one_of("estimator", estimator, QUEUED)
        self.size = as_whole("queue", size, LEAST, 4096)
        classes = as_whole("num_classes", num_classes, 1)
        shape = (classes, self.size, as_whole("num_features", num_features, 1))
        self.register_buffer("rows", torch.zeros(shape, dtype=torch.float64))
        self.register_buffer("held", torch.zeros(classes, dtype=torch.long))

    @torch.no_grad()
    def ratio(self, features: Tensor, target: Tensor) -> Tensor:
        """Of every sample within its class; float64, at least 0."""
        ratio = torch.ones(target.shape, dtype=torch.float64)
        rows, batch = self.rows.cpu().numpy(), features.detach().double().cpu().numpy()
        labels = target.cpu()
        for label in labels.unique().tolist():
            members, kept = labels == label, min(int(self.held[label]), self.size)
            if kept >= LEAST and int(members.sum()) >= LEAST:
                below = batch[members.numpy()]
                with suppress(InputError):  # too far apart for this estimator: it says nothing, 1
                    fitted = QUEUED[self.estimator]().fit(rows[label, :kept], below)
                    ratio[members] = torch.from_numpy(fitted.predict(below))
        return ratio.to(target.device)

    @torch.no_grad()
    def observe(self, features: Tensor, target: Tensor) -> None:
        """Put the batch into the queues; what is oldest leaves."""
        target = target.long()
        for label in target.unique().tolist():
            new = features[target == label].detach().to(self.rows)
            start, self.held[label] = int(self.held[label]), self.held[label] + len(new)
            kept = new[-self.size :]
            places = torch.arange(start + len(new) - len(kept), start + len(new)) % self.size
            self.rows[label, places.to(self.rows.device)] = kept

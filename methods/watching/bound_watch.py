"""Bounds on the balanced risk, watched in any training loop: a call after each batch, one after each epoch.

What the training passes themselves answer is kept and looked at once an epoch, so no pass is added.
Sources: Wang et al. (NeurIPS 2023), Luo et al. (NeurIPS 2024); the formulas are `counterpoise.theory`'s.
Checked by: one pass over everything, `vs_certificate`, and a linear class whose true risk is known.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.linalg import vector_norm

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import (
    InputError,
    InputTypeError,
    as_class_counts,
    as_number,
    as_whole,
)
from .adjustment import in_use
from .class_rows import COLUMNS, Known, class_rows
from .class_state import ClassState, class_state, merged
from .last_layer import head_norm, squared_lengths

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BoundWatch"]

KEPT = 2**21  # logits that wait to be looked at: 8 megabytes in single precision


class BoundWatch:
    """By class and epoch: target probabilities, curves B', local constants, and what bounds make of them.

    Every epoch adds a row a class to `rows`. ``p_min``, ``p_q05``, ``p_mean`` are the least, the 5 %
    quantile (within 1/256) and the mean of the target's probability under the softmax that the loss
    adjusts; ``min_logit`` is B_y, ``curve_*`` are ``B'_y = sqrt(pi_y) (1 - p)``; ``weight`` is the mean
    weight w_y of an example in the loss; ``lipschitz`` is ``w_y bh_y (1 - p_min)`` and ``summand`` that
    times ``sqrt(pi_y)``. ``union_risk``, ``union_complexity`` and ``union_deviation`` are the class's terms
    of the bound ``union``; beside it ``data_dependent``, ``stratified`` and ``weighted`` (of the risk
    re-weighted by w), the same in all rows of an epoch. They bound the balanced risk of the plain adjusted
    loss, clipped at ``log(1/level)``, whatever the weights, so that they compare between weights. A cell
    without a meaning is None: classes not seen, features not given.

    **What the bounds are not.** They are theorems of one linear map from a ball that was fixed before the
    data were seen, on a sample that it is evaluated on. Here the norm is that of the last layer at the
    epoch's end and the features are learnt from the same data: neither class is fixed, so the numbers are
    an instrument, not a certificate. Seen while the network trains, they are also of a network that moves
    within the epoch, on augmented images. With a fixed linear class, its ``norm``, and one pass over the
    sample between two calls of `end_epoch`, they are certificates, each at its epoch with probability
    ``1 - delta``; the levels are paid for by shares of delta.

    In a distributed loop each rank's watch sees that rank's batches.

    Parameters
    ----------
    class_counts
        Training examples, (K,).
    criterion
        The loss: its adjustment of the logits and its class weights are read when an epoch ends. Any
        module; one outside the margin-softmax family, or none, adjusts nothing.
    head
        The last layer, ``nn.Linear`` or a cosine head, of which the norm is read when an epoch ends; for a
        fixed class give ``norm`` as well, or in its place.
    norm
        Frobenius norm of the linear maps, bias included.
    delta
        Failure probability of each bound (0.05).

    Examples
    --------
    >>> import torch
    >>> head, criterion = torch.nn.Linear(4, 2), torch.nn.CrossEntropyLoss()
    >>> watch = BoundWatch([30, 10], criterion, head=head)
    >>> features, target = torch.randn(40, 4), torch.tensor([0] * 30 + [1] * 10)
    >>> for epoch in range(2):
    ...     logits = head(features)
    ...     criterion(logits, target).backward()
    ...     watch.see(logits, target, features=features)
    ...     rows = watch.end_epoch()
    >>> [row["class"] for row in rows], len(watch.rows)
    ([0, 1], 4)
    >>> rows[0]["p_min"] <= rows[0]["p_mean"], rows[0]["stratified"] <= rows[0]["union"]
    (True, True)
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        criterion: nn.Module | None = None,
        *,
        head: nn.Module | None = None,
        norm: float | None = None,
        delta: float = 0.05,
    ) -> None:
        self.counts = as_class_counts(class_counts)
        if len(self.counts) < 2:
            raise InputError(f"class_counts has {len(self.counts)} class: must be two at least")
        self.criterion, self.head = criterion, head
        self.norm = None if norm is None else as_number("norm", norm, low=0, low_open=True)
        self.delta = as_number("delta", delta, low=0, high=1, low_open=True, high_open=True)
        if norm is None and head is not None and head_norm(head) is None:
            raise InputTypeError(
                f"head = {type(head).__name__}: must be nn.Linear or a cosine head"
            )
        self.constants: Mapping[str, Tensor] = {}  # in place of those that the criterion holds
        self.rows: list[dict[str, Any]] = []
        self._kept: list[tuple[Tensor | None, ...]] = []
        self._waiting = 0
        self._state: ClassState | None = None

    def see(
        self,
        logits: Tensor,
        target: Tensor,
        weights: Tensor | None = None,
        features: Tensor | None = None,
    ) -> None:
        """Keep a batch; nothing waits for a device, and no gradient is changed.

        Parameters
        ----------
        logits, target
            (B, K), as the loss gets them, and class indices (B,), int64.
        weights
            Of the examples, (B,), beside the class weights of the loss; 1 by default.
        features
            (B, Z), what the last layer saw: without them there are no bounds.

        Raises
        ------
        InputError, InputTypeError
            If shapes do not fit, or targets are no class indices.
        """
        self._check(logits, target, weights, features)
        given = None if weights is None else weights.detach()
        seen = None if features is None else features.detach()
        # copied, as a captured graph writes into the same memory at every step
        self.keep(logits.detach().clone(), target.clone(), given, seen)

    def keep(
        self,
        logits: Tensor,
        target: Tensor,
        weights: Tensor | None = None,
        features: Tensor | None = None,
    ) -> None:
        """`see` for tensors that fit, have no gradient, and are not written to: without check or copy."""
        lengths = None if features is None else vector_norm(features, dim=1)
        self._kept.append((logits, target, weights, lengths))
        self._waiting += logits.numel()
        if self._waiting >= KEPT:
            self._look()

    def end_epoch(self, epoch: int | None = None) -> list[dict[str, Any]]:
        """The rows of the epoch that is over, (K,), added to `rows`; the next one begins.

        Parameters
        ----------
        epoch
            Its number; by default one more than the last, from 1.

        Raises
        ------
        InputError
            If no batch was seen, or a target is no class.
        """
        self._look()
        if self._state is None:
            raise InputError("no batch was seen in this epoch: call see after each")
        norm = head_norm(self.head) if self.norm is None else self.norm
        held = in_use(self.criterion, self.constants)
        known = Known(self.counts, held, self._class_weight(), norm, self.delta)
        if epoch is None:
            epoch = self.rows[-1]["epoch"] + 1 if self.rows else 1
        found = class_rows(self._state, known, as_whole("epoch", epoch))
        self.rows += found
        self._state = None
        return found

    def table(self) -> "pd.DataFrame":
        """All rows as a data frame, NaN where undefined."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=list(COLUMNS)).astype(
            {name: float for name in COLUMNS if name not in ("epoch", "class", "count", "seen")}
        )

    def state_dict(self) -> dict[str, Any]:
        """The rows so far, for a checkpoint at the end of an epoch."""
        return {"rows": [dict(row) for row in self.rows]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue after the rows of `state_dict`; what was seen of a broken epoch is forgotten."""
        self.rows = [dict(row) for row in state["rows"]]
        self._kept, self._waiting, self._state = [], 0, None

    def _check(
        self, logits: Tensor, target: Tensor, weights: Tensor | None, features: Tensor | None
    ) -> None:
        classes = len(self.counts)
        if logits.ndim != 2 or logits.shape[1] != classes:
            raise InputError(f"logits have shape {tuple(logits.shape)}: must be (B, {classes})")
        if target.dtype != torch.int64:
            raise InputTypeError(f"target has dtype {target.dtype}: must be class indices, int64")
        if target.shape != logits.shape[:1]:
            raise InputError(f"target has shape {tuple(target.shape)}: must be ({len(logits)},)")
        if weights is not None and weights.shape != target.shape:
            raise InputError(f"weights have shape {tuple(weights.shape)}: must be target's")
        if features is not None and (features.ndim != 2 or len(features) != len(logits)):
            raise InputError(
                f"features have shape {tuple(features.shape)}: must be ({len(logits)}, Z)"
            )

    def _look(self) -> None:
        """Turn the batches that wait into state."""
        if not self._waiting:
            self._kept = []
            return
        logits, target, weights, lengths = zip(*self._kept, strict=True)
        self._kept, self._waiting = [], 0
        if any(given is not None for given in weights):
            weights = [
                torch.ones_like(y, dtype=torch.float32) if w is None else w
                for w, y in zip(weights, target, strict=True)
            ]
        parts = [
            None if any(part is None for part in parts) else torch.cat(parts)
            for parts in (weights, lengths)
        ]
        logits, target = torch.cat(logits), torch.cat(target)
        if target.min() < 0 or target.max() >= len(self.counts):
            raise InputError(f"target: must be classes, 0 to {len(self.counts) - 1}")
        squares = None if parts[1] is None else squared_lengths(self.head, parts[1])
        held = in_use(self.criterion, self.constants)
        state = class_state(logits, target, held, parts[0], squares)
        self._state = state if self._state is None else merged(self._state, state)

    def _class_weight(self) -> Any:
        given: Any = self.constants.get("weight", getattr(self.criterion, "weight", None))
        if given is None:
            return np.ones(len(self.counts))
        return torch.as_tensor(given).detach().double().cpu().numpy() * np.ones(len(self.counts))

"""Two classes from one logit: any loss of two classes, for networks with a single output.

Source: ours; a softmax over (-z/2, z/2) is the sigmoid of z. Checked by: the losses of two logits,
``BCEWithLogitsLoss``, labels that change places.
"""

import torch
from torch import Tensor, nn

from ...theory.foundation.validation import InputError, InputTypeError
from ..arguments import named_arguments
from ..registry import Method
from .module import ClassLoss
from .multi_label import refuse_beyond

__all__ = ["OneLogitLoss"]

METHODS = (
    Method(
        name="OneLogitLoss",
        weight="its loss's",
        margin="its loss's, of (−z/2, z/2)",
        link="its loss's",
        paper="ours",
        consistent="as its loss of two classes, for one that moves only the difference of the logits",
        statements=("consistency.binary_pairwise",),
        untrained="it is for networks with one logit for two classes; a recipe's have one for each class",
    ),
)


class OneLogitLoss(nn.Module):
    """A loss of two classes for one logit z: called with the logits (-z/2, z/2); predict with ``z > 0``.

    With plain cross-entropy it is ``BCEWithLogitsLoss``. Logit adjustment, class-balanced weights, the
    focal loss and LDAM see only the difference of two logits, so that (0, z) would give the same.
    The scales of VS and CDT do not: here both halves of z have their own.

    Parameters
    ----------
    criterion
        The loss, such as ``LogitAdjustedLoss(class_counts)`` with the counts of labels 0 and 1, in
        this order. Its options are as ever; schedules set its constants.
    pos_label
        The label, 0 or 1, that a large logit speaks for.

    Shape:
        - logits: (N,), (N, 1), (N, 1, d1, ...) or (); target: the same, with or without the dimension
          of size 1: the label, 0 or 1, of any dtype, or the probability of label 1, floating-point.
        - returns: scalar, or the logits' shape for ``reduction="none"``.

    Raises
    ------
    InputError, InputTypeError
        If shapes or types do not fit, or a target does not lie in [0, 1].

    Examples
    --------
    >>> import torch
    >>> from counterpoise.methods import LogitAdjustedLoss
    >>> loss = OneLogitLoss(LogitAdjustedLoss([900, 100]))
    >>> loss(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 0.0]))
    tensor(0.9528)
    """

    @named_arguments
    def __init__(self, criterion: ClassLoss, *, pos_label: int = 1) -> None:
        super().__init__()
        if not isinstance(criterion, ClassLoss):
            raise InputTypeError(
                f"criterion has type {type(criterion).__name__}: must be a loss of two classes, such as "
                "LogitAdjustedLoss(class_counts)"
            )
        if isinstance(pos_label, bool) or pos_label not in (0, 1):
            raise InputError(f"pos_label = {pos_label!r}: must be 0 or 1")
        self.criterion = criterion
        self.pos_label = int(pos_label)

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch."""
        for name, given in (("logits", logits), ("target", target)):
            if not isinstance(given, Tensor) or (given is logits and not given.is_floating_point()):
                found = getattr(given, "dtype", type(given).__name__)
                wanted = "a floating-point tensor" if name == "logits" else "a tensor of labels"
                raise InputTypeError(f"{name} has type {found}: must be {wanted}")
        alike = target.shape == logits.shape
        if not alike and _squeezed(target) != _squeezed(logits):
            raise InputError(
                f"target has shape {tuple(target.shape)}, logits {tuple(logits.shape)}: must be (N,), "
                "or (N, 1, ...), one logit for each target"
            )
        half = logits.reshape(-1) / 2
        sign = 1 if self.pos_label else -1
        two = torch.stack([-sign * half, sign * half], dim=1)
        label = target.reshape(-1)
        if label.is_floating_point():
            refuse_beyond(label)
            label = torch.stack([1 - label, label], dim=1)
        elif label.dtype is not torch.int64:
            label = label.long()
        losses = self.criterion(two, label)
        return losses.reshape(logits.shape) if self.criterion.reduction == "none" else losses


def _squeezed(tensor: Tensor) -> torch.Size:
    """The shape without a second dimension of size 1."""
    shape = tensor.shape
    return shape[:1] + shape[2:] if len(shape) > 1 and shape[1] == 1 else shape

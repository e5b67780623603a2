"""A batch of logits and targets: where its classes lie, how constants meet them, what is wrong with it.

The losses compute first and look for the mistake only when something fails; the few mistakes that
torch would let pass (soft targets that are no probabilities, constants that broadcast) they look for
beforehand.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from ...theory.foundation.validation import InputError, InputTypeError

FLOATS = (torch.float32, torch.float64)
MISTAKES = (AttributeError, IndexError, RuntimeError, TypeError, ValueError)


def class_dim(logits: Tensor) -> int:
    """The dimension that holds the classes: 1, or 0 for the logits of a single example."""
    return 1 if logits.ndim > 1 else 0


def working_dtype(logits: Tensor) -> torch.dtype:
    """What a loss of these logits is computed in: float64 stays, half becomes float32."""
    return torch.float64 if getattr(logits, "dtype", None) == torch.float64 else torch.float32


def transforming() -> bool:
    """Whether a transform of ``torch.func`` is at work; what is made inside must not outlive it.

    torch has no public way to ask. Should it drop this one, all is made anew at every call.
    """
    functorch = getattr(torch._C, "_functorch", None)
    innermost = getattr(functorch, "peek_interpreter_stack", lambda: "unknown")
    return innermost() is not None


def floats(logits: Tensor) -> Tensor:
    """The logits in the dtype that their loss is computed in."""
    if logits.dtype in FLOATS:
        return logits
    if not logits.is_floating_point():
        raise TypeError
    return logits.float()


def along_classes(constant: Tensor, z: Tensor) -> Tensor:
    """A constant of shape (C,) or () in a shape that broadcasts with z."""
    return constant if z.ndim <= 2 else constant.view(-1, *[1] * (z.ndim - 2))


def of_target(constant: Tensor, index: Tensor, z: Tensor) -> Tensor:
    """The entry of a constant of shape (C,) for every target; ``index`` is from `class_indices`."""
    return along_classes(constant, z).expand_as(z).gather(class_dim(z), index)


def class_indices(target: Tensor, z: Tensor) -> Tensor:
    """The targets as indices along the class dimension of z, which is kept as one of size 1.

    Clamped, so that ignored targets can index; cross-entropy sees, and refuses, the true ones.
    """
    dim = class_dim(z)
    return target.clamp(0, z.shape[dim] - 1).unsqueeze(dim)


def rows(logits: Tensor, target: Tensor, ignore_index: int) -> tuple[Tensor, Tensor]:
    """Logits of any accepted shape as (N', C) in their working dtype, and targets as (N',).

    Ignored targets become class 0; those out of range stay, for the first look-up to refuse.
    """
    dim = class_dim(logits)
    if target.dtype != torch.int64 or target.shape != logits.shape[:dim] + logits.shape[dim + 1 :]:
        raise TypeError
    z = floats(logits).movedim(dim, -1)
    return z.reshape(-1, z.shape[-1]), torch.where(target == ignore_index, 0, target).reshape(-1)


def explain(
    logits: Any,
    target: Any,
    constants: Mapping[str, Tensor],
    ignore_index: int,
    arguments: Mapping[str, str],
) -> None:
    """Raise the error that says what is wrong with a batch; return if nothing seems to be.

    ``constants``: by name; each one number per class, an offset perhaps one per pair of them.
    ``arguments``: what the user calls a constant, where it is not its name.
    """
    if not (isinstance(logits, Tensor) and logits.is_floating_point()):
        found = getattr(logits, "dtype", type(logits).__name__)
        raise InputTypeError(f"logits has type {found}: must be a floating-point tensor") from None
    if logits.ndim == 0:
        raise InputError("logits has shape (): must be (N, C), (N, C, d1, ...) or (C,)") from None
    soft = (
        isinstance(target, Tensor) and target.is_floating_point() and target.shape == logits.shape
    )
    if not soft and not (isinstance(target, Tensor) and target.dtype == torch.int64):
        found = getattr(target, "dtype", type(target).__name__)
        raise InputTypeError(
            f"target has type {found}: must be class indices of dtype torch.int64, or probabilities "
            "of the logits' shape"
        ) from None
    dim = class_dim(logits)
    expected = logits.shape[:dim] + logits.shape[dim + 1 :]
    if not soft and target.shape != expected:
        raise InputError(
            f"target has shape {tuple(target.shape)}: for logits of shape {tuple(logits.shape)} "
            f"it must be {tuple(expected)}"
        ) from None
    classes = logits.shape[dim]
    for name, constant in constants.items():
        pairs = name == "offset" and constant.ndim == 2
        if constant.shape != (classes,) * (2 if pairs else 1):
            raise InputError(
                f"logits has shape {tuple(logits.shape)}, {classes} classes in dimension {dim}: "
                f"{arguments.get(name, name)} of shape {tuple(constant.shape)} does not fit them"
            ) from None
    if soft:
        return
    wrong = ((target < 0) | (target >= classes)) & (target != ignore_index)
    try:
        found = [int(label) for label in target[wrong].flatten()[:1]]
    except RuntimeError:
        return  # under vmap nobody can look at values
    if found:
        raise InputError(
            f"target contains {found[0]}: must be a class index in [0, {classes - 1}] "
            f"or ignore_index = {ignore_index}"
        ) from None

"""What tensors need that arrays do not: checks that stand aside where values cannot be seen.

Under ``torch.compile`` and ``torch.func.vmap`` a tensor has a shape and a type but no values to look at.
"""

import torch
from torch import Tensor
from torch.compiler import is_compiling

from ...theory.foundation.validation import ROUNDING, InputTypeError, as_number, as_real


def check_floating(name: str, values: Tensor) -> None:
    """Refuse a tensor of whole numbers or truth values."""
    if not values.is_floating_point():
        raise InputTypeError(f"{name} has type {values.dtype}: must be a floating-point tensor")


def check_number(name: str, value: float | Tensor) -> None:
    """Refuse what is not one finite number."""
    if isinstance(value, Tensor) and not value.ndim:
        check_range(name, value)
    elif not is_compiling():
        as_number(name, value)


def check_range(
    name: str,
    values: Tensor,
    *,
    low: float = -torch.inf,
    high: float = torch.inf,
    low_open: bool = False,
    slack: float = 0.0,
) -> None:
    """The checks of `as_real` on a tensor, whose bounds may be passed by ``slack``."""
    if not values_known(values):
        return
    above = values > low if low_open else values >= low - slack
    good = values.isfinite() & above & (values <= high + slack)
    if not good.all():
        as_real(name, values[~good].flatten()[0].item(), low=low, high=high, low_open=low_open)


def values_known(values: Tensor) -> bool:
    """Whether Python may look at what the tensor holds."""
    if is_compiling():
        return False
    try:
        bool(values.isfinite().all())
    except RuntimeError:  # one of many under vmap, or on the device without values
        return False
    return True


def clipped_probabilities(values: Tensor) -> Tensor:
    """The tensor in [0, 1], as `as_probabilities` does it."""
    check_floating("probabilities", values)
    slack = ROUNDING * torch.finfo(values.dtype).eps
    check_range("probabilities", values, low=0, high=1, slack=slack)
    return values.clamp(0.0, 1.0)


def working_dtype(values: Tensor) -> torch.dtype:
    """That of the tensor, but not below single precision."""
    return torch.promote_types(values.dtype, torch.float32)

"""A whole number from a user: counts, dimensions and seeds, with the error the package gives."""

from typing import Any

from ..theory.validation import InputError, as_real

__all__ = ["whole_number"]


def whole_number(name: str, value: Any, low: int) -> int:
    """``value`` as an int of at least ``low``; an integer-valued float such as 1e6 is one.

    Raises
    ------
    InputError
        If it is smaller, has a fraction, or is more than one number.
    """
    number = as_real(name, value, low=low)
    if number.ndim != 0 or number % 1 != 0:
        raise InputError(f"{name} = {value!r}: must be one whole number, at least {low}")
    return int(number)

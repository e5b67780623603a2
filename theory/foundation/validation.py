"""Checks of what a user hands in: one clear error that names the argument, the value and the mend.

Every public function of the package uses these, so that the same mistake reads the same everywhere
and the command line can tell a user's slip (one line, exit code 2) from a fault of ours.
"""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from .arrays import ArrayLike
from .class_order import in_class_order
from .messages import InputError, InputTypeError, shown

__all__ = [
    "ROUNDING",
    "InputError",
    "InputTypeError",
    "adds_up_to_one",
    "as_class_counts",
    "as_number",
    "as_probabilities",
    "as_real",
    "as_seconds",
    "as_seed",
    "as_whole",
    "broadcast_together",
    "broadcasting",
    "in_class_order",
    "near_names",
    "numbers_in",
    "one_of",
    "readable",
    "scaled_counts",
    "shown",
]

ROUNDING = 4  # units in the last place of 1 by which a computed probability may leave [0, 1]

PER_CLASS = frozenset(
    {
        "class_counts",
        "class_prior",
        "used_prior",
        "target_prior",
        "class_weight",
        "class_weights",
        "class_accuracy",
        "class_risks",
        "class_radii",
        "weight",
        "scale",
        "scales",
        "offset",
        "balanced_posterior",
        "margins",
        "multipliers",
        "margin_errors",
        "complexities",
        "radii",
        "lipschitz",
        "upper",
        "level_index",
        "curve",
        "temperatures",
        "clusters",
        "minimal",
        "cost",
        "costs",
        "sampled",
        "confusion",
        "delta",
        "pairwise_margins",
        "rho",
        "smoothing",
        "target_margin",
        "temperature",
    }
)
"""Arguments with one entry per class, wherever they occur: what names its classes is read by name."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


def as_class_counts(class_counts: ArrayLike) -> NDArray[np.float64]:
    """Training examples per class as a float vector of shape (K,).

    Raises
    ------
    InputError
        If it is not a non-empty vector of positive, finite numbers.
    InputTypeError
        If it is not numeric.
    """
    counts = _numeric("class_counts", class_counts)
    if counts.ndim != 1 or counts.size == 0:
        raise InputError(
            f"class_counts has shape {counts.shape}: give one number per class, shape (K,)"
        )
    bad = np.flatnonzero(~(np.isfinite(counts) & (counts > 0)))
    if bad.size:
        floor = (
            "; `class_counts(labels, num_classes, floor=1)` counts a class without examples as 1"
            if counts[bad[0]] == 0
            else ""
        )
        raise InputError(
            f"class_counts[{bad[0]}] = {counts[bad[0]]:g}: "
            f"every class needs a positive, finite number of examples{floor}"
        )
    return counts


def scaled_counts(class_counts: ArrayLike) -> NDArray[np.float64]:
    """Counts over the power of two above the largest: their sum is finite, their ratios are unchanged."""
    counts = as_class_counts(class_counts)
    return np.ldexp(counts, -np.frexp(counts.max())[1])


def as_real(
    name: str,
    value: ArrayLike,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    low_open: bool = False,
    high_open: bool = False,
    finite: bool = True,
) -> NDArray[np.float64]:
    """``value`` as a float array (any shape) with every entry finite and within the bounds.

    With ``finite=False`` infinities within the bounds and nan pass.
    """
    array = _numeric(name, value)
    if array.size > 1000 and _within(array, low, high, low_open, high_open):
        return array  # a grid's extremes say all in half the time
    below = array <= low if low_open else array < low
    above = array >= high if high_open else array > high
    bad = (finite & ~np.isfinite(array)) | below | above
    if bad.any():
        interval = f"{'(' if low_open or low == -np.inf else '['}{low:g}, {high:g}"
        interval += ")" if high_open or high == np.inf else "]"
        raise InputError(f"{name} = {array[bad].flat[0]:g}: must lie in {interval}")
    return array


def _within(array: NDArray[Any], low: float, high: float, low_open: bool, high_open: bool) -> bool:
    least, most = array.min(), array.max()  # nan, if any entry is
    above = least > low or (least == low and not low_open)
    below = most < high or (most == high and not high_open)
    return bool(above and below and np.isfinite(least) and np.isfinite(most))


def as_number(name: str, value: ArrayLike, **bounds: Any) -> float:
    """``value`` as one float within the bounds, which are those of `as_real`."""
    array = as_real(name, value, **bounds)
    if array.ndim != 0:
        raise InputError(f"{name} has shape {array.shape}: must be one number")
    return float(array)


def as_probabilities(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """``value`` as a float array in [0, 1]; what rounding in its dtype took out is clipped."""
    array, kind = _numeric(name, value), np.asarray(readable(value)).dtype
    slack = ROUNDING * float(np.finfo(kind).eps) if kind.kind == "f" else 0.0
    clipped = np.clip(array, 0.0, 1.0)
    within = np.abs(array - clipped) <= slack
    return as_real(name, np.where(within, clipped, array), low=0, high=1)


def as_whole(name: str, value: Any, low: int | None = None, high: float = np.inf) -> int:
    """``value`` as an int within the bounds, if any; an integer-valued float such as 1e6 is one."""
    least = -np.inf if low is None else low
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and least <= value <= min(high, 2**63)
    ):
        return value  # exactly, where a float is exact up to 2^53 only
    number = as_real(name, value, low=least, high=high)
    if number.ndim != 0 or number % 1 != 0:
        wanted = "one whole number" if low is None else f"one whole number, at least {low}"
        raise InputError(f"{name} = {shown(value)}: must be {wanted}")
    return int(number)


def as_seconds(seconds: Any) -> float:
    """A time limit: one positive number."""
    try:
        _refuse_none(seconds)
        return as_number("seconds", seconds, low=0, low_open=True)
    except InputTypeError:
        raise InputTypeError(
            f"seconds = {shown(seconds)}: must be one positive number of seconds"
        ) from None


def as_seed(seed: Any) -> int:
    """A seed of random numbers: one whole number, 0 or more."""
    if isinstance(seed, int) and not isinstance(seed, bool) and seed >= 0:
        return seed  # of any size, where as_whole goes through floats
    try:
        _refuse_none(seed)
        return as_whole("seed", seed, 0)
    except InputTypeError:
        raise InputTypeError(
            f"seed = {shown(seed)}: must be one whole number, at least 0"
        ) from None


def _refuse_none(value: Any) -> None:
    if value is None:  # NumPy reads it as nan
        raise InputTypeError("None")


def adds_up_to_one(given: ArrayLike, probabilities: NDArray[np.float64]) -> bool:
    """Whether probabilities have sum 1, to 1e-9 or to the precision in which they were given."""
    kind = np.asarray(readable(given)).dtype
    precision = float(np.finfo(kind).eps) if kind.kind == "f" else 0.0
    return bool(abs(probabilities.sum() - 1) <= max(1e-9, 4 * probabilities.size * precision))


def broadcast_together(**arrays: NDArray[Any]) -> list[NDArray[Any]]:
    """The arrays broadcast against each other; otherwise an error that lists their shapes."""
    try:
        return list(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise InputError(f"shapes do not fit: {shapes}; they must broadcast") from None


def broadcasting(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Mark a function whose arguments all broadcast: shapes that do not are one `InputError`."""

    @wraps(function)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except InputError:
            raise
        except ValueError:
            given = signature(function).bind(*args, **kwargs).arguments
            broadcast_together(
                **{
                    name: np.asarray(readable(value))
                    for name, value in given.items()
                    if value is not None and not isinstance(value, str)
                }
            )
            raise

    return checked


def one_of(name: str, value: Any, options: Iterable[str]) -> str:
    """``value`` if it is among the options; otherwise an error that suggests near matches, in any case."""
    known: Sequence[str] = sorted(options)
    if value in known:
        return value
    near = near_names(str(value), known)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
    raise InputError(f"unknown {name} {shown(value)}; {hint}")


def near_names(name: str, options: Iterable[str]) -> list[str]:
    """Up to three of the options that resemble the name, upper case or lower, the nearest first."""
    folded = {option.casefold(): option for option in sorted(options, reverse=True)}
    near = get_close_matches(name.casefold()[:200], folded, n=3, cutoff=0.5)
    return [folded[key] for key in near]


def numbers_in(name: str, text: str) -> list[float]:
    """The numbers of an option of the command line, commas between."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        message = f"{name} = {shown(text)}: must be numbers with commas between, such as 1,10,100"
        raise InputError(message) from None


def readable(value: Any) -> Any:
    """A tensor of torch, of any device and precision, where NumPy can read it; all else as it is."""
    if not (hasattr(value, "detach") and hasattr(value, "cpu")):
        return value
    value = value.detach().cpu()
    try:
        return value.numpy()
    except TypeError:  # NumPy has no bfloat16
        return value.double()


def _numeric(name: str, value: ArrayLike) -> NDArray[np.float64]:
    if name in PER_CLASS:
        value = in_class_order(name, value)
    try:
        array = np.asarray(readable(value))
        if array.dtype.kind not in "iufO" or _holds_no_numbers(array):
            raise TypeError
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        message = f"{name} = {shown(value)}: must be a number or an array of numbers"
        raise InputTypeError(message) from None


def _holds_no_numbers(array: NDArray[Any]) -> bool:
    """Text or truth values, which float() would turn into numbers."""
    return array.dtype.kind == "O" and any(
        isinstance(entry, str | bytes | bool | np.bool_) for entry in array.flat
    )

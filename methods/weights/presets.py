"""Arguments that a preset sets together, each of which a caller may still give otherwise.

Checked by: every preset of the density-ratio weights, alone and with one argument changed.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

from ...theory.foundation.validation import one_of, shown

_P = ParamSpec("_P")
_R = TypeVar("_R")


def with_presets(
    presets: Mapping[str, Mapping[str, Any]],
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """A function whose argument ``preset`` names what stands instead of the other arguments' defaults."""

    def decorated(function: Callable[_P, _R]) -> Callable[_P, _R]:
        known, names = signature(function), [name for name in presets if name]

        @wraps(function)
        def filled(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            given = known.bind(*args, **kwargs).arguments
            preset = given.get("preset", "")
            preset = preset if isinstance(preset, str) else shown(preset)
            chosen = presets[one_of("preset", preset, names)] if preset else presets[""]
            return function(**{**chosen, **given})  # type: ignore[call-arg]

        return filled

    return decorated

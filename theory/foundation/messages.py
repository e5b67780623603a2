"""The errors for what a user hands in, and how a message shows a value: in one line, never a long one.

Checked by: every public function given a hundred thousand wrong entries.
"""

from numbers import Number
from reprlib import Repr
from typing import Any

__all__ = ["InputError", "InputTypeError", "shown"]

VALUE = 100  # characters of a value that a message shows
MESSAGE = 300  # characters of a message, whatever went into it


class InputError(ValueError):
    """The value of an argument lies outside what the function is defined for."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*_clipped_messages(args))


class InputTypeError(TypeError):
    """The type of an argument is not one the function can read."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*_clipped_messages(args))


def shown(value: Any) -> str:
    """A value as a message shows it: its ``repr`` on one line, at most 100 characters of it.

    >>> shown(list(range(100_000)))
    '[0, 1, 2, 3, 4, 5, 6, 7, ...]'
    """
    try:
        text = _SHORT.repr(value)
        if isinstance(value, Number) and len(text) <= VALUE:
            text = str(value)  # NumPy's numbers and fractions as one writes them, 1.5 and 3/2
    except Exception:  # whatever a foreign __repr__ raises, the user's slip is what to report
        text = f"<{type(value).__name__}>"
    return _clipped(" ".join(line.strip() for line in text.splitlines()), VALUE)


def _clipped(text: str, width: int) -> str:
    """The text without its middle, where it is longer than ``width``."""
    if len(text) <= width:
        return text
    tail = width // 3
    return f"{text[: width - tail - 3]}...{text[-tail:]}"


def _clipped_messages(args: tuple[Any, ...]) -> list[Any]:
    return [_clipped(arg, MESSAGE) if isinstance(arg, str) else arg for arg in args]


class _Short(Repr):
    """Few entries of a container: a list of a million is not written out to show its beginning."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = self.maxfrozenset = 8
        self.maxdeque = self.maxarray = 8
        self.maxstring = self.maxother = self.maxlong = VALUE


_SHORT = _Short()

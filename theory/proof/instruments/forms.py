"""A few equal forms of an expression, one of which may show what the others hide."""

from functools import lru_cache
from typing import Any

import sympy

from ...numbers.deadline import limited
from .rates import hidden

__all__ = ["forms"]


@lru_cache(maxsize=4096)
def forms(expr: sympy.Expr) -> tuple[sympy.Expr, ...]:
    """A few equal expressions: as it stands, over one denominator, factored, expanded."""
    found: list[Any] = [expr]

    def attempt() -> None:
        shown, names = hidden(expr)
        combined = sympy.together(shown)
        found.append(combined.xreplace(names))
        if expr.count_ops() < 250:
            found.append(sympy.factor(combined).xreplace(names))
            found.append(sympy.expand(expr))

    limited(2.0, attempt)
    return tuple(dict.fromkeys(found))

"""Identities, decided by normal forms: the difference of the two sides is rewritten to exactly zero.

What `proved` means here: SymPy's polynomial normal form, with exponentials, logarithms and roots as
independent generators (sound: an identity of generators holds for every value), found the numerator
to be zero. Trusted: SymPy. Second opinion: `recheck` evaluates both sides at random rationals to 60 digits.
"""

from collections.abc import Callable
from typing import Any

import sympy

from ...foundation.working_time import work_clock
from ...language.expression import Phi
from ...numbers.deadline import limited

__all__ = ["is_zero"]


def is_zero(expr: sympy.Expr, seconds: float = 10.0) -> bool:
    """Whether ``expr`` is identically zero, shown by one of a few normal forms; False when not shown."""
    start = work_clock()
    for form in _NORMAL_FORMS:
        left = seconds - (work_clock() - start)
        if left <= 0:
            return False
        result = limited(min(left, 4.0), lambda form=form: form(expr))
        if result is not None and result == 0:
            return True
    return False


def _rational(expr: sympy.Expr) -> sympy.Expr:
    return sympy.expand(sympy.numer(sympy.together(expr)))


def _in_erf(expr: Any) -> Any:
    """Phi and erfc through erf, which SymPy knows to be odd."""
    expr = expr.replace(Phi, lambda x: (1 + sympy.erf(sympy.expand(x / sympy.sqrt(2)))) / 2)
    return expr.replace(sympy.erfc, lambda x: 1 - sympy.erf(x))


def _exponential(expr: sympy.Expr) -> sympy.Expr:
    expr = expr.rewrite(sympy.exp) if expr.has(sympy.sinh, sympy.cosh, sympy.tanh) else expr
    expr = _in_erf(expr)
    expanded = sympy.expand(sympy.expand_log(expr, deep=True), power_exp=True)
    numerator = sympy.numer(sympy.together(sympy.powsimp(expanded, force=False)))
    return sympy.expand(sympy.powsimp(sympy.expand(numerator)), power_exp=True, power_base=True)


def _factored_logs(expr: sympy.Expr) -> sympy.Expr:
    factored = expr.replace(sympy.log, lambda x: sympy.log(sympy.factor(sympy.together(x))))
    return sympy.expand(sympy.expand_log(factored, deep=True))


def _powers_as_generators(expr: Any) -> sympy.Expr:
    """Symbolic powers of one base, up to integers in the exponent, as one generator: x**(g-1) = X/x."""
    names: dict[Any, Any] = {}

    def split(base: Any, exponent: Any) -> Any:
        whole, rest = sympy.expand(exponent).as_coeff_Add()
        if rest == 0 or not whole.is_Integer:
            return base**exponent
        return names.setdefault((base, rest), sympy.Dummy()) * base**whole

    return _rational(expr.replace(sympy.Pow, split))


_NORMAL_FORMS: tuple[Callable[[sympy.Expr], sympy.Expr], ...] = (
    sympy.expand,
    _rational,
    _powers_as_generators,
    _exponential,
    _factored_logs,
    sympy.simplify,
    lambda e: sympy.simplify(sympy.logcombine(_factored_logs(e))),
)

"""The atoms of normal forms: variables, primes, and functions of forms; their signs and ranges on a box."""

import ast
from collections.abc import Sequence
from typing import Any, NamedTuple

from mpmath import mp
from mpmath.libmp.libmpf import ComplexResult

from ..intervals import INTERVAL_FUNCTIONS, ends_of, interval_power, iv, span, times
from ..reading import Box
from ..second_opinion import Term, parse
from .polynomials import ONE, Monomial, Number, Poly, direction, key_of, scaled, split_off, whole

__all__ = ["Atom", "Atoms"]


class Atom(NamedTuple):
    """``kind`` and what it is a function of: a name, a prime, an atom, a monomial or a polynomial."""

    kind: str
    of: Any


_NO_RANGE = (
    ArithmeticError, ComplexResult, ValueError, NotImplementedError, TypeError, AttributeError,
)  # fmt: skip
"""What an interval raises where there is none."""
_NEVER_NEGATIVE = frozenset({"exp", "abs", "prime", "pi", "root", "acosh"})


class Atoms:
    """The atoms that forms on one box are made of, each once, and what is known of their signs."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.spans = {name: span(piece.ends) for name, piece in box.items()}
        self.atoms: list[Atom] = []
        self.sums: list[int] = []
        self.known: Sequence[Poly] = ()
        self._numbers: dict[tuple[str, Any], int] = {}
        self._signs: dict[Any, int] = {}
        self._ranges: dict[int, Any] = {}

    def _atom(self, kind: str, of: Any) -> int:
        key = (kind, key_of(of) if isinstance(of, dict) else of)
        if key not in self._numbers:
            self._numbers[key] = len(self.atoms)
            self.atoms.append(Atom(kind, of))
            if kind == "sum":
                self.sums.append(self._numbers[key])
        return self._numbers[key]

    def _power_of(self, atom: int, power: Number = 1) -> Poly:
        return {((atom, whole(power)),): 1} if power else ONE

    def term_of(self, form: Poly) -> Term:
        """A form as an expression."""
        total: Term | None = None
        for product, number in form.items():
            part: Term = parse(f"({number})")
            for atom, power in product:
                base = self._term_of_atom(atom)
                if power != 1:
                    base = ast.BinOp(base, ast.Pow(), parse(f"({power})"))
                part = ast.BinOp(part, ast.Mult(), base)
            total = part if total is None else ast.BinOp(total, ast.Add(), part)
        return ast.Constant(0) if total is None else total

    def _term_of_atom(self, atom: int) -> Term:
        kind, inside = self.atoms[atom]
        match kind:
            case "variable":
                return ast.Name(inside)
            case "pi":
                return ast.Name("pi")
            case "prime":
                return ast.Constant(inside)
            case "sum" | "root":
                return self.term_of(inside)
            case "exp":
                argument = self.term_of({inside: 1})
            case "log":
                argument = self._term_of_atom(inside)
            case "power":
                base, exponent = (self.term_of(dict(form)) for form in inside)
                return ast.BinOp(base, ast.Pow(), exponent)
            case _:
                argument = self.term_of(inside)
        name = "Abs" if kind == "abs" else kind
        return ast.Call(func=ast.Name(name), args=[argument], keywords=[])

    def _sign_of_monomial(self, product: Monomial) -> int:
        sign = 1
        for atom, power in product:
            if isinstance(power, int) and power % 2 == 0:
                continue
            sign *= self._sign_of_atom(atom) if isinstance(power, int) else 1
        return sign

    def _sign_of_atom(self, atom: int) -> int:
        kind, inside = self.atoms[atom]
        if kind in _NEVER_NEGATIVE:
            return 1
        if kind == "sum":
            return self.sign_of(inside)
        value = self._range(atom)
        if value is None:
            return 0
        return 1 if value.a >= 0 else -1 if value.b <= 0 else 0

    def _range(self, atom: int) -> Any:
        """The interval of an atom's values, or None where there may be none."""
        if atom not in self._ranges:
            try:
                self._ranges[atom] = self._find_range(atom)
            except _NO_RANGE:
                self._ranges[atom] = None
        return self._ranges[atom]

    def _find_range(self, atom: int) -> Any:
        kind, inside = self.atoms[atom]
        match kind:
            case "variable":
                return self.spans[inside]
            case "prime":
                return iv.mpf(inside)
            case "pi":
                return +iv.pi
            case "exp":
                return INTERVAL_FUNCTIONS["exp"](self._range_of({inside: 1}))
            case "log":
                return iv.log(self._range(inside))
            case "sum" | "root":
                return self._range_of(inside)
            case "abs":
                return abs(self._range_of(inside))
            case "power":
                raise ValueError("a power that is no function of a range")
            case _:
                return INTERVAL_FUNCTIONS[kind](self._range_of(inside))

    def _range_of(self, form: Poly) -> Any:
        try:
            total = iv.mpf(0)
            for product, number in form.items():
                value = iv.mpf(number.numerator) / number.denominator
                for atom, power in product:
                    value = times(value, interval_power(self._range(atom), power))
                total += value
        except _NO_RANGE:
            return None
        return None if any(map(mp.isnan, ends_of(total))) else total

    def sign_of(self, form: Poly) -> int:
        """1 where a form is nowhere negative on the box, -1 where it is nowhere positive, else 0."""
        key = key_of(form)
        if key not in self._signs:
            self._signs[key] = self._find_sign(form)
        return self._signs[key]

    def _find_sign(self, form: Poly) -> int:
        if not form:
            return 1
        signs = {
            self._sign_of_monomial(product) * (1 if number > 0 else -1)
            for product, number in form.items()
        }
        if signs in ({1}, {-1}):
            return signs.pop()
        value = self._range_of(form)
        if value is not None and (value.a >= 0 or value.b <= 0):
            return 1 if value.a >= 0 else -1
        number, product, rest = split_off(form)
        if len(form) > 1 and product:
            sign = self._sign_of_monomial(product) * self.sign_of(rest)
            if sign:
                return sign if number > 0 else -sign
        for sign in (1, -1):
            if direction(scaled(form, sign)) in self.known:
                return sign
        return 0

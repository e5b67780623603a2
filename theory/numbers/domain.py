"""Where a variable of a claim lives: a finite union of intervals of reals or of integers.

Domains are written the way a paper writes them (``"positive"``, ``"(0, 1)"``, ``"integer 1..20"``)
or given as a SymPy set, and are exact: endpoints are rationals, pi, sqrt(2), or infinite.
"""

import re
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

import sympy

from ..foundation.validation import InputError, InputTypeError, shown
from ..language.expression import read_expression

__all__ = ["Domain", "Piece", "domain", "ordered"]


@dataclass(frozen=True)
class Piece:
    """One interval; ``integer`` keeps only its integers (its finite ends are then closed integers)."""

    low: sympy.Expr
    high: sympy.Expr
    low_open: bool
    high_open: bool
    integer: bool = False

    def __contains__(self, value: Any) -> bool:
        value = sympy.sympify(value)
        if self.integer and value.is_integer is not True:
            return False
        above, below = ordered(self.low, value), ordered(value, self.high)
        return above >= self.low_open and below >= self.high_open

    @property
    def is_point(self) -> bool:
        """A single value."""
        return self.low == self.high

    @property
    def size(self) -> int | None:
        """How many integers an integer piece holds; None when infinite or real."""
        if not self.integer or not (self.low.is_finite and self.high.is_finite):
            return None
        return int(self.high) - int(self.low) + 1

    def __str__(self) -> str:
        if self.is_point:
            return f"{{{self.low}}}"
        if self.integer:
            low = "" if self.low == -sympy.oo else self.low
            high = "" if self.high == sympy.oo else self.high
            return f"integer {low}..{high}"
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return f"{left}{self.low}, {self.high}{right}"


@dataclass(frozen=True)
class Domain:
    """A non-empty union of disjoint pieces, in increasing order."""

    pieces: tuple[Piece, ...]

    def __contains__(self, value: Any) -> bool:
        return any(value in piece for piece in self.pieces)

    def __str__(self) -> str:
        return " u ".join(map(str, self.pieces))

    @property
    def integer(self) -> bool:
        """Whether every value is an integer."""
        return all(
            piece.integer or (piece.is_point and piece.low.is_integer) for piece in self.pieces
        )

    def symbol(self, name: str) -> sympy.Symbol:
        """A symbol whose SymPy assumptions say what the domain says, and no more."""
        facts: dict[str, bool] = {"integer": True} if self.integer else {"real": True}
        if sympy.Integer(0) not in self:
            facts["nonzero"] = True
        if all(ordered(sympy.Integer(0), piece.low) >= 0 for piece in self.pieces):
            facts["nonnegative"] = True
        elif all(ordered(piece.high, sympy.Integer(0)) >= 0 for piece in self.pieces):
            facts["nonpositive"] = True
        return sympy.Symbol(name, **facts)

    def hull(self) -> Piece:
        """The smallest interval that holds every piece."""
        low = min((p.low for p in self.pieces), key=_BY_SIZE)
        high = max((p.high for p in self.pieces), key=_BY_SIZE)
        return Piece(
            low,
            high,
            all(p.low_open for p in self.pieces if p.low == low),
            all(p.high_open for p in self.pieces if p.high == high),
        )

    def as_set(self) -> sympy.Set:
        """The same domain as a SymPy set."""
        return sympy.Union(*[_as_set(piece) for piece in self.pieces])


def domain(given: "str | sympy.Set | Domain") -> Domain:
    """Read a domain.

    ``"real"``, ``"positive"``, ``"negative"``, ``"nonnegative"``, ``"nonzero"``, ``"integer"``,
    ``"(0, 1)"``, ``"[0, oo)"``, ``"integer 1..20"``, ``"integer 1.."``, ``"{1, sqrt(2)}"``, several of
    these with ``u`` between, as ``str`` writes a domain, or any `sympy.Set` made of intervals, ranges
    and points.

    Raises
    ------
    InputError
        If it cannot be read, or is empty.
    InputTypeError
        If it is neither text nor a set.
    """
    if isinstance(given, Domain):
        return given
    if isinstance(given, str):
        pieces = [spelled for part in _UNION.split(given.strip()) for spelled in _read(part, given)]
    elif isinstance(given, sympy.Set):
        pieces = _from_set(given)
    else:
        raise InputTypeError(f"domain {shown(given)}: must be text such as '(0, 1)' or a sympy.Set")
    if not pieces:
        raise InputError(
            f"domain {shown(str(given))} is empty: a claim about no values says nothing"
        )
    return Domain(
        tuple(sorted(pieces, key=lambda piece: (_BY_SIZE(piece.low), _BY_SIZE(piece.high))))
    )


def ordered(low: Any, high: Any) -> int:
    """1 if the first number is below the second, 0 if they are equal, -1 if above; exactly decided.

    Raises
    ------
    InputError
        If no exact arithmetic tells.
    """
    if low == high:
        return 0
    known = [end.is_Rational or not end.is_finite for end in (low, high)]
    if all(known):
        return 1 if low < high else -1
    from ..numbers.exact_signs import compare  # loads Arb, which rational ends do not need

    answer = compare(low, high)
    if answer is None:
        raise InputError(f"whether {low} or {high} is larger cannot be decided")
    return -answer


_BY_SIZE = cmp_to_key(lambda a, b: -ordered(a, b))


_WORDS = {
    "real": "(-oo, oo)",
    "reals": "(-oo, oo)",
    "positive": "(0, oo)",
    "negative": "(-oo, 0)",
    "nonnegative": "[0, oo)",
    "nonpositive": "(-oo, 0]",
}
_UNION = re.compile(r"\s+[uU]\s+|\s*∪\s*")
_POINTS = re.compile(r"^\{(.+)\}$")
_INTERVAL = re.compile(r"^([\[(])\s*([^,]+?)\s*,\s*([^,]+?)\s*([\])])$")
_INTEGERS = re.compile(r"^integers?\s+(\S*?)\s*\.\.\s*(\S*?)$")


def _read(clean: str, text: str = "") -> list[Piece]:
    """The pieces that one part of a text spells; messages quote the whole."""
    text = text or clean
    if clean in ("integer", "integers"):
        return [_piece(-sympy.oo, sympy.oo, True, True, integer=True)]
    if clean == "nonzero":
        return [*_read("negative"), *_read("positive")]
    if found := _INTEGERS.match(clean):
        low = _exact(_endpoint(found[1], text)) if found[1] else -sympy.oo
        high = _exact(_endpoint(found[2], text)) if found[2] else sympy.oo
        return [_piece(low, high, False, False, integer=True)] if ordered(low, high) >= 0 else []
    if found := _INTERVAL.match(_WORDS.get(clean, clean)):
        low, high = _exact(_endpoint(found[2], text)), _exact(_endpoint(found[3], text))
        return _interval(low, high, found[1] == "(", found[4] == ")")
    if found := _POINTS.match(clean):
        values = [_exact(_endpoint(part, text)) for part in found[1].split(",")]
        return [_piece(v, v, False, False) for v in dict.fromkeys(values)]
    raise InputError(
        f"domain {shown(text)}: write 'real', 'positive', 'nonnegative', '(0, 1)', '[0, oo)', "
        "'integer 1..20', '{1, 2}', or several of these with ' u ' between"
    )


def _interval(low: Any, high: Any, low_open: bool, high_open: bool) -> list[Piece]:
    """An interval, a point if its ends are equal however they are written, or nothing."""
    order = ordered(low, high)
    if order < 0 or (order == 0 and (low_open or high_open)):
        return []
    return [_piece(low, low if order == 0 else high, low_open, high_open)]


def _endpoint(text: str, whole: str) -> sympy.Expr:
    try:
        value = read_expression(text, {})
    except InputError:
        raise InputError(f"domain {shown(whole)}: cannot read the endpoint {shown(text)}") from None
    return value


def _piece(low: Any, high: Any, low_open: bool, high_open: bool, integer: bool = False) -> Piece:
    low, high = _exact(low), _exact(high)
    if low == sympy.oo or high == -sympy.oo:
        raise InputError(f"domain [{low}, {high}]: holds no real number")
    integer = integer or (low == high and low.is_Integer)
    if integer and any(end.is_finite and not end.is_Integer for end in (low, high)):
        raise InputError(f"integer {low}..{high}: the ends must be integers")
    return Piece(low, high, low_open or low == -sympy.oo, high_open or high == sympy.oo, integer)


def _exact(value: Any) -> Any:
    value = sympy.sympify(value)
    if value.free_symbols:
        raise InputError(f"domain endpoint {value}: must be a number")
    if value.has(sympy.Float):
        value = value.xreplace({f: sympy.Rational(str(f)) for f in value.atoms(sympy.Float)})
    if value.is_extended_real is not True:
        raise InputError(f"domain endpoint {value}: must be a real number")
    if value.is_finite and not value.is_Rational and ordered(value, sympy.Integer(0)) == 0:
        return sympy.Integer(0)
    return value


def _from_set(given: sympy.Set) -> list[Piece]:
    match given:
        case sympy.Union():
            return [piece for part in given.args for piece in _from_set(part)]  # type: ignore[arg-type]
        case sympy.FiniteSet():
            return [_piece(v, v, False, False, integer=bool(v.is_Integer)) for v in given]  # type: ignore[union-attr]
        case sympy.Interval():
            ends = _exact(given.start), _exact(given.end)
            return _interval(*ends, bool(given.left_open), bool(given.right_open))
        case sympy.Range() if given.step == 1:
            low = given.start
            high = given.stop - 1
            return [_piece(low, high, False, False, integer=True)] if low <= high else []
        case _ if given is sympy.S.EmptySet:
            return []
        case _ if given is sympy.S.Reals:
            return _read("real")
        case _ if given is sympy.S.Integers:
            return _read("integer")
        case _ if given is sympy.S.Naturals:
            return _read("integer 1..")
        case _ if given is sympy.S.Naturals0:
            return _read("integer 0..")
        case _:
            raise InputError(
                f"domain {given}: must be made of intervals, integer ranges and points"
            )


def _as_set(piece: Piece) -> sympy.Set:
    if piece.is_point:
        return sympy.FiniteSet(piece.low)
    if piece.integer:
        return sympy.Range(piece.low, piece.high + 1)
    return sympy.Interval(piece.low, piece.high, piece.low_open, piece.high_open)

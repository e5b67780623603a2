"""Whether an expression is a real number everywhere on a box: every quotient, root and logarithm in it.

By exact ranges; where they are too wide, by those of the normal form, and of what is linear in a variable
by its values at the ends of the variable's interval; of a polynomial under a logarithm by cvc5.
"""

import ast
import contextlib

from .forms.normal_form import Forms, NoForm
from .openness import range_of, ranges_of, sign_on
from .reading import Box, Piece
from .second_opinion import NotReal, Term, parse, replaced
from .slopes import NoDerivative, derivative
from .smtlib import cvc5_answers, is_polynomial, to_smtlib

__all__ = ["is_defined"]


def is_defined(term: Term, box: Box) -> bool:
    """Whether an expression is surely a real number everywhere on a box."""
    try:
        range_of(term, ranges_of(box))
    except NotReal:
        return all(_is_real(part, box) for part in ast.walk(term))
    return True


def _is_real(part: ast.AST, box: Box) -> bool:
    """Whether a part is a real number where its own parts are."""
    match part:
        case ast.BinOp(op=ast.Div(), right=below):
            return _strict(below, box) != 0
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int() as power)):
            return power >= 0 or _strict(base, box) != 0
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            least = sign_on(base, box)
            return _strict(base, box) > 0 or (least[0] > 0 and sign_on(exponent, box) == (1, True))
        case ast.Call(func=ast.Name(id="log"), args=[inner]):
            return _strict(inner, box) > 0 or _is_positive_polynomial(inner, box)
        case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
            return sign_on(inner, box)[0] > 0 or _strict(inner, box) > 0
        case ast.Call(func=ast.Name(id="acosh" | "atanh")):
            return False
        case _:
            return True


def _is_positive_polynomial(term: Term, box: Box) -> bool:
    """Whether cvc5 finds no point of the box where a polynomial is not positive."""
    if not is_polynomial(term):
        return False
    ends = {n: (p.low, p.high, p.low_open, p.high_open) for n, p in box.items()}
    return cvc5_answers(to_smtlib(term, True, ends, ())) == "unsat"


def _strict(term: Term, box: Box, depth: int = 2) -> int:
    """1 where an expression is positive on the whole box, -1 where it is negative, 0 where not known.

    What is linear in a variable is between its values at the ends of the variable's interval.
    """
    sign, strictly = sign_on(term, box)
    if strictly:
        return sign
    if (sign := _by_parts(term, box, depth)) or depth == 0:
        return sign
    forms = Forms(box)
    with contextlib.suppress(NoForm):
        if sign := forms.strict_sign(forms.of(term)):
            return sign
    for name, piece in box.items():
        try:
            slope = derivative(term, name)
        except NoDerivative:
            continue
        if not _has(slope, name) and (sign := _by_ends(term, slope, name, piece, box, depth)):
            return sign
    return 0


def _by_parts(term: Term, box: Box, depth: int) -> int:
    """The sign of a product, a power or a root, of parts that are nowhere zero."""
    match term:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_strict(inner, box, depth)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            sign = _strict(left, box, depth)
            return sign and sign * _strict(right, box, depth)
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int() as power)):
            return _strict(base, box, depth) ** abs(power) if power else 1
        case ast.BinOp(left=base, op=ast.Pow()):
            return max(_strict(base, box, depth), 0)
        case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
            return max(_strict(inner, box, depth), 0)
    return 0


def _by_ends(term: Term, slope: Term, name: str, piece: Piece, box: Box, depth: int) -> int:
    """The sign of what is linear in a variable: at both ends, or at one, and the slope's."""
    signs = set()
    for end, way in ((piece.low, -1), (piece.high, 1)):
        if end in ("oo", "-oo"):
            signs.add(sign_on(slope, box)[0] * way)
        else:
            others = {other: where for other, where in box.items() if other != name}
            signs.add(_strict(replaced(term, name, parse(end)), others, depth - 1))
    return signs.pop() if len(signs) == 1 else 0


def _has(term: Term, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(term))

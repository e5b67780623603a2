"""Equations between the parts of an identity and their forms, for a script to prove and to put in.

Checked by: every form has the value of its part at points; sides that nearly agree have two forms.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..second.second_opinion import Term, parse
from .canonical import HYPERBOLIC, Canon, NoForm
from .laurent import primes, text
from .terms import fraction_of

__all__ = ["Hint", "explicit", "hints"]


@dataclass(frozen=True)
class Hint:
    """A part of an expression and its form; ``inner``: the hints its proof uses, by number;
    ``product``: of a logarithm's argument, its factors; ``outer``: whether no part contains it."""

    part: Term
    form: Term
    inner: tuple[int, ...]
    product: Term | None
    outer: bool


def _functions(term: Term, outer: bool = True) -> Iterator[tuple[Term, bool]]:
    """The parts that are functions or real powers, inner ones first, and whether they are outermost."""
    inside = outer
    extra: list[Term] = []
    if is_function := _is_function(term):
        inside = False
    match term:
        case ast.BinOp(left=base, op=ast.Pow()) if is_function:
            yield from _functions(term.left, inside)
            yield from _functions(term.right, inside)
            extra = [_call("log", base)]
        case ast.BinOp(left=left, right=right):
            yield from _functions(left, inside)
            yield from _functions(right, inside)
        case ast.UnaryOp(operand=inner):
            yield from _functions(inner, inside)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            for argument in arguments:
                yield from _functions(argument, inside)
            if name == "sqrt":
                extra = [_call("log", arguments[0])]
            if name in HYPERBOLIC:
                (inner,) = arguments
                extra = [_call("exp", a) for a in (inner, ast.UnaryOp(ast.USub(), inner))]
        case _:
            pass
    yield from ((part, False) for part in extra)
    if is_function:
        yield term, outer


def _is_function(term: Term) -> bool:
    match term:
        case ast.Name(id="E"):
            return True
        case ast.Call():
            return True
        case ast.BinOp(op=ast.Pow(), right=exponent):
            number = fraction_of(exponent)
            return number is None or number.denominator != 1
    return False


def hints(
    terms: Sequence[Term], sign: Callable[[Term], int]
) -> tuple[list[Hint], list[tuple[Term, int, Term]]]:
    """Equations for the parts of some expressions, inner parts first; and those between roots and bases:
    (root, degree, base).

    Raises
    ------
    NoForm
        If a part has no form.
    """
    canon = Canon(sign)
    try:
        for _ in range(3):  # until the common denominators of exponents are known
            before = dict(canon.shares)
            canon.known.clear()
            for term in terms:
                canon.poly(term)
                for part, _ in _functions(term):
                    canon.poly(part)
            if canon.shares == before:
                break
    except (ArithmeticError, ValueError, RecursionError, TypeError, KeyError) as error:
        raise NoForm(str(error)) from None
    found: dict[str, Hint] = {}
    for term in terms:
        for part, outer in _functions(term):
            key = ast.unparse(part)
            if key in found and (found[key].outer or not outer):
                continue
            inner = tuple(range(len(found))) if key not in found else found[key].inner
            found[key] = Hint(
                part, parse(text(canon.poly(part))), inner, _product(canon, part), outer
            )
    forms = [text(canon.poly(term)) for term in terms]
    used = " ".join([*forms, *(ast.unparse(hint.form) for hint in found.values())])
    roots = [
        (parse(name), degree, parse(base))
        for name, (base, degree) in canon.roots.items()
        if name in used or ast.unparse(parse(name)) in used
    ]
    return list(found.values()), roots


def _product(canon: Canon, part: Term) -> Term | None:
    """A logarithm's argument as a product of its factors."""
    match part:
        case ast.Call(func=ast.Name(id="log"), args=[inner]):
            number, factors = canon.factors(canon.poly(inner))
            pieces = [f"({name})**({raised})" for name, raised in factors]
            for value, sign in ((number.numerator, 1), (number.denominator, -1)):
                pieces += [f"{prime}**({sign * raised})" for prime, raised in primes(value)]
            return parse("*".join(pieces) or "1")
    return None


def explicit(term: Term) -> Term:
    """The same with roots and exponentials for its real powers, as Coq's derivatives need it."""

    class Powers(ast.NodeTransformer):
        def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
            left, right = self.visit(node.left), self.visit(node.right)
            if isinstance(node.op, ast.Pow):
                number = fraction_of(right)
                if number is None or number.denominator not in (1, 2, 4):
                    return _call("exp", ast.BinOp(right, ast.Mult(), _call("log", left)))
                if number.denominator > 1:
                    root = _call("sqrt", left)
                    root = root if number.denominator == 2 else _call("sqrt", root)
                    return ast.BinOp(root, ast.Pow(), parse(str(number.numerator)))
            return ast.BinOp(left, node.op, right)

    return Powers().visit(parse(ast.unparse(term)))


def _call(name: str, inner: Term) -> Term:
    return ast.Call(ast.Name(name), [inner], [])

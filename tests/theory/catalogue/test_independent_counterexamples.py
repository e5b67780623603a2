"""Every counterexample to a listed mutant, stored or found, confirmed without the package's own mathematics.

A mutant is taken as its author wrote it, the counterexample as the values printed. Python's syntax tree
is evaluated with mpmath at 60 digits: no SymPy, no prover, nothing that was simplified before.
"""

import ast
import operator
import re

import pytest
from counterpoise.theory import select
from families import sampled
from mpmath import mp, mpf

DIGITS = 60
CLEAR = mpf(10) ** -25
"""By how much a relation has to fail, relative to its sides: 35 digits above rounding."""

FUNCTIONS = {
    "Abs": abs, "abs": abs, "Max": max, "max": max, "Min": min, "min": min,
    "exp": mp.exp, "log": mp.log, "ln": mp.log, "log1p": mp.log1p, "expm1": mp.expm1, "sqrt": mp.sqrt,
    "sin": mp.sin, "cos": mp.cos, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh,
    "asinh": mp.asinh, "acosh": mp.acosh, "atanh": mp.atanh, "atan": mp.atan, "sign": mp.sign,
    "erf": mp.erf, "erfc": mp.erfc, "Phi": mp.ncdf, "norm_cdf": mp.ncdf,
    "phi": mp.npdf, "norm_pdf": mp.npdf,
    "sig": lambda x: 1 / (1 + mp.exp(-x)), "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "expit": lambda x: 1 / (1 + mp.exp(-x)), "logit": lambda p: mp.log(p / (1 - p)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)), "hinge": lambda x: max(0, 1 - x),
    "relu": lambda x: max(0, x),
    "binary_entropy": lambda p: -p * mp.log(p) - (1 - p) * mp.log(1 - p),
}  # fmt: skip
CONSTANTS = {"pi": mp.pi, "E": mp.e}
ARITHMETIC = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
COMPARISONS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


def value(node, point):
    match node:
        case ast.Constant(value=number):
            return mpf(str(number))
        case ast.Name(id=name):
            return point[name] if name in point else +CONSTANTS[name]
        case ast.UnaryOp(op=op, operand=inner):
            return ARITHMETIC[type(op)](value(inner, point))
        case ast.BinOp(left=left, op=op, right=right):
            return ARITHMETIC[type(op)](value(left, point), value(right, point))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return FUNCTIONS[name](*(value(a, point) for a in args))
    raise AssertionError(f"not an expression: {ast.dump(node)}")


def expression(text):
    return ast.parse(text.strip().replace("^", "**"), mode="eval").body


def relations(text):
    """(left, operator, right) of every comparison; chains and conjunctions are split."""
    node = expression(text)
    for part in node.values if isinstance(node, ast.BoolOp) else [node]:
        assert isinstance(part, ast.Compare), text
        sides = [part.left, *part.comparators]
        for left, op, right in zip(sides, part.ops, sides[1:], strict=False):
            yield left, COMPARISONS[type(op)], right


def holds(left, sign, right, clear=CLEAR):
    """True or False only if a difference is far above rounding; equality is agreement to 50 digits."""
    for side in (left, right):
        assert mp.isfinite(side), side
        assert not mp.im(side), side
    scale = max(abs(left), abs(right), mpf(1) if sign in ("==", "!=") else mpf(10) ** -40)
    near = abs(left - right) <= clear * scale
    assert not near or abs(left - right) <= mpf(10) ** -50 * scale, "neither equal nor different"
    return {
        "==": near, "!=": not near, "<=": near or left < right, ">=": near or left > right,
        "<": not near and left < right, ">": not near and left > right,
    }[sign]  # fmt: skip


def inside(number, where):
    """Whether a number lies in a domain written like ``(0, oo)``, ``{2}``, ``integer 3..`` or ``A u B``."""

    def end(text, infinite):
        own = text.strip()
        return infinite if own.endswith("oo") or not own else value(expression(own), {})

    for piece in where.split(" u "):
        if found := re.fullmatch(r"\{(.*)\}", piece):
            if number == value(expression(found[1]), {}):
                return True
        elif found := re.fullmatch(r"integer (.*)\.\.(.*)", piece):
            if mp.isint(number) and end(found[1], -mp.inf) <= number <= end(found[2], mp.inf):
                return True
        elif found := re.fullmatch(r"([(\[])(.*), (.*)([)\]])", piece):
            low, high = end(found[2], -mp.inf), end(found[3], mp.inf)
            above = number > low if found[1] == "(" else number >= low
            below = number < high if found[4] == ")" else number <= high
            if above and below:
                return True
        else:
            raise AssertionError(f"not a domain: {piece}")
    return False


def slope(text, variable, point):
    """The derivative, from a symmetric difference quotient at many more digits."""
    node, own = expression(text), mp.dps
    with mp.workdps(4 * own):
        step = mpf(10) ** -own
        ends = [value(node, point | {variable: point[variable] + s * step}) for s in (1, -1)]
        return (ends[0] - ends[1]) / (2 * step)


def written(stated):
    """What the author wrote: (left, sign, right) as functions of a point, and the hypotheses."""
    if stated.kind == "derivative":
        text, variable, derivative = stated.arguments
        claims = [
            (lambda p: slope(text, variable, p), "==", lambda p: value(expression(derivative), p))
        ]
    else:
        claims = [
            (lambda p, n=left: value(n, p), sign, lambda p, n=right: value(n, p))
            for text in stated.arguments[0]
            for left, sign, right in relations(text)
        ]
    given = stated.options.get("given") or []
    facts = [given] if isinstance(given, str) else list(given)
    return claims, [relation for fact in facts for relation in relations(fact)]


MUTANTS = {
    f"{statement.name}/{mutant.name}": mutant
    for statement in select()
    for mutant in statement.mutants
    if mutant.stated.kind in ("claim", "derivative")
}


def stands_on_its_own(certificate, stated):
    assert certificate.status == "refuted"
    assert certificate.counterexample is not None
    assert "undefined" not in certificate.counterexample, "refuted where it has no value"
    with mp.workdps(DIGITS):
        point = {
            name: value(expression(text), {})
            for name, text in certificate.counterexample["values"].items()
        }
        for name, where in certificate.domain.items():
            assert inside(point[name], where), f"{name} outside {where}"
        claims, facts = written(stated)
        for left, sign, right in facts:
            assert holds(value(left, point), sign, value(right, point)), "a hypothesis fails"
        assert not all(holds(left(point), sign, right(point)) for left, sign, right in claims)


@pytest.mark.parametrize("name", MUTANTS)
def test_the_stored_counterexample_stands_on_its_own(attacks, name):
    stands_on_its_own(attacks[name], MUTANTS[name].stated)


@pytest.mark.parametrize("name", sampled(MUTANTS, 8))
def test_the_counterexample_that_is_found_stands_on_its_own(name):
    stands_on_its_own(MUTANTS[name].claim.refute(), MUTANTS[name].stated)

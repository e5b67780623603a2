"""Counterexamples to claims about any number of classes: a few classes, sampled, and one exact evaluation.

Floats propose short rational numbers; a proposal counts when exact arithmetic shows the written-out claim
false, or a part of it not a real number.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import sympy
from scipy import special

from ...foundation.validation import InputError
from ...foundation.working_time import work_clock
from ...language.expression import read_relations
from ...numbers.domain import Domain
from ...numbers.domain import domain as read_domain
from ..instruments.sampling import sample_box
from ..problem import Problem
from ..refuter.falsify import violation_at
from ..second.sums.reading import AGGREGATES, World, with_names
from ..second.sums.written_out import written_out

__all__ = ["counterexample"]

COUNTS = 4
"""How many numbers of classes are tried, the smallest first."""
CANDIDATES = 6
"""Of the draws, those that are evaluated exactly."""
CLEAR = 1e-10
"""By how much of its sides a relation fails clearly."""


@cache
def domain(text: str) -> Domain:
    """A domain, read once."""
    return read_domain(text)


Draw = dict[str, Any]
"""Fractions: one for a number, a list for a family; an int for a class."""


def counterexample(
    relations: Sequence[str], world: World, *, seed: int, seconds: float, draws: int = 300
) -> dict[str, Any] | None:
    """Values at which a relation fails, as text; None if none was found."""
    deadline = work_clock() + seconds
    rng = np.random.default_rng(seed)
    most = domain(world.domains[world.classes]).hull().high
    for count in range(world.least, world.least + COUNTS):
        if count > most:
            break
        drawn = list(_draws(world, count, rng, draws))
        for relation in relations:
            for draw in _worst(relation, world, drawn, rng, deadline):
                if work_clock() > deadline:
                    return None
                if found := _confirmed(relation, world, draw):
                    return found
    return None


# ------------------------------------------------------------------------------------------- draws


def _draws(world: World, count: int, rng: np.random.Generator, size: int) -> Iterator[Draw]:
    numbers = {
        name: _numbers(where, rng)
        for name, where in world.domains.items()
        if name not in (*world.members, *world.simplices, world.classes)
    }
    for _ in range(size):
        draw: Draw = {world.classes: count}
        for name, where in world.domains.items():
            if name in world.members:
                draw[name] = int(rng.integers(1, count + 1))
            elif name in world.simplices:
                earlier = [draw[other] for other in world.simplices if other in draw]
                zeros = where != "simplex"
                if earlier and rng.random() < 0.2 and (zeros or all(earlier[-1])):
                    draw[name] = list(earlier[-1])
                else:
                    draw[name] = _probabilities(count, rng, zeros=zeros)
            elif name in world.families:
                draw[name] = _alike(numbers[name], count, rng)
            elif name != world.classes:
                draw[name] = next(numbers[name])
        yield draw


def _numbers(where: str, rng: np.random.Generator) -> Iterator[Fraction]:
    own = domain(where)
    symbol = sympy.Symbol("x")
    while True:
        for value in sample_box({symbol: own}, 2000, rng)[symbol]:
            rounded = Fraction(f"{value:.3g}") if np.isfinite(value) else Fraction(0)
            if rng.random() < 0.5:
                rounded = Fraction(int(rng.integers(-6, 7)), int(rng.integers(1, 4)))
            if sympy.Rational(rounded.numerator, rounded.denominator) in own:
                yield rounded


def _alike(numbers: Iterator[Fraction], count: int, rng: np.random.Generator) -> list[Fraction]:
    """A number for each class: all different, all the same, or all the same but one."""
    kind = rng.random()
    if kind < 0.5:
        return [next(numbers) for _ in range(count)]
    values = [next(numbers)] * count
    if kind < 0.8:
        values[int(rng.integers(count))] = next(numbers)
    return values


_SIZES = (1, 2, 3, 9, 99, 9999)


def _probabilities(count: int, rng: np.random.Generator, *, zeros: bool) -> list[Fraction]:
    weights = [int(w) for w in rng.integers(1, 1 + rng.choice(_SIZES), size=count)]
    if rng.random() < 0.4:
        weights = [weights[0]] * count
        weights[int(rng.integers(count))] = int(rng.integers(1, 1 + rng.choice(_SIZES)))
    if zeros and count > 1 and rng.random() < 0.5:
        weights[int(rng.integers(count))] = 0
    whole = sum(weights)
    return [Fraction(w, whole) for w in weights]


# --------------------------------------------------------------------------------------- evaluation


def _worst(
    relation: str, world: World, draws: Sequence[Draw], rng: np.random.Generator, deadline: float
) -> Iterator[Draw]:
    """The draws that look like counterexamples, the plainest first, and what a walk leads to."""
    margins = _margins(relation, world, draws)
    order = np.argsort(np.where(np.isnan(margins), -np.inf, margins), kind="stable")
    clear = [draws[index] for index in order if not margins[index] > -CLEAR]
    yield from sorted(clear, key=_length)[:CANDIDATES]
    close = [draws[index] for index in order if abs(margins[index]) <= CLEAR]
    yield from sorted(close, key=_length)[:2]
    best, least = draws[order[0]], float(margins[order[0]])
    if not least < 0.05:
        return
    for _ in range(max(4, len(draws) // 100)):
        if work_clock() > deadline:
            return
        moved = [_moved(best, world, rng) for _ in range(40)]
        found = _margins(relation, world, moved)
        if np.nanmin(found, initial=np.inf) < least:
            best, least = moved[int(np.nanargmin(found))], float(np.nanmin(found))
    yield best


def _length(draw: Draw) -> int:
    """How much there is to read in a draw."""
    return sum(len(str(value)) for value in draw.values())


def _moved(draw: Draw, world: World, rng: np.random.Generator) -> Draw:
    """The draw with its numbers changed a little."""
    step = 10.0 ** rng.uniform(-3, -0.3)

    def near(value: Fraction, where: str) -> Fraction:
        shift = value * Fraction(f"{step * rng.normal():.2g}")
        moved = (value + shift).limit_denominator(100_000)
        inside = sympy.Rational(moved.numerator, moved.denominator) in domain(where)
        return moved if inside else value

    changed = dict(draw)
    for name, where in world.domains.items():
        if name in world.members or name == world.classes:
            continue
        if name in world.simplices:
            weights = [near(value, "nonnegative") for value in draw[name]]
            whole = sum(weights)
            if whole and (where != "simplex" or all(weights)):
                changed[name] = [weight / whole for weight in weights]
        elif name in world.families:
            changed[name] = [near(value, where) for value in draw[name]]
        else:
            changed[name] = near(draw[name], where)
    return changed


def _margins(relation: str, world: World, draws: Sequence[Draw]) -> np.ndarray:
    """By how much a relation holds at each draw, relative to its sides; NaN where it has no value."""
    values: dict[str, np.ndarray] = {}
    for name in world.domains:
        several = [d[name] if name in world.families else [d[name]] for d in draws]
        values[name] = np.array([[float(v) for v in row] for row in several])
    node: Any = ast.parse(relation, mode="eval").body
    with np.errstate(all="ignore"):
        left, right = (_Floats(world, values).value(s) for s in (node.left, node.comparators[0]))
        gap = (left - right) / (1e-30 + np.abs(left) + np.abs(right))
    sign = {"Lt": -1, "LtE": -1, "Gt": 1, "GtE": 1}.get(type(node.ops[0]).__name__, 0)
    margins = sign * gap if sign else -np.abs(gap)
    if type(node.ops[0]).__name__ == "NotEq":
        margins = np.abs(gap)
    return np.broadcast_to(np.real(margins), (len(draws), 1))[:, 0].astype(float)


_NUMPY: Mapping[str, Callable[..., Any]] = {
    "Abs": np.abs, "Phi": special.ndtr, "acosh": np.arccosh, "asinh": np.arcsinh, "atan": np.arctan,
    "atanh": np.arctanh, "cos": np.cos, "cosh": np.cosh, "erf": special.erf, "erfc": special.erfc,
    "exp": np.exp, "log": np.log, "sign": np.sign, "sin": np.sin, "sinh": np.sinh, "sqrt": np.sqrt,
    "tanh": np.tanh,
}  # fmt: skip
_OVER: Mapping[str, Callable[..., Any]] = {
    "Sum": np.sum,
    "Prod": np.prod,
    "Max": np.max,
    "Min": np.min,
}
_OPERATIONS: Mapping[type, Callable[..., Any]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Pow: np.power,
}  # fmt: skip


class _Floats:
    """An expression at many draws: a column where it is one number, a row of classes inside a sum."""

    def __init__(self, world: World, values: Mapping[str, np.ndarray]) -> None:
        self.world = world
        self.values = values

    def value(self, node: Any) -> np.ndarray:
        match node:
            case ast.Constant(value=int() as value):
                return np.array([[float(value)]])
            case ast.Name(id="pi"):
                return np.array([[np.pi]])
            case ast.Name(id="E"):
                return np.array([[np.e]])
            case ast.Name(id=name):
                return self.values[name]
            case ast.UnaryOp(operand=operand):
                return -self.value(operand)
            case ast.BinOp(left=left, op=operation, right=right):
                return _OPERATIONS[type(operation)](self.value(left), self.value(right))
            case ast.Subscript(value=ast.Name(id=family), slice=ast.Name(id=index)):
                rows = self.values[family]
                if index not in self.world.members:
                    return rows
                return np.take_along_axis(rows, self.values[index].astype(int) - 1, axis=1)
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in AGGREGATES:
                several = np.broadcast_to(self.value(inner), (self._draws, self._count))
                return _OVER[name](several, axis=1, keepdims=True)
            case ast.Call(func=ast.Name(id="Max" | "Min" as name), args=several):
                parts = [self.value(part) for part in several]
                over = np.maximum if name == "Max" else np.minimum
                whole = parts[0]
                for part in parts[1:]:
                    whole = over(whole, part)
                return whole
            case ast.Call(func=ast.Name(id=name), args=[inner]):
                return _NUMPY[name](self.value(inner))
            case _:
                raise InputError(f"cannot evaluate {ast.unparse(node)}")

    @property
    def _draws(self) -> int:
        return len(self.values[self.world.classes])

    @property
    def _count(self) -> int:
        return int(self.values[self.world.classes][0, 0])


def _confirmed(relation: str, world: World, draw: Draw) -> dict[str, Any] | None:
    """The counterexample as data if exact arithmetic shows it to be one."""
    names: dict[str, Any] = {}
    point: dict[str, Fraction] = {}
    for name in world.domains:
        if name in world.families:
            names[name] = [f"{name}_{place + 1}" for place in range(len(draw[name]))]
            point |= dict(zip(names[name], draw[name], strict=True))
        elif name == world.classes:  # a name too, as log(K - 1) may have no value
            names[name] = str(draw[name])
            point[f"{name}_"] = Fraction(draw[name])
        elif name in world.members:
            names[name] = str(draw[name])
        else:
            names[name] = name
            point[name] = draw[name]
    text = written_out(with_names(relation, {world.classes: f"{world.classes}_"}), world, names)
    domains = {n: domain(f"{{{v}}}") for n, v in point.items()}
    symbols = {n: where.symbol(n) for n, where in domains.items()}
    try:
        stated, conditions = read_relations(text, symbols)
    except InputError:
        return None
    problem = Problem(
        tuple(stated),
        {symbols[n]: d for n, d in domains.items()},
        (),
        tuple(dict.fromkeys(conditions)),
    )
    at: Any = {symbols[n]: sympy.Rational(v.numerator, v.denominator) for n, v in point.items()}
    told = violation_at(problem, at)
    if told is None:
        return None
    values = {
        name: [str(v) for v in draw[name]] if name in world.families else str(draw[name])
        for name in world.domains
    }
    place = ", ".join(
        f"{n} = {v}" if isinstance(v, str) else f"{n} = ({', '.join(v)})" for n, v in values.items()
    )
    why = told["text"].partition(": ")[2] or told["text"]
    found = {"values": values, "relation": relation, "text": f"{place}: {why}"}
    return found | ({"undefined": told["undefined"]} if "undefined" in told else {})

"""Checking a certificate again with the second engines: every step of its tree, from the claim down.

The walk starts at the claim as written, derives what each step must show, and tests it: ranges with
mpmath's intervals, polynomial problems with cvc5, identities, derivatives and limits with 60-digit
values at random points. `confirmed`: every step passed. `rejected`: a step is false. `undecided`: the
second engine was too weak for a step, and no step was found false.
"""

import ast
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, NamedTuple

from mpmath import mp

from .certificate import STATUSES, Certificate
from .second_opinion import (
    DIGITS,
    NotReal,
    Term,
    cvc5_answers,
    equal_at,
    has_kink,
    interval_of,
    is_plain_smtlib,
    iv,
    parse,
    random_point,
    replaced,
    to_smtlib,
    value_of,
)

__all__ = ["Verdict", "agree_to_sixty_digits", "recheck"]

POINTS = 25
TOLERANCE = mp.mpf(2) ** -180
ENUMERATED = 4000


class Verdict(NamedTuple):
    """``status``: confirmed, undecided or rejected; ``reason`` names the first step that failed."""

    status: str
    reason: str = ""


class Rejected(Exception):
    """A step of the certificate is false."""


class Undecided(Exception):
    """The second engine cannot decide a step."""


@dataclass(frozen=True)
class Piece:
    """An interval as text, with its kind of ends."""

    low: str
    high: str
    low_open: bool
    high_open: bool
    integer: bool = False

    @property
    def ends(self) -> tuple[str, str]:
        """The two ends."""
        return self.low, self.high

    def opened(self) -> "Piece":
        """The interior."""
        return Piece(self.low, self.high, True, True)


Box = Mapping[str, Piece]


def recheck(certificate: Certificate, *, seed: int = 0) -> Verdict:
    """Check a certificate, and all its parts, with the second engines."""
    undecided = ""
    with mp.workdps(DIGITS + 15):
        for part, reason in _leaves(certificate):
            try:
                if reason:
                    raise Rejected(reason)
                _check_certificate(part, random.Random(seed))
            except (Rejected, NotReal) as error:
                return Verdict("rejected", f"{part.name}: {error}")
            except Undecided as error:
                undecided = undecided or f"{part.name}: {error}"
            except (LookupError, TypeError, SyntaxError, ValueError, AttributeError) as error:
                return Verdict("rejected", f"{part.name}: the evidence cannot be read ({error})")
    return Verdict("undecided", undecided) if undecided else Verdict("confirmed")


def agree_to_sixty_digits(left: str, right: str, domains: Mapping[str, str], seed: int = 0) -> bool:
    """Whether two expressions agree at random rationals of the domain, to 60 digits."""
    rng = random.Random(seed)
    pieces = _all_pieces(domains)
    with mp.workdps(DIGITS + 15):
        return all(
            _same(parse(left), parse(right), dict(zip(pieces, own, strict=True)), rng, POINTS)
            for own in product(*pieces.values())
        )


def _leaves(certificate: Certificate) -> Iterator[tuple[Certificate, str]]:
    """Every part without parts of its own, with a reason to reject it if the whole says too much."""
    reason = ""
    if certificate.parts:
        if certificate.claim or certificate.evidence:
            reason = "a certificate of parts has a claim of its own"
        elif STATUSES.index(certificate.status) > min(
            STATUSES.index(part.status) for part in certificate.parts
        ):
            reason = f"{certificate.status}, but its parts are not"
        for part in certificate.parts:
            yield from _leaves(part)
    if reason or not certificate.parts:
        yield certificate, reason


def _check_certificate(certificate: Certificate, rng: random.Random) -> None:
    for name in certificate.domain:
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise Rejected(f"{name!r} is no name for a variable")
    if certificate.status == "refuted":
        _check_counterexample(certificate)
    elif certificate.status == "proved":
        _check_witness(certificate)
        {
            "tree": _check_cases,
            "enumeration": _check_enumeration,
            "limit": _check_limit,
        }[certificate.evidence["kind"]](certificate, rng)
    elif certificate.status == "checked":
        for relation in certificate.claim:
            _check_identity(relation, _boxes(certificate), rng)
    else:
        raise Undecided(f"its status is {certificate.status}")


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset({"pi", "E", "oo", "inf", "Phi", "Max", "Min", "Abs", "exp", "log", "sqrt"})


def _check_witness(certificate: Certificate) -> None:
    """Hypotheses need a point where they hold, or they would prove anything."""
    if not certificate.given:
        return
    witness = certificate.evidence["witness"]
    point = {name: _value(text) for name, text in witness.items()}
    for name, pieces in _all_pieces(certificate.domain).items():
        if not any(_inside(point[name], piece) for piece in pieces):
            raise Rejected(f"the witness of the hypotheses has {name} outside its domain")
    for fact in certificate.given:
        if not _true_at(fact, point):
            raise Rejected(f"the witness of the hypotheses does not satisfy {fact}")


def _boxes(certificate: Certificate) -> list[Box]:
    pieces = _all_pieces(certificate.domain)
    return [dict(zip(pieces, own, strict=True)) for own in product(*pieces.values())]


# --------------------------------------------------------------------------- claims and domains


_RELATION = re.compile(r"^(.*?) (<=|>=|==|!=|<|>) (.*)$", re.DOTALL)


def _read_relation(text: str) -> tuple[Term, str, Term]:
    found = _RELATION.match(text)
    if not found:
        raise Rejected(f"{text!r} is not a relation")
    return parse(found[1]), found[2], parse(found[3])


_INTERVAL = re.compile(r"^([\[(])(.+), (.+)([\])])$")


def _read_piece(text: str) -> Piece:
    if found := re.match(r"^\{(.+)\}$", text):
        return Piece(found[1], found[1], False, False)
    if found := re.match(r"^integer (\S*)\.\.(\S*)$", text):
        low, high = found[1] or "-oo", found[2] or "oo"
        return Piece(low, high, low == "-oo", high == "oo", integer=True)
    if found := _INTERVAL.match(text):
        return Piece(found[2], found[3], found[1] == "(", found[4] == ")")
    raise Rejected(f"domain {text!r} cannot be read")


def _all_pieces(domains: Mapping[str, str]) -> dict[str, list[Piece]]:
    return {name: [_read_piece(p) for p in text.split(" u ")] for name, text in domains.items()}


def _value(text: str) -> Any:
    with mp.workdps(DIGITS + 15):
        if text in ("oo", "-oo"):
            return mp.inf if text == "oo" else mp.ninf
        return value_of(parse(text), {})


# ------------------------------------------------------------------------------ counterexamples


def _check_counterexample(certificate: Certificate) -> None:
    found = certificate.counterexample
    if not found:
        raise Rejected("refuted without a counterexample")
    if found["relation"] not in certificate.claim:
        raise Rejected("the counterexample is to another relation")
    point = {name: _value(text) for name, text in found["values"].items()}
    for name, pieces in _all_pieces(certificate.domain).items():
        if not any(_inside(point[name], piece) for piece in pieces):
            raise Rejected(f"the counterexample's {name} lies outside the domain")
    for fact in certificate.given:
        if not _true_at(fact, point):
            raise Rejected(f"the counterexample does not satisfy {fact}")
    try:
        if _true_at(found["relation"], point):
            raise Rejected("the claim holds at the counterexample")
    except NotReal:
        if "undefined" not in found:
            raise Rejected("the counterexample is not in the domain of the claim") from None


def _inside(value: Any, piece: Piece) -> bool:
    if piece.integer and value != mp.floor(value):
        return False
    low, high = _value(piece.low), _value(piece.high)
    return (value > low if piece.low_open else value >= low) and (
        value < high if piece.high_open else value <= high
    )


def _true_at(relation: str, point: Mapping[str, Any]) -> bool:
    left, operator, right = _read_relation(relation)
    with mp.workdps(DIGITS):
        a, b = value_of(left, point), value_of(right, point)
        close = abs(a - b) <= mp.mpf(10) ** (12 - DIGITS) * (abs(a) + abs(b))
    if operator in ("==", "<=", ">=") and close:
        return True
    if operator in ("!=", "<", ">") and close:
        return False
    return {"<": a < b, "<=": a < b, ">": a > b, ">=": a > b, "==": False, "!=": True}[operator]


# ---------------------------------------------------------------------------------- whole claims


def _check_enumeration(certificate: Certificate, rng: random.Random) -> None:
    ranges = {
        name: [value for piece in own for value in _members(piece)]
        for name, own in _all_pieces(certificate.domain).items()
    }
    points = list(product(*ranges.values()))
    if len(points) != certificate.evidence["count"]:
        raise Rejected(
            f"{certificate.evidence['count']} cases stored, the domain has {len(points)}"
        )
    if len(points) > ENUMERATED:
        points = rng.sample(points, ENUMERATED)
    for values in points:
        point = {name: _value(str(v)) for name, v in zip(ranges, values, strict=True)}
        if all(_true_at(fact, point) for fact in certificate.given):
            for relation in certificate.claim:
                if not _true_at(relation, point):
                    raise Rejected(f"{relation} fails at {dict(zip(ranges, values, strict=True))}")


def _members(piece: Piece) -> list[str]:
    if piece.low == piece.high:
        return [piece.low]
    if not piece.integer:
        raise Rejected("an interval of reals cannot be enumerated")
    return [str(value) for value in range(int(_value(piece.low)), int(_value(piece.high)) + 1)]


_LIMIT = re.compile(r"^limit of (.*) as (\w+) -> (\S+) is (.*)$", re.DOTALL)


def _check_limit(certificate: Certificate, rng: random.Random) -> None:
    found = _LIMIT.match(certificate.claim[0])
    if not found:
        raise Rejected(f"{certificate.claim[0]!r} is not a limit")
    expression, variable, point, value = found.groups()
    pieces = _all_pieces(certificate.domain)
    low_end = certificate.evidence["end"] == "low"
    piece = pieces[variable][0 if low_end else -1]
    if _value(piece.low if low_end else piece.high) != _value(point):
        raise Rejected(f"{point} is not that end of the domain of {variable}")
    others = {name: own[0] for name, own in pieces.items() if name != variable}
    direction = 1 if low_end else -1
    _check_face(parse(expression), parse(value), variable, piece, direction, others, rng)


def _check_cases(certificate: Certificate, rng: random.Random) -> None:
    boxes = _boxes(certificate)
    facts = [_fact(text) for text in certificate.given]
    pending = {(relation, index) for relation in certificate.claim for index in range(len(boxes))}
    for case in certificate.evidence["cases"]:
        relation = case["relation"]
        if case["tree"]["rule"] == "identity":
            _check_identity(relation, boxes, rng)
            pending -= {(relation, index) for index in range(len(boxes))}
            continue
        box = {name: _read_piece(text) for name, text in case["box"].items()}
        index = next((i for i, own in enumerate(boxes) if _same_box(own, box)), None)
        if index is None:
            raise Rejected(f"the box {case['box']} is not part of the domain")
        integers = {name for name, piece in boxes[index].items() if piece.integer}
        _check_relation(relation, box, integers, facts, case["tree"], rng)
        pending.discard((relation, index))
    if pending:
        raise Rejected(f"{len(pending)} part(s) of the claim have no proof: {min(pending)[0]}")
    for box in boxes:
        for relation in (*certificate.claim, *certificate.given):
            _check_defined(relation, box, certificate.given, rng)


def _check_defined(relation: str, box: Box, given: Sequence[str], rng: random.Random) -> None:
    """Both sides are real numbers at points all over the box, its attained ends among them."""
    left, _, right = _read_relation(relation)
    ends = {name: piece.ends for name, piece in box.items()}
    corners = [_attained(piece) for piece in box.values()]
    for index in range(40):
        point = random_point(ends, rng, wide=index % 2 == 1)
        for name, own in zip(box, corners, strict=True):
            if own and rng.random() < 0.3:
                point[name] = rng.choice(own)
            elif box[name].integer:
                point[name] = mp.floor(point[name])
        if not all(_inside(point[name], piece) for name, piece in box.items()):
            continue
        if not all(_true_at(fact, point) for fact in given):
            continue
        for side in (left, right):
            value_of(side, point)


def _attained(piece: Piece) -> list[Any]:
    ends = ((piece.low, piece.low_open), (piece.high, piece.high_open))
    return [_value(end) for end, is_open in ends if not is_open]


def _same_box(a: Box, b: Box) -> bool:
    return all(a[n].ends == b[n].ends and _not_looser(b[n], a[n]) for n in a) and len(a) == len(b)


def _not_looser(proved: Piece, domain: Piece) -> bool:
    """The proved piece may be larger than the domain's (integers relaxed), never smaller."""
    return proved.low_open <= domain.low_open and proved.high_open <= domain.high_open


def _fact(text: str) -> tuple[Term, str]:
    left, operator, right = _read_relation(text)
    minus = (
        _binary(right, ast.Sub(), left)
        if operator in ("<", "<=")
        else _binary(left, ast.Sub(), right)
    )
    return minus, operator.replace("<", ">")


def _binary(a: Term, operator: ast.operator, b: Term) -> Term:
    return ast.BinOp(left=a, op=operator, right=b)


def _check_identity(relation: str, boxes: Sequence[Box], rng: random.Random) -> None:
    left, operator, right = _read_relation(relation)
    if operator != "==":
        raise Rejected(f"{relation} is no identity")
    for box in boxes:
        if not _same(left, right, box, rng, POINTS):
            raise Rejected(f"{relation} fails at a random point")


def _check_relation(
    relation: str,
    box: Box,
    integers: set[str],
    facts: Sequence[tuple[Term, str]],
    tree: Any,
    rng: random.Random,
) -> None:
    if tree["rule"] == "integers":
        _check_integers(relation, box, integers, facts, tree, rng)
        return
    if tree["rule"] != "all":
        raise Rejected(f"unknown top rule {tree['rule']!r}")
    _, operator, _ = _read_relation(relation)
    goals = [(parse(goal["goal"]), goal["strict"]) for goal in tree["nodes"]]
    strict = operator in ("<", ">", "!=")
    if any(goal_strict < strict for _, goal_strict in goals):
        raise Rejected(f"{relation} is strict, its proof is not")
    _check_goals(relation, goals, box, rng)
    free = {name: piece for name, piece in box.items() if piece.low != piece.high}
    fixed = {name: piece.low for name, piece in box.items() if piece.low == piece.high}
    for goal in tree["nodes"]:
        walk = _Walk(rng, facts, fixed)
        walk.check(parse(goal["goal"]), goal["strict"], free, goal["node"])


def _check_goals(
    relation: str, goals: Sequence[tuple[Term, bool]], box: Box, rng: random.Random
) -> None:
    """The least of the goals is the gap of the relation, with one sign throughout."""
    left, operator, right = _read_relation(relation)
    gap, minus = _binary(left, ast.Sub(), right), _binary(right, ast.Sub(), left)
    size = ast.Call(func=ast.Name("Abs"), args=[gap], keywords=[])
    wanted = {
        "<": [minus], "<=": [minus], ">": [gap], ">=": [gap],
        "==": [ast.UnaryOp(op=ast.USub(), operand=size)], "!=": [gap, minus],
    }[operator]  # fmt: skip
    least = goals[0][0]
    if len(goals) > 1:
        least = ast.Call(func=ast.Name("Min"), args=[goal for goal, _ in goals], keywords=[])
    if not any(_same(least, term, box, rng, POINTS) for term in wanted):
        raise Rejected(f"the goals proved are not those of {relation}")


def _check_integers(
    relation: str,
    box: Box,
    integers: set[str],
    facts: Sequence[tuple[Term, str]],
    tree: Any,
    rng: random.Random,
) -> None:
    if tree["variable"] not in integers:
        raise Rejected(f"{tree['variable']} is not an integer: it has no cases")
    piece = box[tree["variable"]]
    low, high = int(_value(piece.low)), int(_value(piece.high))
    if tree["low"] != low or len(tree["nodes"]) != high - low + 1:
        raise Rejected(f"not every value of {tree['variable']} is covered")
    for value, node in zip(range(low, high + 1), tree["nodes"], strict=True):
        point = Piece(str(value), str(value), False, False)
        inner = {**box, tree["variable"]: point}
        _check_relation(relation, inner, integers, facts, node, rng)


# ------------------------------------------------------------------------------------- the walk


def _same(left: Term, right: Term, box: Box, rng: random.Random, points: int = 8) -> bool:
    ends = {name: piece.ends for name, piece in box.items()}
    if has_kink(left) or has_kink(right):
        points *= 8  # a formula that changes form somewhere takes many points
    seen = 0
    for index in range(points):
        point = random_point(ends, rng, wide=index % 2 == 1)
        try:
            if not equal_at(left, right, point):
                return False
            seen += 1
        except NotReal:
            continue
    return seen > 0 or not box


class _Walk:
    """One proof tree, checked from the goal down."""

    def __init__(
        self, rng: random.Random, facts: Sequence[tuple[Term, str]], fixed: Mapping[str, str]
    ) -> None:
        self.rng = rng
        self.facts = facts
        self.fixed = fixed

    def check(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        rule = node["rule"]
        if rule not in _RULES:
            raise Rejected(f"unknown rule {rule!r}")
        _RULES[rule](self, goal, strict, box, node)

    def same(self, left: Term, right: Term, box: Box, what: str) -> None:
        if not _same(left, right, box, self.rng):
            raise Rejected(f"{what}: two expressions that should be equal are not")

    def derivative(self, of: Term, by: str, is_: Term, box: Box, order: int = 1) -> None:
        """``is_`` is the derivative of ``of``, by 60-digit differences at random points."""
        ends = {name: piece.ends for name, piece in box.items()}
        for _ in range(4):
            point = random_point(ends, self.rng)
            with mp.workdps(DIGITS):
                place = point[by]

                def function(x: Any, point: Any = point) -> Any:
                    return value_of(of, {**point, by: x})

                try:
                    step = min(
                        mp.mpf(10) ** -12, abs(place) * mp.mpf(10) ** -12 + mp.mpf(10) ** -16
                    )
                    ahead, middle, behind = (function(place + k * step) for k in (1, 0, -1))
                    if order == 1:
                        numeric = (ahead - behind) / (2 * step)
                    else:
                        numeric = (ahead - 2 * middle + behind) / step**2
                    rounding = abs(middle) * mp.mpf(10) ** (5 - DIGITS) / step**order
                    stated = value_of(is_, point)
                except NotReal:
                    continue
                size = abs(stated) + abs(numeric) + mp.mpf(10) ** -6
                if abs(numeric - stated) > mp.mpf(10) ** -8 * size + rounding:
                    raise Rejected(f"the derivative in {by} is not what the certificate says")

    def range(self, goal: Term, strict: bool, box: Box, node: Any, depth: int = 5) -> None:
        """The goal's sign by mpmath's intervals, halving the box when they are too wide."""
        ends = {name: piece.ends for name, piece in box.items()}
        for _ in range(3):
            value = value_of(goal, random_point(ends, self.rng))
            if value < -TOLERANCE or (strict and value <= 0):
                raise Rejected("a step that should be positive is not, at a point")
        try:
            low = mp.mpf(interval_of(goal, {n: _iv(p) for n, p in box.items()}).a)
        except NotReal:
            low = mp.ninf
        if low > 0 or (low >= -TOLERANCE and not (strict and self.vanishes(goal, box))):
            return
        wide = [n for n, p in box.items() if "oo" not in p.low + p.high]
        if depth == 0 or not wide:
            raise Undecided("mpmath's intervals are too wide for a step")
        name = max(wide, key=lambda n: _value(box[n].high) - _value(box[n].low))
        for half in _halves(box[name], f"(({box[name].low}) + ({box[name].high}))/2"):
            self.range(goal, strict, {**box, name: half}, node, depth - 1)

    def vanishes(self, goal: Term, box: Box) -> bool:
        """Whether a non-negative goal is zero, or lower, where the box attains its ends."""
        attained = {name: _attained(piece) for name, piece in box.items()}
        ends = {name: piece.ends for name, piece in box.items()}
        for corner in islice(product(*(own or [None] for own in attained.values())), 256):
            for _ in range(2):
                point = random_point(ends, self.rng)
                point |= {n: v for n, v in zip(box, corner, strict=True) if v is not None}
                if value_of(goal, point) <= 0:
                    return True
        return False

    def rewrite(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        form = parse(node["to"])
        self.same(goal, form, box, "rewrite")
        self.check(form, strict, box, node["node"])

    def zero(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        if strict or box or abs(value_of(goal, {})) > mp.mpf(10) ** (10 - DIGITS):
            raise Rejected("a number said to be zero is not")

    def product(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        whole = parse(node["coefficient"])
        sign = mp.sign(value_of(whole, {}))
        for part in node["parts"]:
            factor, power, own_sign = parse(part["factor"]), part["power"], part["sign"]
            if not isinstance(power, int) or own_sign not in (1, -1):
                raise Rejected("a factor has no proper power or sign")
            whole = _binary(whole, ast.Mult(), _binary(factor, ast.Pow(), parse(str(power))))
            even = power % 2 == 0
            sign *= 1 if even else own_sign
            if part["node"] is None:
                if not even or power < 0 or strict:
                    raise Rejected("a factor's sign is not shown")
                continue
            self.check(_signed(factor, own_sign), strict or power < 0, box, part["node"])
        if sign <= 0:
            raise Rejected("the factors' signs do not make the product positive")
        self.same(goal, whole, box, "product")

    def smt(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        ends = {n: (p.low, p.high, p.low_open, p.high_open) for n, p in box.items()}
        given = [(fact, kind) for fact, kind in self.facts if _names(fact) <= set(ends)]
        if not is_plain_smtlib(node["smtlib"]):
            raise Rejected("the stored SMT-LIB is more than declarations and assertions")
        own = cvc5_answers(to_smtlib(goal, strict, ends, given))
        stored = cvc5_answers(node["smtlib"])
        if "sat" in (own, stored):
            raise Rejected("cvc5 finds a counterexample to a polynomial step")
        if "unknown" in (own, stored):
            raise Undecided("cvc5 cannot decide a polynomial step")

    def substitute(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        new, piece = node["new"], _read_piece(node["domain"])
        if new in box or new in self.fixed or not _NAME.fullmatch(new) or new in _RESERVED:
            raise Rejected(f"{new!r} is no name for a new variable")
        inner = {n: p for n, p in box.items() if n != node["variable"]} | {new: piece}
        by, to = parse(node["by"]), parse(node["to"])
        old = box[node["variable"]]
        self.same(replaced(goal, node["variable"], by), to, inner, "substitution")
        for index in range(8):
            point = random_point({new: piece.ends}, self.rng, wide=index % 2 == 1)
            if not _inside(value_of(by, point), Piece(old.low, old.high, False, False)):
                raise Rejected("a substitution leaves the domain")
        _check_onto(by, new, piece, old)
        self.check(to, strict, inner, node["node"])

    def slide(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        name, direction = node["variable"], node["direction"]
        piece = box[name]
        others = {n: p for n, p in box.items() if n != name}
        slope = parse(node["slope"])
        if direction not in (1, -1):
            raise Rejected("a slide has no proper direction")
        self.derivative(goal, name, _signed(slope, direction), box)
        end_open = piece.low_open if direction > 0 else piece.high_open
        if node["strict"] and not end_open:
            raise Rejected("a strict slope proves nothing at an attained end")
        self.check(slope, node["strict"], {**box, name: piece.opened()}, node["nodes"][0])
        face = None if node["face"] == "oo" else parse(node["face"])
        _check_face(goal, face, name, piece, direction, others, self.rng)
        if face is not None:
            strict_face = strict and not node["strict"]
            self.check(face, strict_face, _mentioned(face, others), node["nodes"][1])

    def minimum(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        name = node["variable"]
        piece = box[name]
        others = {n: p for n, p in box.items() if n != name}
        place, factor = parse(node["place"]), parse(node["factor"])
        value = parse(node["value"])
        bottom, *inside = node["nodes"]
        self.same(replaced(goal, name, place), value, others, "minimum")
        for _ in range(6):
            point = random_point({n: p.ends for n, p in others.items()}, self.rng)
            at = value_of(place, point)
            if not _inside(at, Piece(piece.low, piece.high, False, False)):
                raise Rejected("a stationary point lies outside the domain")
            if node["kind"] == "convex":
                self.stationary(goal, {**point, name: at}, name)
        if node["kind"] == "convex":
            self.derivative(goal, name, factor, box, order=2)
        elif node["kind"] == "crossing":
            slope = _binary(_binary(parse(name), ast.Sub(), place), ast.Mult(), factor)
            self.derivative(goal, name, slope, box)
        else:
            raise Rejected(f"unknown kind of minimum {node['kind']!r}")
        self.check(factor, False, {**box, name: piece.opened()}, node["slope_node"])
        gaps = (
            _binary(place, ast.Sub(), parse(piece.low)), _binary(parse(piece.high), ast.Sub(), place)
        )  # fmt: skip
        for term, end, child in zip(gaps, piece.ends, inside, strict=True):
            if end not in ("oo", "-oo"):
                self.check(term, False, _mentioned(term, others), child)
        self.check(value, strict, _mentioned(value, others), bottom)

    def stationary(self, goal: Term, point: Mapping[str, Any], name: str) -> None:
        """Around a minimum the values on both sides rise alike; a slope would tilt them."""
        step = mp.mpf(10) ** -20 * (1 + abs(point[name]))
        try:
            ahead, middle, behind = (
                value_of(goal, {**point, name: point[name] + k * step}) for k in (1, 0, -1)
            )
        except NotReal:
            return
        bend = abs(ahead - middle) + abs(behind - middle)
        if abs(ahead - behind) > mp.mpf("1e-3") * bend + mp.mpf(10) ** (8 - DIGITS) * abs(middle):
            raise Rejected("a stationary point is not stationary")

    def logarithm(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        large, small, to = (parse(node[key]) for key in ("large", "small", "to"))
        self.same(goal, _binary(large, ast.Sub(), small), box, "logarithm")
        logs = [ast.Call(func=ast.Name("log"), args=[side], keywords=[]) for side in (large, small)]
        self.same(_binary(logs[0], ast.Sub(), logs[1]), to, box, "logarithm")
        child, *sides = node["nodes"]
        self.check(to, strict, box, child)
        for side, tree in zip((large, small), sides, strict=True):
            self.check(side, True, _mentioned(side, box), tree)

    def split(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        piece = box[node["variable"]]
        halves = _halves(piece, node["at"])
        if not (_value(piece.low) <= _value(node["at"]) <= _value(piece.high)):
            raise Rejected("a box is cut outside itself")
        if len(node["nodes"]) != 2:
            raise Rejected("a half of a box is missing")
        for half, child in zip(halves, node["nodes"], strict=True):
            self.check(goal, strict, {**box, node["variable"]: half}, child)

    def faces(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        collapsed = dict(box)
        for name, side in node["faces"].items():
            slope = parse(node["slopes"][name])
            self.derivative(goal, name, slope, box)
            if side not in ("low", "high"):
                raise Rejected("a face has no proper side")
            self.range(_signed(slope, 1 if side == "low" else -1), False, box, node)
            end = box[name].low if side == "low" else box[name].high
            collapsed[name] = Piece(end, end, False, False)
        self.range(goal, strict, collapsed, node)


_RULES = {
    "range": _Walk.range,
    "rewrite": _Walk.rewrite,
    "zero": _Walk.zero,
    "product": _Walk.product,
    "smt": _Walk.smt,
    "substitute": _Walk.substitute,
    "slide": _Walk.slide,
    "minimum": _Walk.minimum,
    "logarithm": _Walk.logarithm,
    "split": _Walk.split,
    "faces": _Walk.faces,
}


def _signed(term: Term, sign: int) -> Term:
    return term if sign > 0 else ast.UnaryOp(op=ast.USub(), operand=term)


def _names(term: Term) -> set[str]:
    return {n.id for n in ast.walk(term) if isinstance(n, ast.Name)} - {"pi", "E", "oo"}


def _mentioned(term: Term, box: Box) -> Box:
    names = _names(term)
    return {name: piece for name, piece in box.items() if name in names}


def _iv(piece: Piece) -> Any:
    ends = []
    for text in piece.ends:
        if text in ("oo", "-oo"):
            ends.append(iv.mpf("inf" if text == "oo" else "-inf"))
        else:
            ends.append(interval_of(parse(text), {}))
    return iv.mpf([ends[0].a, ends[1].b])


def _halves(piece: Piece, cut: str) -> tuple[Piece, Piece]:
    return (
        Piece(piece.low, cut, piece.low_open, False),
        Piece(cut, piece.high, False, piece.high_open),
    )


def _check_onto(by: Term, new: str, piece: Piece, old: Piece) -> None:
    """The substitution is increasing and carries the ends of the new interval to those of the old."""
    for new_end, old_end, towards in ((piece.low, old.low, 1), (piece.high, old.high, -1)):
        goal = _value(old_end)
        trail = [value_of(by, {new: t}) for t in _approach(_value(new_end), towards)]
        if mp.isinf(goal):
            if not (abs(trail[-1]) > abs(trail[0]) and mp.sign(trail[-1]) == mp.sign(goal)):
                raise Rejected("a substitution does not cover the domain")
        elif abs(trail[-1] - goal) > mp.mpf(10) ** -3 * (1 + abs(goal)):
            raise Rejected("a substitution does not cover the domain")


def _approach(end: Any, towards: int) -> list[Any]:
    """Points that go to an end from inside; ``towards`` = 1 for a low end."""
    with mp.workdps(DIGITS):
        if mp.isinf(end):
            return [-towards * mp.mpf(10) ** k for k in (1, 3, 8, 30)]
        steps = (3, 20, 100, 1000) if end == 0 else (3, 8, 16, 28)
        return [end + towards * mp.mpf(10) ** -k for k in steps]


def _check_face(
    goal: Term,
    face: Term | None,
    name: str,
    piece: Piece,
    direction: int,
    others: Box,
    rng: random.Random,
) -> None:
    """The value (or limit) of the goal at an end of a variable, followed to the end numerically."""
    end = _value(piece.low if direction > 0 else piece.high)
    for _ in range(4):
        point = random_point({n: p.ends for n, p in others.items()}, rng)
        if face is not None and mp.isfinite(end):
            at_end = replaced(goal, name, parse(piece.low if direction > 0 else piece.high))
            try:
                if equal_at(at_end, face, point):
                    continue
                raise Rejected(f"the value at the end of {name} is not what the certificate says")
            except NotReal:
                pass  # no value there: it is a limit
        _follow(goal, face, name, end, direction, point)


def _follow(
    goal: Term, face: Term | None, name: str, end: Any, direction: int, point: Mapping[str, Any]
) -> None:
    trail = []
    for place in _approach(end, direction):
        try:
            trail.append(value_of(goal, {**point, name: place}, 400))
        except NotReal:
            continue
    if len(trail) < 2:
        raise Undecided(f"the expression cannot be followed to the end of {name}")
    if face is None:
        if not (trail[-1] > trail[0] and trail[-1] > 1):
            raise Rejected(f"a limit said to be infinite in {name} is not")
        return
    target = value_of(face, point)
    gaps = [abs(value - target) for value in trail]
    small = mp.mpf(10) ** -6 * (1 + abs(target))
    if gaps[-1] <= small:
        return
    if gaps[-1] >= gaps[-2] or gaps[-1] >= gaps[0]:
        raise Rejected(f"a limit in {name} is not what the certificate says")
    raise Undecided(f"a limit in {name} is approached too slowly to be seen")

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
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

from mpmath import mp

from ..certificate import FAILS, STATUSES, Certificate, digest
from ..computation import ENGINES, Finding, find_check
from .agreement import POINTS, agree, compare, same
from .faithful import as_written, check_written
from .following import check_face
from .holes import hole
from .partial import Shown, require_defined
from .reading import (
    NAME,
    RESERVED,
    Box,
    Piece,
    Rejected,
    Undecided,
    all_pieces,
    combine,
    holds_exactly,
    inside,
    is_inside,
    points_near,
    points_of,
    read_piece,
    read_relation,
    true_at,
)
from .second_opinion import (
    DIGITS,
    NotReal,
    Term,
    end_value,
    parse,
    surely_undefined,
    time_is_up,
    value_of,
)
from .walk import Walk

__all__ = ["Verdict", "agree_to_sixty_digits", "recheck"]

_UNREADABLE = (
    LookupError, TypeError, SyntaxError, ValueError, AttributeError, ArithmeticError, RecursionError,
    MemoryError,
)  # fmt: skip
"""What evidence that is no evidence may raise."""


Values = Mapping[str, str] | None
"""The witness of the hypotheses, if there are any."""


class Verdict(NamedTuple):
    """``status``: confirmed, undecided or rejected; ``reason`` names the first step that failed."""

    status: str
    reason: str = ""


def recheck(certificate: Certificate, *, seed: int = 0) -> Verdict:
    """Check a certificate, and all its parts, with the second engines."""
    undecided = ""
    with mp.workdps(DIGITS + 15):
        for part, reason in _leaves(certificate):
            try:
                if reason:
                    raise Rejected(reason)
                _check_certificate(part, _generator(part, seed))
            except (Rejected, NotReal) as error:
                return Verdict("rejected", f"{part.name}: {error}")
            except Undecided as error:
                undecided = undecided or f"{part.name}: {error}"
            except _UNREADABLE as error:
                return Verdict("rejected", f"{part.name}: the evidence cannot be read ({error})")
    return Verdict("undecided", undecided) if undecided else Verdict("confirmed")


def _generator(certificate: Certificate, seed: int) -> random.Random:
    """Points that depend on what is certified: a certificate cannot be made to fit them."""
    return random.Random(f"{seed} {digest(certificate.without_seconds().to_dict())}")


def agree_to_sixty_digits(left: str, right: str, domains: Mapping[str, str], seed: int = 0) -> bool:
    """Whether two expressions agree at random rationals of the domain, to 60 digits."""
    rng = random.Random(seed)
    pieces = all_pieces(domains)
    with mp.workdps(DIGITS + 15):
        return all(
            same(parse(left), parse(right), dict(zip(pieces, own, strict=True)), rng, POINTS)
            for own in product(*pieces.values())
        )


def _leaves(certificate: Certificate) -> Iterator[tuple[Certificate, str]]:
    """Every part without parts of its own, with a reason to reject it if the whole says too much."""
    reason = ""
    if certificate.parts:
        own = (
            certificate.claim, certificate.domain, certificate.given, certificate.written,
            certificate.evidence, certificate.counterexample,
        )  # fmt: skip
        if any(own):
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
        if not NAME.fullmatch(name) or name in RESERVED:
            raise Rejected(f"{name!r} is no name for a variable")
    if certificate.status != "refuted" and certificate.evidence.get("kind") != "failure":
        check_written(
            certificate, _boxes(certificate), rng
        )  # a counterexample is to what was written
    if certificate.evidence.get("kind") == "computed":
        _check_computed(certificate)
    elif certificate.status == "cited":
        return  # a reference to the literature: nothing was claimed that could be checked
    elif certificate.status == "refuted" and certificate.claim[0].startswith(FAILS):
        relations = certificate.claim[0].removeprefix(FAILS).split(" and ")
        _check_certificate(
            replace(certificate, status="proved", claim=tuple(relations), counterexample=None), rng
        )
    elif certificate.status == "refuted" and certificate.evidence.get("kind") == "limit":
        _check_no_limit(certificate, rng)
    elif certificate.status == "refuted":
        _check_counterexample(certificate)
    elif certificate.status == "proved":
        if certificate.evidence["kind"] != "failure":
            _check_witness(certificate)
        {
            "tree": _check_cases,
            "enumeration": _check_enumeration,
            "limit": _check_limit,
            "failure": _check_failure,
        }[certificate.evidence["kind"]](certificate, rng)
    elif certificate.status == "checked" and certificate.evidence.get("kind") == "limit":
        _check_limit(certificate, rng)
    elif certificate.status == "checked":
        for relation in certificate.claim:
            _check_identity(relation, _boxes(certificate), rng)
            for box in _boxes(certificate):
                _check_defined(as_written(certificate, relation), box, certificate.given, rng)
    else:
        raise Undecided(f"its status is {certificate.status}")


def _check_witness(certificate: Certificate) -> None:
    """Hypotheses need a point where they hold, or they would prove anything."""
    if not certificate.given:
        return
    witness = certificate.evidence["witness"]
    for name, pieces in all_pieces(certificate.domain).items():
        if not any(is_inside(witness[name], piece) for piece in pieces):
            raise Rejected(f"the witness of the hypotheses has {name} outside its domain")
    for fact in certificate.given:
        if not holds_exactly(fact, witness):
            raise Rejected(f"the witness of the hypotheses does not satisfy {fact}")


def _check_computed(certificate: Certificate) -> None:
    """The check's second function comes to the same verdict from the claim and the evidence."""
    evidence = certificate.evidence
    own, parameters = find_check(evidence["check"]), evidence["parameters"]
    if tuple(certificate.claim) != (own.words(parameters),) or certificate.given:
        raise Rejected(f"{own.name} does not claim {certificate.claim}")
    holds = certificate.status != "refuted"
    if holds and certificate.status != ENGINES[own.engine]:
        raise Rejected(f"{own.engine} does not make a claim {certificate.status}")
    told = certificate.counterexample or {}
    finding = Finding(holds, evidence["found"], certificate.detail, told.get("text", ""))
    reason = own.again(finding, **parameters)
    if reason:
        raise Rejected(reason)


def _check_failure(certificate: Certificate, rng: random.Random) -> None:
    """That a claim fails is proved by a point where it does."""
    del rng
    claims = [text.removeprefix(FAILS) for text in certificate.claim]
    if len(claims) != 1 or claims == list(certificate.claim):
        raise Rejected("the evidence is a counterexample, the claim is not that one exists")
    relations = tuple(claims[0].split(" and "))
    found = certificate.evidence["point"]
    _check_counterexample(replace(certificate, claim=relations, counterexample=found))


def _boxes(certificate: Certificate) -> list[Box]:
    pieces = all_pieces(certificate.domain)
    return [dict(zip(pieces, own, strict=True)) for own in product(*pieces.values())]


def _check_counterexample(certificate: Certificate) -> None:
    found = certificate.counterexample
    if not found:
        raise Rejected("refuted without a counterexample")
    if found["relation"] not in certificate.claim:
        raise Rejected("the counterexample is to another relation")
    for name, pieces in all_pieces(certificate.domain).items():
        if not any(is_inside(found["values"][name], piece) for piece in pieces):
            raise Rejected(f"the counterexample's {name} lies outside the domain")
    for fact in certificate.given:
        if not holds_exactly(fact, found["values"]):
            raise Rejected(f"the counterexample does not satisfy {fact}")
    try:
        if holds_exactly(as_written(certificate, found["relation"]), found["values"]):
            if "undefined" in found:
                raise Undecided(f"SymPy cancelled {found['undefined']}, which has no value there")
            raise Rejected("the claim holds at the counterexample")
    except NotReal:
        if "undefined" not in found:
            raise Rejected("the counterexample is not in the domain of the claim") from None


def _check_enumeration(certificate: Certificate, rng: random.Random) -> None:
    del rng
    ranges = {
        name: [value for piece in own for value in _members(piece)]
        for name, own in all_pieces(certificate.domain).items()
    }
    points = list(product(*ranges.values()))
    if len(points) != certificate.evidence["count"]:
        raise Rejected(
            f"{certificate.evidence['count']} cases stored, the domain has {len(points)}"
        )
    for values in points:
        if time_is_up():
            raise Undecided("the time is up")
        point = {name: end_value(str(v)) for name, v in zip(ranges, values, strict=True)}
        if all(true_at(fact, point) for fact in certificate.given):
            for relation in certificate.claim:
                if not true_at(relation, point):
                    raise Rejected(f"{relation} fails at {dict(zip(ranges, values, strict=True))}")


def _members(piece: Piece) -> list[str]:
    if piece.low == piece.high:
        return [piece.low]
    if not piece.integer:
        raise Rejected("an interval of reals cannot be enumerated")
    return [
        str(value) for value in range(int(end_value(piece.low)), int(end_value(piece.high)) + 1)
    ]


_LIMIT = re.compile(r"^limit of (.*) as (\w+) -> (\S+) is (.*)$", re.DOTALL)


def _check_limit(certificate: Certificate, rng: random.Random) -> None:
    found = _LIMIT.match(certificate.claim[0])
    if not found or len(certificate.claim) > 1 or certificate.given:
        raise Rejected(f"{certificate.claim} is not a limit")
    expression, variable, point, value = found.groups()
    pieces = all_pieces(certificate.domain)
    low_end = certificate.evidence["end"] == "low"
    piece = pieces[variable][0 if low_end else -1]
    if end_value(piece.low if low_end else piece.high) != end_value(point):
        raise Rejected(f"{point} is not that end of the domain of {variable}")
    direction = 1 if low_end else -1
    goal = parse(f"-({expression})" if value == "-oo" else expression)
    target = None if value in ("oo", "-oo") else parse(value)
    names = [name for name in pieces if name != variable]
    for own in product(*(pieces[name] for name in names)):
        others = dict(zip(names, own, strict=True))
        check_face(goal, target, variable, piece, direction, others, rng)


def _check_no_limit(certificate: Certificate, rng: random.Random) -> None:
    """The limit is another one, and that one differs from the value claimed at the point given."""
    found = _LIMIT.match(certificate.claim[0])
    other = certificate.evidence["limit"]
    if not found:
        raise Rejected(f"{certificate.claim[0]!r} is not a limit")
    start, claimed = certificate.claim[0][: found.start(4)], found[4]
    _check_limit(replace(certificate, claim=(start + other,)), rng)
    if other in ("oo", "-oo"):
        if claimed == other:
            raise Rejected("the limit is the one claimed")
        return
    values = (certificate.counterexample or {})["values"]
    point = {name: end_value(text) for name, text in values.items()}
    if abs(value_of(parse(other), point) - value_of(parse(claimed), point)) < mp.mpf(10) ** -DIGITS:
        raise Rejected("the limit is the one claimed")


def _check_cases(certificate: Certificate, rng: random.Random) -> None:
    boxes = _boxes(certificate)
    facts = [_fact(text) for text in certificate.given]
    pending = {(relation, index) for relation in certificate.claim for index in range(len(boxes))}
    shown: list[Shown] = []
    for case in certificate.evidence["cases"]:
        relation = case["relation"]
        if case["tree"]["rule"] == "identity":
            _check_identity(relation, boxes, rng)
            pending -= {(relation, index) for index in range(len(boxes))}
            continue
        box = {name: read_piece(text) for name, text in case["box"].items()}
        index = next((i for i, own in enumerate(boxes) if _same_box(own, box)), None)
        if index is None:
            raise Rejected(f"the box {case['box']} is not part of the domain")
        integers = {name for name, piece in boxes[index].items() if piece.integer}
        near = certificate.evidence["witness"]
        _check_relation(relation, box, integers, facts, case["tree"], near, rng)
        pending.discard((relation, index))
        left, sign, right = read_relation(relation)
        if ast.unparse(right) == "0":
            shown.append(Shown(left, sign, boxes[index]))
    if pending:
        raise Rejected(f"{len(pending)} part(s) of the claim have no proof: {min(pending)[0]}")
    for relation in (*certificate.claim, *certificate.given):
        text = as_written(certificate, relation)
        plain = bool(certificate.written) and text in certificate.written
        require_defined(text, boxes, shown, rng, by_factors=not plain)
        if text != relation:
            _check_also_defined(relation, boxes, shown, certificate.given, rng)


def _check_also_defined(
    relation: str,
    boxes: Sequence[Box],
    shown: list[Shown],
    given: Sequence[str],
    rng: random.Random,
) -> None:
    """SymPy's own form of a relation, whose parts need not be those that were written."""
    try:
        require_defined(relation, boxes, shown, rng, by_factors=True)
    except Rejected:
        for box in boxes:
            _check_defined(relation, box, given, rng)


def _check_defined(relation: str, box: Box, given: Sequence[str], rng: random.Random) -> None:
    """Both sides are real numbers at points all over the box, its attained ends among them."""
    left, _, right = read_relation(relation)
    seen: list[Mapping[str, Any]] = []
    for point in points_of(box, rng, 40):
        if not _feasible(point, box, given):
            continue
        for side in (left, right):
            if surely_undefined(side, point):
                raise Rejected(f"{ast.unparse(side)} is not a real number at some point")
        seen.append(point)
    where = hole([left, right], seen, lambda point: _feasible(point, box, given))
    if where is not None:
        raise Rejected(f"{relation}: a part has no value at {where}")


def _feasible(point: Mapping[str, Any], box: Box, given: Sequence[str]) -> bool:
    inside_box = all(inside(point[name], piece) for name, piece in box.items())
    return inside_box and all(true_at(fact, point) for fact in given)


def _same_box(a: Box, b: Box) -> bool:
    return all(a[n].ends == b[n].ends and _not_looser(b[n], a[n]) for n in a) and len(a) == len(b)


def _not_looser(proved: Piece, domain: Piece) -> bool:
    """The proved piece may be larger than the domain's (integers relaxed), never smaller."""
    return proved.low_open <= domain.low_open and proved.high_open <= domain.high_open


def _fact(text: str) -> tuple[Term, str]:
    left, operator, right = read_relation(text)
    minus = (
        combine(right, ast.Sub(), left)
        if operator in ("<", "<=")
        else combine(left, ast.Sub(), right)
    )
    if operator == "!=":  # the engine uses it as an inequality
        return combine(minus, ast.Mult(), minus), ">"
    return minus, operator.replace("<", ">")


def _check_identity(relation: str, boxes: Sequence[Box], rng: random.Random) -> None:
    left, operator, right = read_relation(relation)
    if operator != "==":
        raise Rejected(f"{relation} is no identity")
    for box in boxes:
        if not same(left, right, box, rng, POINTS):
            raise Rejected(f"{relation} fails at a random point")


def _check_relation(
    relation: str,
    box: Box,
    integers: set[str],
    facts: Sequence[tuple[Term, str]],
    tree: Any,
    near: Values,
    rng: random.Random,
) -> None:
    if tree["rule"] == "integers":
        _check_integers(relation, box, integers, facts, tree, near, rng)
        return
    if tree["rule"] != "all":
        raise Rejected(f"unknown top rule {tree['rule']!r}")
    _, operator, _ = read_relation(relation)
    goals = [(parse(goal["goal"]), goal["strict"]) for goal in tree["nodes"]]
    strict = operator in ("<", ">", "!=")
    if any(goal_strict < strict for _, goal_strict in goals):
        raise Rejected(f"{relation} is strict, its proof is not")
    _check_goals(relation, goals, box, near, rng)
    free = {name: piece for name, piece in box.items() if piece.low != piece.high}
    fixed = {name: piece.low for name, piece in box.items() if piece.low == piece.high}
    for goal in tree["nodes"]:
        walk = Walk(rng, facts, fixed)
        walk.check(parse(goal["goal"]), goal["strict"], free, goal["node"])


def _check_goals(
    relation: str, goals: Sequence[tuple[Term, bool]], box: Box, near: Values, rng: random.Random
) -> None:
    """The least of the goals is the gap of the relation, with one sign throughout."""
    left, operator, right = read_relation(relation)
    gap, minus = combine(left, ast.Sub(), right), combine(right, ast.Sub(), left)
    size = ast.Call(func=ast.Name("Abs"), args=[gap], keywords=[])
    wanted = {
        "<": [minus], "<=": [minus], ">": [gap], ">=": [gap],
        "==": [ast.UnaryOp(op=ast.USub(), operand=size)], "!=": [gap, minus],
    }[operator]  # fmt: skip
    least = goals[0][0]
    if len(goals) > 1:
        least = ast.Call(func=ast.Name("Min"), args=[goal for goal, _ in goals], keywords=[])
    answers = [compare(least, term, box, rng, POINTS) for term in wanted]
    if answers == [None] * len(wanted) and near:  # hypotheses leave little of the box
        places = list(points_near(near, box, rng))
        answers = [agree(least, term, places) for term in wanted]
    if True not in answers:
        raise Rejected(f"the goals proved are not those of {relation}")


def _check_integers(
    relation: str,
    box: Box,
    integers: set[str],
    facts: Sequence[tuple[Term, str]],
    tree: Any,
    near: Values,
    rng: random.Random,
) -> None:
    if tree["variable"] not in integers:
        raise Rejected(f"{tree['variable']} is not an integer: it has no cases")
    piece = box[tree["variable"]]
    low, count = int(end_value(piece.low)), len(tree["nodes"])
    endless = piece.high == "oo" and count > 1  # the last case is then the rest, as reals
    if tree["low"] != low or not (endless or low + count - 1 == end_value(piece.high)):
        raise Rejected(f"not every value of {tree['variable']} is covered")
    cases = [Piece(str(low + i), str(low + i), False, False) for i in range(count)]
    if endless:
        cases[-1] = Piece(cases[-1].low, "oo", False, True)
    for case, node in zip(cases, tree["nodes"], strict=True):
        inner = {**box, tree["variable"]: case}
        _check_relation(relation, inner, integers, facts, node, near, rng)

"""Checking a certificate again with the second engines: every step of its tree, from the claim down.

The walk starts at the claim as written, derives what each step must show, and decides it: ranges by
intervals, polynomial problems by cvc5, identities and derivatives by normal form, limits by expansions.
`confirmed`: every step was decided. `sampled`: every step passed, but some were only compared, at points or
as numbers that a second computation comes to; a reader is told that it agrees, not that it is confirmed.
`undecided`: the second engine was too weak for a step, and no step was found false. `rejected`: a step is
false.
"""

import ast
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

from mpmath import mp

from ..certificate import FAILS, STATUSES, Certificate, digest
from ..computation import ENGINES, Finding, find_check
from .agreement import POINTS, Answer, Judge
from .cases import boxes_of, check_cases, check_defined, check_identity
from .clock import time_is_up
from .faithful import as_written, check_written
from .following import check_face
from .reading import NAME, RESERVED, Box, Piece, Rejected, Undecided, all_pieces, combine
from .second_opinion import DIGITS, NotReal, end_value, parse
from .sums.checking import check_all_classes

__all__ = ["UNREADABLE", "Verdict", "agree_to_sixty_digits", "recheck"]

UNREADABLE = (
    LookupError, TypeError, SyntaxError, ValueError, AttributeError, ArithmeticError, RecursionError,
    MemoryError, AssertionError,
)  # fmt: skip
"""What evidence that is no evidence may raise."""


class Verdict(NamedTuple):
    """What the second engines say of a certificate.

    ``status``: confirmed, sampled, undecided or rejected; ``reason`` names the first step that failed;
    ``sampled`` holds a line for each step that was only compared, ``points`` at how many points at
    least, where that is known; ``claim`` is what was checked; ``cited`` counts steps of which nothing
    was.
    """

    status: str
    reason: str = ""
    sampled: tuple[str, ...] = ()
    claim: str = ""
    points: int = 0
    cited: int = 0

    @property
    def says(self) -> str:
        """The verdict for a reader: 'confirmed' only where everything was decided."""
        if self.status == "sampled":
            return f"agrees at {self.points} points" if self.points else "agrees"
        if self.status == "confirmed" and self.cited:
            return f"confirmed but for {self.cited} cited"
        return self.status

    def __str__(self) -> str:
        text = f"{self.says}: {self.reason}" if self.reason else self.says
        if not self.sampled:
            return text
        passed = "every step passed, but these" if self.status == "sampled" else "these"
        return "\n".join((f"{text}: {passed} were only compared", *self.sampled))


def recheck(certificate: Certificate, *, seed: int = 0) -> Verdict:
    """Check a certificate, and all its parts, with the second engines."""
    return _recheck(certificate, seed)._replace(claim=_says(certificate))


def _says(certificate: Certificate) -> str:
    try:
        return certificate.says()
    except UNREADABLE:
        return ""  # what cannot be read is rejected


def _recheck(certificate: Certificate, seed: int) -> Verdict:
    undecided = ""
    sampled: dict[str, None] = {}
    points: list[int] = []
    cited = 0
    with mp.workdps(DIGITS + 15):
        for part, reason in _leaves(certificate):
            judge = Judge(_generator(part, seed))
            try:
                if part.status != "refuted" and part.counterexample:
                    raise Rejected("a counterexample to what is not refuted")
                if reason:
                    raise Rejected(reason)
                _check_certificate(part, judge)
            except (Rejected, NotReal) as error:
                return Verdict("rejected", f"{part.name}: {error}")
            except Undecided as error:
                undecided = undecided or f"{part.name}: {error}"
            except UNREADABLE as error:
                return Verdict("rejected", f"{part.name}: the evidence cannot be read ({error})")
            sampled |= {f"{part.name}: {line}": None for line in judge.sampled}
            points += [judge.points] if judge.sampled and judge.points else []
            cited += part.status == "cited"
    status = "undecided" if undecided else "sampled" if sampled else "confirmed"
    return Verdict(status, undecided, tuple(sampled), points=min(points, default=0), cited=cited)


def _generator(certificate: Certificate, seed: int) -> random.Random:
    """Points that depend on what is certified: a certificate cannot be made to fit them."""
    return random.Random(f"{seed} {digest(certificate.bare().to_dict())}")


def agree_to_sixty_digits(left: str, right: str, domains: Mapping[str, str], seed: int = 0) -> bool:
    """Whether nothing that the second engine looks at tells two expressions apart on the domain.

    At random rationals, to 60 digits and, at some, to 300; where they are not equal to so many, intervals
    of up to 3600 digits would have to exclude each other.
    """
    judge = Judge(random.Random(seed))
    pieces = all_pieces(domains)
    with mp.workdps(DIGITS + 15):
        return all(
            judge.compare(parse(left), parse(right), dict(zip(pieces, box, strict=True)), POINTS)
            in (Answer.EQUAL, Answer.SAMPLED)
            for box in product(*pieces.values())
        )


def _leaves(certificate: Certificate) -> Iterator[tuple[Certificate, str]]:
    """Every part without parts of its own, with a reason to reject it if the whole says too much."""
    reason = ""
    if certificate.parts:
        claims = (
            certificate.claim, certificate.domain, certificate.given, certificate.written,
            certificate.evidence, certificate.counterexample,
        )  # fmt: skip
        if any(claims):
            reason = "a certificate of parts has a claim of its own"
        elif STATUSES.index(certificate.status) > min(
            STATUSES.index(part.status) for part in certificate.parts
        ):
            reason = f"{certificate.status}, but its parts are not"
        for part in certificate.parts:
            yield from _leaves(part)
    if reason or not certificate.parts:
        yield certificate, reason


def _check_certificate(certificate: Certificate, judge: Judge) -> None:
    for name in certificate.domain:
        if not NAME.fullmatch(name) or name in RESERVED:
            raise Rejected(f"{name!r} is no name for a variable")
    if certificate.evidence.get("kind") == "classes":
        check_all_classes(certificate, judge, _check_certificate)
        return
    if certificate.status != "cited" and not certificate.claim:
        raise Rejected("nothing is claimed")
    if certificate.status != "refuted" and certificate.evidence.get("kind") != "failure":
        check_written(certificate, boxes_of(certificate), judge)
    if certificate.evidence.get("kind") == "computed":
        _check_computed(certificate, judge)
    elif certificate.status == "cited":
        return  # a reference to the literature: nothing was claimed that could be checked
    elif certificate.status == "refuted" and certificate.claim[0].startswith(FAILS):
        relations = certificate.claim[0].removeprefix(FAILS).split(" and ")
        _check_certificate(
            replace(certificate, status="proved", claim=tuple(relations), counterexample=None),
            judge,
        )
    elif certificate.status == "refuted" and certificate.evidence.get("kind") == "limit":
        _check_no_limit(certificate, judge)
    elif certificate.status == "refuted":
        _check_counterexample(certificate, judge)
    elif certificate.status == "proved":
        if certificate.evidence["kind"] != "failure":
            _check_witness(certificate, judge)
        {
            "tree": check_cases,
            "enumeration": _check_enumeration,
            "limit": _check_limit,
            "failure": _check_failure,
        }[certificate.evidence["kind"]](certificate, judge)
    elif certificate.status == "checked":
        for relation in certificate.claim:
            check_identity(relation, boxes_of(certificate), judge)
            for box in boxes_of(certificate):
                check_defined(as_written(certificate, relation), box, certificate.given, judge)
    else:
        raise Undecided(f"its status is {certificate.status}")


def _check_witness(certificate: Certificate, judge: Judge) -> None:
    """Hypotheses need a point where they hold, or they would prove anything."""
    if not certificate.given:
        return
    witness = certificate.evidence["witness"]
    for name, pieces in all_pieces(certificate.domain).items():
        if not any(judge.is_inside(witness[name], piece) for piece in pieces):
            raise Rejected(f"the witness of the hypotheses has {name} outside its domain")
    for fact in certificate.given:
        if not judge.holds(fact, witness):
            raise Rejected(f"the witness of the hypotheses does not satisfy {fact}")


def _check_computed(certificate: Certificate, judge: Judge) -> None:
    """The check's second function comes to the same verdict from the claim and the evidence.

    Of quadrature and samples that is an agreement of numbers, and is noted as one.
    """
    evidence = certificate.evidence
    check, parameters = find_check(evidence["check"]), evidence["parameters"]
    if tuple(certificate.claim) != (check.words(parameters),) or certificate.given:
        raise Rejected(f"{check.name} does not claim {certificate.claim}")
    holds = certificate.status != "refuted"
    if holds and certificate.status != ENGINES[check.engine]:
        raise Rejected(f"{check.engine} does not make a claim {certificate.status}")
    told = certificate.counterexample or {}
    finding = Finding(holds, evidence["found"], certificate.detail, told.get("text", ""))
    reason = check.again(finding, **parameters)
    if reason:
        raise Rejected(reason)
    if ENGINES[check.engine] == "checked":
        judge.note(f"numbers of {check.name}, computed again")


def _check_failure(certificate: Certificate, judge: Judge) -> None:
    """That a claim fails is proved by a point where it does."""
    claims = [text.removeprefix(FAILS) for text in certificate.claim]
    if len(claims) != 1 or claims == list(certificate.claim):
        raise Rejected("the evidence is a counterexample, the claim is not that one exists")
    relations = tuple(claims[0].split(" and "))
    found = certificate.evidence["point"]
    _check_counterexample(replace(certificate, claim=relations, counterexample=found), judge)


def _check_counterexample(certificate: Certificate, judge: Judge) -> None:
    found = certificate.counterexample
    if not found:
        raise Rejected("refuted without a counterexample")
    if found["relation"] not in certificate.claim:
        raise Rejected("the counterexample is to another relation")
    for name, pieces in all_pieces(certificate.domain).items():
        if not any(judge.is_inside(found["values"][name], piece) for piece in pieces):
            raise Rejected(f"the counterexample's {name} lies outside the domain")
    for fact in certificate.given:
        if not judge.holds(fact, found["values"]):
            raise Rejected(f"the counterexample does not satisfy {fact}")
    _require_failure(certificate, found, judge)


def _require_failure(certificate: Certificate, found: Mapping[str, Any], judge: Judge) -> None:
    """The claim fails at a point, as it was written and as it was read, and both say the same.

    Where SymPy cancelled what has no value there, only what was written fails.
    """
    text = as_written(certificate, found["relation"])
    holds = _holds_at(text, found["values"], judge)
    if holds:
        if "undefined" in found:
            raise Undecided(f"SymPy cancelled {found['undefined']}, which has no value there")
        raise Rejected("the claim holds at the counterexample")
    if holds is None and "undefined" not in found:
        raise Rejected("the counterexample is not in the domain of the claim")
    alone = text != found["relation"] and _holds_at(found["relation"], found["values"], judge)
    if alone and holds is not None:
        raise Rejected("the claim as it was read holds at the counterexample")
    judge, boxes = judge if alone else Judge(judge.rng), boxes_of(certificate)
    try:
        check_written(certificate, boxes, judge)
    except (
        Undecided
    ):  # nothing of it has a value on the domain: what was cancelled is the same elsewhere
        check_written(certificate, list(map(_widened, boxes)), judge)


def _widened(box: Box) -> Box:
    """The box as far as numbers go."""
    return {name: replace(piece, low="-oo", high="oo", low_open=True, high_open=True)
            for name, piece in box.items()}  # fmt: skip


def _holds_at(relation: str, values: Mapping[str, str], judge: Judge) -> bool | None:
    """Whether a relation holds at a point; None where a part of it has no value."""
    try:
        return judge.holds(relation, values)
    except NotReal:
        return None


def _check_enumeration(certificate: Certificate, judge: Judge) -> None:
    ranges = {
        name: [value for piece in pieces for value in _members(piece)]
        for name, pieces in all_pieces(certificate.domain).items()
    }
    points = list(product(*ranges.values()))
    if len(points) != certificate.evidence["count"]:
        raise Rejected(
            f"{certificate.evidence['count']} cases stored, the domain has {len(points)}"
        )
    for values in points:
        if time_is_up():
            raise Undecided("the time is up")
        point = {name: f"({value})" for name, value in zip(ranges, values, strict=True)}
        if all(judge.holds(fact, point) for fact in certificate.given):
            for relation in certificate.claim:
                if not judge.holds(relation, point):
                    raise Rejected(f"{relation} fails at {dict(zip(ranges, values, strict=True))}")


def _members(piece: Piece) -> list[str]:
    if piece.low == piece.high:
        return [piece.low]
    if not piece.integer:
        raise Rejected("an interval of reals cannot be enumerated")
    return [
        str(value) for value in range(int(end_value(piece.low)), int(end_value(piece.high)) + 1)
    ]


_LIMIT = re.compile(r"^limit of (.*) as (\w+) -> (.+?) is (.*)$", re.DOTALL)


def _check_limit(certificate: Certificate, judge: Judge) -> None:
    found = _LIMIT.match(certificate.claim[0])
    if not found or len(certificate.claim) > 1 or certificate.given:
        raise Rejected(f"{certificate.claim} is not a limit")
    expression, variable, point, value = found.groups()
    pieces = all_pieces(certificate.domain)
    low_end = certificate.evidence["end"] == "low"
    piece = pieces[variable][0 if low_end else -1]
    end = piece.low if low_end else piece.high
    if end != point and (
        "oo" in (end.lstrip("-"), point.lstrip("-"))
        or not judge.decides(parse(end), parse(point), {})
    ):
        raise Rejected(f"{point} is not that end of the domain of {variable}")
    direction = 1 if low_end else -1
    goal = parse(f"-({expression})" if value == "-oo" else expression)
    target = None if value in ("oo", "-oo") else parse(value)
    names = [name for name in pieces if name != variable]
    for chosen in product(*(pieces[name] for name in names)):
        others = dict(zip(names, chosen, strict=True))
        check_face(judge, goal, target, variable, piece, direction, others)


def _check_no_limit(certificate: Certificate, judge: Judge) -> None:
    """The limit is another one, and that one differs from the value claimed at the point given."""
    found = _LIMIT.match(certificate.claim[0])
    other = certificate.evidence["limit"]
    if not found:
        raise Rejected(f"{certificate.claim[0]!r} is not a limit")
    start, claimed = certificate.claim[0][: found.start(4)], found[4]
    _check_limit(replace(certificate, claim=(start + other,)), judge)
    if other in ("oo", "-oo"):
        if claimed == other:
            raise Rejected("the limit is the one claimed")
        return
    values = (certificate.counterexample or {})["values"]
    if judge.sign_at(combine(parse(other), ast.Sub(), parse(claimed)), values) == 0:
        raise Rejected("the limit is the one claimed")

"""Checking a certificate about any number of classes: its steps are applied again, from the claim as written.

Each side condition is a certificate of its own, which must show the relation that the lemma asks for, under
hypotheses that are facts by then, on domains that hold all values; it is re-checked like any other. A
counterexample is a number of classes and a number for each: the sums are written out and evaluated.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ...certificate import Certificate
from ..agreement import Judge
from ..reading import Rejected, Undecided, all_pieces
from ..second_opinion import NotReal, TooLarge
from .ledger import Ledger, Refused
from .reading import World, names_in, tidy
from .written_out import written_out

__all__ = ["check_all_classes", "check_steps"]

CheckPart = Callable[[Certificate, Judge], None]
"""How an ordinary certificate is checked."""


def check_all_classes(certificate: Certificate, judge: Judge, check: CheckPart) -> None:
    """Check a certificate whose evidence is of the kind ``classes``.

    Raises
    ------
    Rejected
        If a step does not follow, or the counterexample is none.
    """
    if certificate.given:
        raise Rejected("a claim about any number of classes has no hypotheses")
    if list(map(tidy, certificate.written)) != list(map(tidy, certificate.claim)):
        raise Rejected("what was written is another claim")
    domains = certificate.domain
    world = World.of(certificate.evidence["classes"], domains, certificate.claim)
    if certificate.status == "refuted":
        _check_counterexample(certificate, world, judge)
        return
    if certificate.status != "proved" or not certificate.claim:
        raise Rejected(f"sums over classes do not make a claim {certificate.status}")
    for relation, steps in zip(certificate.claim, certificate.evidence["proofs"], strict=True):
        try:
            check_steps(relation, steps, world, lambda part: check(part, judge))
        except Refused as error:
            raise Rejected(str(error)) from None


def check_steps(
    relation: str,
    steps: Sequence[Mapping[str, Any]],
    world: World,
    check: Callable[[Certificate], None],
) -> None:
    """Apply the steps of a proof again; ``check`` looks into each side condition's certificate.

    Raises
    ------
    Rejected
        If they do not show the relation.
    Refused
        If a lemma does not apply.
    """
    ledger = Ledger(world)
    goal = ledger.read(relation)
    for step in steps:
        shown = iter(step.get("proofs", ()))

        def show(wanted: str, facts: Sequence[str], shown: Iterator[Any] = shown) -> None:
            told = next(shown, None)
            if told is None:
                raise Rejected(f"{step['lemma']}: nothing shows {wanted}")  # noqa: B023
            part = Certificate.from_dict(told)
            _require(part, wanted, facts, ledger)
            check(part)

        ledger.apply(step, show)
        if next(shown, None) is not None:
            raise Rejected("a step has a proof of what it does not need")
    if ledger.plain(goal) not in ledger.facts:
        raise Rejected(f"the steps do not show {relation}")


def _require(part: Certificate, relation: str, facts: Sequence[str], ledger: Ledger) -> None:
    """A certificate shows a relation from facts, for all values of its variables."""
    if part.status != "proved" or part.evidence["kind"] not in ("tree", "enumeration"):
        raise Rejected(f"{part.status} of kind {part.evidence.get('kind')}: no side condition")
    if part.parts or len(part.claim) != 1 or len(part.written) != 1 + len(part.given):
        raise Rejected("a side condition is one relation, as it was written")
    told, *given = map(tidy, part.written)
    if told != tidy(relation):
        raise Rejected(f"a side condition shows {told}, not {relation}")
    if unknown := next((fact for fact in given if fact not in facts), ""):
        raise Rejected(f"a side condition takes {unknown} for granted")
    if missing := names_in(told).union(*map(names_in, given)) - set(part.domain):
        raise Rejected(f"{missing.pop()} has no domain")
    for name, where in part.domain.items():
        if where not in ledger.domains(name):
            raise Rejected(f"{name} need not lie in {where}")


def _check_counterexample(certificate: Certificate, world: World, judge: Judge) -> None:
    found = certificate.counterexample or {}
    values: Mapping[str, Any] = found["values"]
    relation = found["relation"]
    if relation not in certificate.claim:
        raise Rejected("the counterexample is to another relation")
    _check_values(values, world, judge)
    Ledger(world).read(relation)
    text = written_out(relation, world, values)
    try:
        if judge.holds(text, {}):
            raise Rejected("the claim holds at the counterexample")
    except TooLarge:
        raise Undecided("the counterexample has parts too large to write") from None
    except NotReal:
        if "undefined" not in found:
            raise Rejected("the counterexample is not in the domain of the claim") from None


def _check_values(values: Mapping[str, Any], world: World, judge: Judge) -> None:
    """Every name has a value in its domain, every family one for each class, and simplices sum to one."""
    count = int(values[world.classes])
    pieces = all_pieces({n: w for n, w in world.domains.items() if n not in _words(world)})
    for name, where in world.domains.items():
        if name in world.members:
            if not 1 <= int(values[name]) <= count:
                raise Rejected(f"{name} is no class")
            continue
        several = values[name] if name in world.families else [values[name]]
        if name in world.families and (isinstance(several, str) or len(several) != count):
            raise Rejected(f"{name} needs a number for each class")
        if any(names_in(value) for value in several):
            raise Rejected(f"{name} is not given by numbers")
        if name in world.simplices:
            sign = ">" if where == "simplex" else ">="
            inside = all(judge.holds(f"{value} {sign} 0", {}) for value in several)
            total = " + ".join(f"({value})" for value in several)
            if not inside or not judge.holds(f"{total} == 1", {}):
                raise Rejected(f"{name} is no {where}")
        elif not all(
            any(judge.is_inside(value, piece) for piece in pieces[name]) for value in several
        ):
            raise Rejected(f"the counterexample's {name} lies outside the domain")


def _words(world: World) -> set[str]:
    """The names whose domain is a word of claims about classes."""
    return {*world.members, *world.simplices}

"""From a claim about any number of classes to a certificate: counterexamples first, then lemmas.

A relation is read into numbers: each sum, product or extreme gets a name. Lemmas give facts about the names;
the engine for ordinary claims decides whether the claim follows. The second opinion then applies every step
again, from the text.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ...foundation.working_time import work_clock
from ...numbers.deadline import within
from ..certificate import Certificate
from ..second.clock import until
from ..second.reading import Rejected
from ..second.recheck import recheck
from ..second.sums.checking import check_steps
from ..second.sums.ledger import Refused
from ..second.sums.reading import World, names_in
from .building import Building
from .refuting import counterexample
from .strategies import STRATEGIES

__all__ = ["Question", "refute_all_classes", "verify_all_classes"]

SEARCH_SHARE = 0.75
"""Of the time, for lemmas; the rest is for checking again."""
MANY = 1000
"""Draws for each number of classes where nothing else is left to try."""


class Question(NamedTuple):
    """Relations between sums, as text, for every number of classes."""

    relations: tuple[str, ...]
    classes: str
    domains: Mapping[str, str]
    name: str

    @property
    def world(self) -> World:
        """What its names stand for."""
        return World.of(self.classes, self.domains, self.relations)

    def certificate(self, status: str, start: float, **more: Any) -> Certificate:
        """A verdict on it."""
        return Certificate(
            name=self.name,
            status=status,
            claim=self.relations,
            domain=dict(self.domains),
            written=self.relations,
            seconds=work_clock() - start,
            **more,
        )

    def refuted(self, start: float, **look: Any) -> Certificate | None:
        """The verdict that a counterexample gives, if one is found and the second opinion agrees."""
        found = counterexample(self.relations, self.world, **look)
        evidence = {"kind": "classes", "classes": self.classes}
        told = self.certificate(
            "refuted", start, engines=("interval",), evidence=evidence, counterexample=found
        )
        return told if found and recheck(told).status in ("confirmed", "sampled") else None


def verify_all_classes(asked: Question, *, seconds: float, seed: int) -> Certificate:
    """Prove relations for every number of classes, or refute them for some."""
    start = work_clock()
    certificate = within(seconds, lambda: _verify(asked, start, seconds, seed))
    if certificate is None:
        return asked.certificate("unknown", start, detail="the time is up")
    return certificate


def _verify(asked: Question, start: float, seconds: float, seed: int) -> Certificate:
    world = asked.world
    refuted = asked.refuted(start, seed=seed, seconds=0.15 * seconds)
    if refuted is not None:
        return refuted
    proofs = []
    for relation in asked.relations:
        building = _proof(world, relation, start + SEARCH_SHARE * seconds)
        if building is None:
            left = start + seconds - work_clock()
            refuted = asked.refuted(start, seed=seed + 1, seconds=left, draws=MANY)
            if refuted is not None:
                return refuted
            return asked.certificate("unknown", start, detail=f"no proof found of {relation}")
        proofs.append(needed(building, relation))
    shown = [proof for steps in proofs for step in steps for proof in step.get("proofs", ())]
    proved = asked.certificate(
        "proved",
        start,
        engines=tuple(sorted({engine for proof in shown for engine in proof["engines"]})),
        evidence={"kind": "classes", "classes": asked.classes, "proofs": proofs},
    )
    with until(start + seconds):
        verdict = recheck(proved)
    if verdict.status in ("confirmed", "sampled"):
        return replace(proved, seconds=work_clock() - start)
    return asked.certificate("unknown", start, detail=f"second engine: {verdict.reason}")


def refute_all_classes(asked: Question, *, seed: int) -> Certificate:
    """Look for a counterexample only."""
    start = work_clock()
    refuted = asked.refuted(start, seed=seed, seconds=15.0, draws=MANY)
    return asked.certificate("unknown", start) if refuted is None else refuted


def _proof(world: World, relation: str, deadline: float) -> Building | None:
    """A proof from facts about the sums, or by induction: first, for a product alone."""
    ways = [_by_facts, _by_induction]
    if "Prod(" in relation and world.classes not in names_in(relation):
        ways.reverse()
    for way in ways:
        building = Building(world, relation, deadline)
        if way(building):
            return building
    return None


def _by_induction(b: Building) -> bool:
    """From one class to any number: first the signs of products, then the claim."""
    if b.world.simplices or not _define(b):
        return False
    for name, atom in b.ledger.atoms.items():
        if atom.kind == "Prod":
            _ = any(b.add("induction", relations=[f"{name} {sign} 0"]) for sign in (">", ">="))
    return b.add("induction", relations=[b.ledger.plain(b.goal)], seconds=5)


def _by_facts(b: Building) -> bool:
    """Add facts until the claim follows from them."""
    if not _define(b):
        return False
    _replace(b)
    if b.finish([], 2.0):
        return True
    for strategy in STRATEGIES:
        before = set(b.ledger.facts)
        for _ in strategy(b):
            if b.over:
                return False
            new = [fact for fact in b.ledger.facts if fact not in before]
            if b.done or b.finish(new[-1:]) or (len(new) > 1 and b.finish(new)):
                return True
        if set(b.ledger.facts) - before and b.finish(b.ledger.facts, 6.0):
            return True
    return False


def _define(b: Building) -> bool:
    """Every sum is a number, and its sign is noted."""
    for name in list(b.ledger.atoms):
        if not b.add("defined", atom=name):
            return False
        if name in b.sums():
            b.sign(name)
    return True


def _replace(b: Building) -> None:
    """Products become sums of logarithms, extremes the terms that attain them."""
    read = list(b.ledger.atoms)
    for name, atom in list(b.ledger.atoms.items()):
        if atom.kind == "Prod" and not b.add("product", atom=name):
            continue
        if atom.kind in ("Max", "Min"):
            for member in b.world.members:
                b.add("at a class", atom=name, at=member)
            b.add("attained", atom=name)
    for name in [name for name in b.sums() if name not in read]:
        b.sign(name)


_NAMING = ("name", "let", "attained", "product", "split")
"""Lemmas whose steps give names in order."""


def needed(b: Building, relation: str) -> list[dict[str, Any]]:
    """The steps without those that nothing needs."""
    steps = list(b.steps)
    for step in reversed(b.steps):
        if step["lemma"] in _NAMING:
            continue
        fewer = [other for other in steps if other is not step]
        try:
            check_steps(relation, fewer, b.world, lambda part: None)
        except (Rejected, Refused):
            continue
        steps = fewer
    return steps

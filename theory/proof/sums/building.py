"""A proof under construction: steps of the second opinion's ledger, with proofs of their side conditions.

The ledger says what a lemma asks for; here an ordinary claim is made of it and proved. Nothing that is
concluded here is taken on trust: the finished list of steps is applied again by the second opinion.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy

from ...foundation.validation import InputError
from ...foundation.working_time import work_clock
from ...language.expression import read_expression, read_relations, write
from ...language.written import Written
from ...numbers.deadline import limited
from ...numbers.domain import domain
from ..certificate import Certificate
from ..engine import verify_claim
from ..instruments.sampling import numeric, sample_box
from ..problem import Problem
from ..second.sums.ledger import Ledger, Refused, Step
from ..second.sums.reading import World, entry, names_in, tidy

__all__ = ["Building"]

CLEAR = 1e-6
"""A relative difference that is no rounding."""
CONDITION_SECONDS = 12.0
"""Of one side condition."""


class _NotShown(Exception):
    """No proof of a side condition was found."""


class Building:
    """The steps so far, and the ledger that they lead to."""

    def __init__(self, world: World, relation: str, deadline: float) -> None:
        self.world = world
        self.deadline = deadline
        self.ledger = Ledger(world)
        self.goal = self.ledger.read(relation)
        self.steps: list[dict[str, Any]] = []
        self._failed: set[tuple[str, tuple[str, ...]]] = set()

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return work_clock() > self.deadline

    @property
    def done(self) -> bool:
        """Whether the claim is among the facts."""
        return self.ledger.plain(self.goal) in self.ledger.facts

    def add(
        self, lemma: str, *, seconds: float = CONDITION_SECONDS, use: Any = None, **applied: Any
    ) -> bool:
        """Apply a lemma if its side conditions can be shown; ``use``: the facts that may help."""
        step: Step = {"lemma": lemma, **applied}
        proofs: list[dict[str, Any]] = []

        def show(relation: str, facts: Sequence[str]) -> None:
            known = facts if use is None else [fact for fact in facts if fact in use]
            proofs.append(self._show(relation, known, seconds, all_facts=use is not None))

        try:
            self.ledger.apply(step, show)
        except (_NotShown, Refused):
            return False
        self.steps.append({**step, "proofs": proofs} if proofs else dict(step))
        return True

    def _show(
        self, relation: str, facts: Sequence[str], seconds: float, *, all_facts: bool
    ) -> dict[str, Any]:
        names = names_in(relation)
        useful = [f for f in facts if not _is_sign(f) and (all_facts or names_in(f) <= names)]
        names = names.union(*map(names_in, useful))
        key = (relation, tuple(useful))
        if key in self._failed:
            raise _NotShown
        for domains in self._domains(sorted(names)):
            if not useful and _seen_false(relation, domains):
                continue
            left = min(seconds, self.deadline - work_clock())
            if left <= 0:
                raise _NotShown
            certificate = _proved(relation, useful, domains, left)
            if certificate is not None:
                return certificate.bare().to_dict()
        self._failed.add(key)
        raise _NotShown

    def _domains(self, names: Sequence[str]) -> list[dict[str, str]]:
        """Domains to try: first half-lines, where claims are often easier, then the smallest."""
        allowed = {name: self.ledger.domains(name) for name in names}
        simplest = {
            name: "(0, oo)" if "(0, oo)" in options and self._is_entry(name) else options[0]
            for name, options in allowed.items()
        }
        smallest = {name: options[0] for name, options in allowed.items()}
        return [simplest] if simplest == smallest else [simplest, smallest]

    def _is_entry(self, name: str) -> bool:
        return any(name.startswith(f"{family}_") for family in self.world.families)

    # --------------------------------------------------------------------------- for strategies

    @property
    def index(self) -> str:
        """The class that a sum runs over."""
        return self.world.indices[0]

    def entries(self, index: str | None = None) -> dict[str, str]:
        """The variable of each family at a class, with the family."""
        return {entry(f, index or self.index): f for f in self.world.families}

    def expr(self, text: str) -> Any:
        """The text, which may hold any names of the ledger, as a SymPy expression."""
        plain = self.ledger.plain(text)
        return read_expression(plain, self.symbols(plain))

    def symbols(self, text: str) -> dict[str, sympy.Symbol]:
        """The SymPy symbols of a text's names."""
        return {name: domain(self.ledger.domains(name)[0]).symbol(name) for name in names_in(text)}

    def sums(self, but: str | None = None) -> dict[str, str]:
        """The sums that are known to be numbers and stand for themselves, with their terms."""
        return {
            name: self.ledger.plain(atom.body)
            for name, atom in self.ledger.atoms.items()
            if atom.kind == "Sum" and atom.but == but
            and name in self.ledger.defined and name not in self.ledger.same
        }  # fmt: skip

    def known(self, term: Any) -> str:
        """The text of a term: as a sum has it, if one runs over the same term."""
        for body in self.sums().values():
            if sympy.expand(self.expr(body) - term) == 0:
                return body
        return write(term)

    def sum_of(self, body: str) -> str | None:
        """The total of a term; a sum is introduced for one that is not known."""
        try:
            return self.ledger.total(body)
        except Refused:
            pass
        before = len(self.ledger.atoms)
        if not self.add("name", kind="Sum", body=body) or len(self.ledger.atoms) == before:
            return None
        name = list(self.ledger.atoms)[-1]
        if not self.add("defined", atom=name):
            return None
        self.sign(name)
        return name

    def sign(self, name: str) -> None:
        """Note a sum's sign, if its terms have one."""
        body = self.ledger.plain(self.ledger.atoms[name].body)
        but = self.ledger.atoms[name].but
        for operator in (">", ">="):
            if self.add("termwise", left=[["1", body]], op=operator, right=[], but=but, seconds=3):
                break
        self.bounds(name)

    def bounds(self, name: str) -> None:
        """Note what a mean of bounded numbers is bounded by."""
        body = self.ledger.plain(self.ledger.atoms[name].body)
        for weight in (entry(f, self.index) for f in self.world.simplices):
            inner = sympy.cancel(self.expr(body) / self.expr(weight))
            where = self.world.domains.get(self.entries().get(str(inner), ""), "")
            if not where or where in ("simplex", "closed simplex") or body == weight:
                continue
            hull = domain(where).hull()
            for end, is_open, sign in (
                (hull.low, hull.low_open, ">"),
                (hull.high, hull.high_open, "<"),
            ):
                if end.is_finite:
                    operator = sign if is_open else f"{sign}="
                    right = [[write(end), weight]]
                    self.add("termwise", left=[["1", body]], op=operator, right=right, seconds=3)

    def let(self, value: str) -> str | None:
        """A name for a number; None if it is not shown to be one."""
        told = self.ledger.stated(value)
        if told in self.ledger.defined:
            return told
        for name, known in self.ledger.lets.items():
            if known == told:
                return name
        for relation in (f"{value} > 0", f"{value} == {value}"):
            known = tidy(self.ledger.stated(relation)) in self.ledger.facts
            if known or self.add("consequence", relation=relation, seconds=3):
                self.add("let", be=value)
                return list(self.ledger.lets)[-1]
        return None

    def finish(self, facts: Sequence[str], seconds: float = 4.0) -> bool:
        """Whether the claim follows from some facts."""
        goal = self.ledger.plain(self.goal)
        return self.add("consequence", relation=goal, use=list(facts), seconds=seconds)


SEEN = 400
"""Points at which a side condition is looked at before the engine is asked."""


def _seen_false(relation: str, domains: Mapping[str, str]) -> bool:
    """Whether floats see a relation fail clearly somewhere."""
    where = {name: domain(text) for name, text in domains.items()}
    symbols = {name: own.symbol(name) for name, own in where.items()}
    try:
        (stated,), _ = read_relations(relation, symbols)
        box = {symbols[name]: own for name, own in where.items()}
        points = sample_box(box, SEEN, np.random.default_rng(0))
        with np.errstate(all="ignore"):
            left, right = (
                np.broadcast_to(numeric(sympy.sympify(side), tuple(box))(*points.values()), SEEN)
                for side in stated.args
            )
            gap = (left - right) / (1 + np.abs(left) + np.abs(right))
    except (InputError, TypeError, ValueError):
        return False
    far = {">=": gap < -CLEAR, ">": gap < -CLEAR, "<=": gap > CLEAR, "<": gap > CLEAR}
    return bool(np.any(far.get(stated.rel_op, np.abs(gap) > CLEAR)))


def _is_sign(fact: str) -> bool:
    """Whether a fact is the sign of one name, as its domain says, or says nothing."""
    same, _, other = fact.partition(" == ")
    if same == other:
        return True
    left, _, right = fact.rpartition(" ")
    return right == "0" and left.split(" ")[0].isidentifier() and left.count(" ") == 1


def _proved(
    relation: str, facts: Sequence[str], domains: Mapping[str, str], seconds: float
) -> Certificate | None:
    where = {name: domain(text) for name, text in domains.items()}
    symbols = {name: own.symbol(name) for name, own in where.items()}
    try:
        relations, conditions = read_relations(relation, symbols)
        given = []
        for fact in facts:
            several, more = read_relations(fact, symbols)
            given += several
            conditions = [*conditions, *more]
        problem = Problem(
            tuple(relations),
            {symbols[name]: own for name, own in where.items()},
            tuple(given),
            tuple(dict.fromkeys(conditions)),
            "side condition",
            Written((relation,)),
            Written(tuple(facts)),
        )
        certificate = verify_claim(problem, seconds=seconds)
    except (InputError, RecursionError, KeyError):
        return None
    return certificate if certificate.status == "proved" else None


def simplified(expr: Any) -> str:
    """An expression as text, tidied if that is quick."""
    return write(limited(1.0, lambda: sympy.simplify(expr)) or expr)

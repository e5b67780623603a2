"""What a proof about any number of classes has established so far, and which lemma may add to it.

The proof is a list of steps. Each names a lemma and what it is applied to; the ledger derives from that
alone the side condition, an ordinary claim, and the conclusion. Whoever asks shows the side condition: the
prover by finding a certificate, the checker by checking the one it is given. Every conclusion is a relation
between sums, named as numbers. No step mentions a sum before all its terms are known to be real numbers.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from .reading import AGGREGATES, World, entry, names_in, read_aggregates, tidy, with_names

__all__ = ["Atom", "Ledger", "Refused", "Show", "Step"]

Step = Mapping[str, Any]
"""A lemma's name and what it is applied to."""


class Refused(ValueError):
    """A step that does not follow."""


class Atom(NamedTuple):
    """An aggregate: its kind, the term at any class, and a class that it leaves out."""

    kind: str
    body: str
    but: str | None = None


class Show(Protocol):
    """Shows a side condition from some of the facts, or raises."""

    def __call__(self, relation: str, facts: Sequence[str], /) -> None:
        """Return if the relation holds."""
        ...


class Ledger:
    """Names, facts and what is known of them, for one relation of a claim."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.members = list(world.members)
        self.atoms: dict[str, Atom] = {}
        self.defined: set[str] = set()
        self.lets: dict[str, str] = {}
        self.same: dict[str, str] = {}
        self.facts: list[str] = []

    # ------------------------------------------------------------------------------------- names

    def read(self, text: str) -> str:
        """A text of the claim, its aggregates named."""
        return tidy(read_aggregates(text, self.world, self.atom))

    def atom(self, kind: str, body: str, but: str | None = None) -> str:
        """The name of an aggregate."""
        if kind not in AGGREGATES:
            raise Refused(f"{kind} is no aggregate")
        wanted = Atom(kind, tidy(body), but)
        for name, atom in self.atoms.items():
            if atom == wanted:
                return name
        name = f"S{len(self.atoms) + 1}"
        self.atoms[name] = wanted
        return name

    def plain(self, text: str) -> str:
        """The text with what is known to be equal put in."""
        known = self.same
        while names_in(text) & set(known):
            text = with_names(text, known)
        return tidy(text)

    def stated(self, text: str) -> str:
        """A conclusion: without the numbers that only stand for something."""
        while names_in(text) & set(self.lets):
            text = with_names(text, self.lets)
        text = self.plain(text)
        if late := next(
            (n for n in names_in(text) if n in self.atoms and n not in self.defined), ""
        ):
            raise Refused(f"{late} is not known to be a number yet")
        return text

    def at(self, text: str, index: str) -> str:
        """A term at another class."""
        first = self.world.indices[0]
        return with_names(text, {entry(f, first): entry(f, index) for f in self.world.families})

    def is_free(self, text: str) -> bool:
        """Whether a text does not depend on the class that a sum runs over."""
        used = names_in(self.plain(text))
        return not any(entry(f, i) in used for f in self.world.families for i in self.world.indices)

    def domains(self, name: str) -> tuple[str, ...]:
        """The domains that a side condition may have for a name: each holds all its values."""
        world = self.world
        if name in self.lets:
            return self._signs(self.stated(self.lets[name]))
        if name in self.atoms:
            if name not in self.defined:
                raise Refused(f"{name} is not known to be a number yet")
            return self._signs(name)
        for family in world.families:
            if name in {entry(family, i) for i in (*world.indices, *self.members)}:
                return world.entry_domains(family)
        if name in world.domains and name not in (*world.families, *world.members):
            return (world.domains[name],)
        raise Refused(f"{name} stands for nothing")

    def _signs(self, text: str) -> tuple[str, ...]:
        known = set(self.facts)
        positive = tidy(f"{text} > 0") in known
        signs = ["(0, oo)"] if positive else []
        signs += ["[0, oo)"] if positive or tidy(f"{text} >= 0") in known else []
        return (*signs, "(-oo, oo)")

    def each(self, index: str, but: str | None = None) -> list[str]:
        """What holds at any class: an extreme bounds its terms, two probabilities are at most one."""
        told = []
        for name, atom in self.atoms.items():
            if atom.kind in ("Max", "Min") and name in self.defined:
                sign = "<=" if atom.kind == "Max" else ">="
                told.append(self.plain(f"{self.at(atom.body, index)} {sign} {name}"))
        if but is not None:
            two = [(entry(f, index), entry(f, but)) for f in self.world.simplices]
            told += [tidy(f"{one} + {other} <= 1") for one, other in two]
        return told

    def total(self, body: str, but: str | None = None) -> str:
        """The sum of a term over all classes, or all but one, in plain variables."""
        body = self.plain(body)
        first = self.world.indices[0]
        if self.is_free(body):
            count = self.world.classes if but is None else f"({self.world.classes} - 1)"
            return count if body == "1" else f"({body})*{count}"
        for family in self.world.simplices:
            if body == entry(family, first):
                return "1" if but is None else f"(1 - {entry(family, but)})"
        for name, atom in self.atoms.items():
            if (atom.kind, self.plain(atom.body), atom.but) == ("Sum", body, but):
                return name
        raise Refused(f"nothing is known of the sum of {body}")

    # ------------------------------------------------------------------------------------ lemmas

    def apply(self, step: Step, show: Show) -> None:
        """Add what a lemma concludes, once its side condition is shown.

        Raises
        ------
        Refused
            If the lemma does not apply.
        """
        lemma = _LEMMAS.get(step["lemma"])
        if lemma is None:
            raise Refused(f"there is no lemma {step['lemma']!r}")
        for key, value in step.items():
            if key not in ("lemma", "op", "proofs", "strict"):
                _require_arithmetic(
                    value, {entry(f, self.world.indices[1]) for f in self.world.families}
                )
        lemma(self, step, show)

    def conclude(self, relation: str) -> None:
        """Add a fact."""
        fact = self.stated(relation)
        if fact not in self.facts:
            self.facts.append(fact)

    def equate(self, name: str, expression: str) -> None:
        """Put an expression for a name, from now on and in what is known."""
        self.same[name] = self.stated(expression)
        self.facts = [self.plain(fact) for fact in self.facts]


def _require_arithmetic(value: Any, second: set[str]) -> None:
    """Every text of a step is made of numbers, variables, operations, functions and comparisons, and of
    one class that sums run over: the second is the ledger's own."""
    if isinstance(value, str):
        if names_in(value) & second:
            raise Refused(f"{value!r} speaks of a second class")
        for node in ast.walk(ast.parse(value, mode="eval")):
            if not isinstance(node, _ARITHMETIC):
                raise Refused(f"{value!r} is not arithmetic")
    elif value is not None:
        for part in value:
            _require_arithmetic(part, second)


_ARITHMETIC = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Constant, ast.Compare,
    ast.operator, ast.unaryop, ast.cmpop, ast.expr_context,
)  # fmt: skip


def _named(ledger: Ledger, step: Step, *kinds: str) -> Atom:
    atom = ledger.atoms.get(step["atom"])
    if atom is None or atom.kind not in kinds or step["atom"] in ledger.same:
        raise Refused(f"{step['atom']} is no {' or '.join(kinds)}")
    return atom


def _member(ledger: Ledger, step: Step) -> str:
    if step["at"] not in ledger.members:
        raise Refused(f"{step['at']} is no class")
    return step["at"]


def _name(ledger: Ledger, step: Step, show: Show) -> None:
    """A sum that the claim does not mention."""
    ledger.atom(step["kind"], ledger.plain(step["body"]))


def _defined(ledger: Ledger, step: Step, show: Show) -> None:
    """An aggregate of terms that are real numbers at every class is one: there is a class."""
    atom = _named(ledger, step, *AGGREGATES)
    body = ledger.plain(atom.body)
    if any(n in ledger.atoms and n not in ledger.defined for n in names_in(body)):
        raise Refused(f"{step['atom']} holds a sum that is not known to be a number yet")
    show(tidy(f"{body} == {body}"), [*ledger.facts, *ledger.each(ledger.world.indices[0])])
    ledger.defined.add(step["atom"])


def _let(ledger: Ledger, step: Step, show: Show) -> None:
    """A name for a number whose sign is known."""
    value = ledger.stated(step["be"])
    signs = [tidy(f"{value} {sign}") for sign in ("> 0", ">= 0", f"== {value}")]
    known = value in ledger.defined or set(signs) & set(ledger.facts)
    if not ledger.is_free(value) or not known:
        raise Refused(f"{value} is not known to be a number")
    ledger.lets[f"m{len(ledger.lets) + 1}"] = value


def _consequence(ledger: Ledger, step: Step, show: Show) -> None:
    """A relation between numbers that follows from those that are known."""
    relation = ledger.stated(step["relation"])
    if not ledger.is_free(relation):
        raise Refused(f"{relation} is not about sums")
    show(relation, ledger.facts)
    ledger.conclude(relation)


_OPERATORS = ("<=", "<", ">=", ">", "==")


def _combination(parts: Sequence[Sequence[str]]) -> str:
    """A sum of products, ones left out."""
    told = []
    for factor, term in parts:
        both = [f"({part})" for part in (factor, term) if part != "1"]
        told.append("*".join(both) or "1")
    return " + ".join(told) or "0"


def _termwise(ledger: Ledger, step: Step, show: Show) -> None:
    """What holds at every class holds of the sums: coefficients do not depend on the class."""
    left, right, but, operator = step["left"], step["right"], step.get("but"), step["op"]
    if operator not in _OPERATORS:
        raise Refused(f"{operator!r} is no relation")
    if but is not None and (but not in ledger.members or ledger.world.least < 2):
        raise Refused(f"the classes other than {but} may be none")
    for factor, _ in (*left, *right):
        if not ledger.is_free(factor):
            raise Refused(f"{factor} depends on the class")
    sides = [_combination(side) for side in (left, right)]
    index = ledger.world.indices[0]
    show(
        ledger.plain(f"{sides[0]} {operator} {sides[1]}"), [*ledger.facts, *ledger.each(index, but)]
    )
    totals = [
        _combination([(c, ledger.total(body, but)) for c, body in side]) for side in (left, right)
    ]
    ledger.conclude(f"{totals[0]} {operator} {totals[1]}")


def _pairs(ledger: Ledger, step: Step, show: Show) -> None:
    """What is >= 0 at every two classes, summed over both: a form in the sums is >= 0."""
    first, second = ledger.world.indices
    parts, totals = [], []
    for factor, a, b in step["terms"]:
        if not ledger.is_free(factor):
            raise Refused(f"{factor} depends on the class")
        other_a, other_b = ledger.at(ledger.plain(a), second), ledger.at(ledger.plain(b), second)
        parts.append((factor, f"({a})*({other_b}) + ({other_a})*({b})"))
        totals.append((factor, _combination([(ledger.total(a), ledger.total(b))])))
    facts = [*ledger.facts, *ledger.each(first), *ledger.each(second)]
    show(ledger.plain(f"{_combination(parts)} >= 0"), facts)
    ledger.conclude(f"{_combination(totals)} >= 0")


def _one_term(ledger: Ledger, step: Step, show: Show) -> None:
    """A sum of what is never negative is at least any of its terms; more, if there is another class."""
    member, body, strict = _member(ledger, step), ledger.plain(step["body"]), step["strict"]
    if strict and ledger.world.least < 2:
        raise Refused("there may be one class only")
    sign = ">" if strict else ">="
    facts = [*ledger.facts, *ledger.each(ledger.world.indices[0])]
    show(tidy(f"{body} {sign} 0"), facts)
    ledger.conclude(f"{ledger.total(body)} {sign} {ledger.at(body, member)}")


def _attained(ledger: Ledger, step: Step, show: Show) -> None:
    """A largest or smallest of finitely many numbers is one of them: at a class of its own."""
    atom = _named(ledger, step, "Max", "Min")
    if step["atom"] not in ledger.defined:
        raise Refused(f"{step['atom']} is not known to be a number yet")
    member = f"w{1 + len(ledger.members) - len(ledger.world.members)}"
    ledger.members.append(member)
    ledger.equate(step["atom"], ledger.at(ledger.plain(atom.body), member))


def _extreme(ledger: Ledger, step: Step, show: Show) -> None:
    """What holds of every term holds of the largest and of the smallest."""
    atom, bound, operator = _named(ledger, step, "Max", "Min"), step["bound"], step["op"]
    if operator not in _OPERATORS or not ledger.is_free(bound):
        raise Refused(f"{operator} {bound} is no bound")
    body = ledger.plain(atom.body)
    facts = [*ledger.facts, *ledger.each(ledger.world.indices[0])]
    show(ledger.plain(f"{body} {operator} {bound}"), facts)
    ledger.conclude(f"{step['atom']} {operator} {bound}")


def _at_class(ledger: Ledger, step: Step, show: Show) -> None:
    """The largest is at least, the smallest at most, what stands at a class."""
    atom, member = _named(ledger, step, "Max", "Min"), _member(ledger, step)
    sign = ">=" if atom.kind == "Max" else "<="
    ledger.conclude(f"{step['atom']} {sign} {ledger.at(ledger.plain(atom.body), member)}")


def _product(ledger: Ledger, step: Step, show: Show) -> None:
    """A product of positive numbers is the exponential of the sum of their logarithms."""
    atom = _named(ledger, step, "Prod")
    body = ledger.plain(atom.body)
    show(tidy(f"{body} > 0"), [*ledger.facts, *ledger.each(ledger.world.indices[0])])
    logs = ledger.atom("Sum", f"log({body})")
    ledger.defined |= {logs, step["atom"]}
    ledger.equate(step["atom"], f"exp({logs})")


def _split(ledger: Ledger, step: Step, show: Show) -> None:
    """A sum is its term at a class and the sum over the others."""
    member, body = _member(ledger, step), ledger.plain(step["body"])
    whole = ledger.total(body)
    if whole not in ledger.defined:
        raise Refused(f"{whole} is no sum that can be split")
    rest = ledger.atom("Sum", body, member)
    ledger.defined.add(rest)
    ledger.equate(whole, f"{rest} + {ledger.at(body, member)}")


_NEXT = {
    "Sum": "({name} + ({body}))", "Prod": "({name}*({body}))",
    "Max": "Max({name}, {body})", "Min": "Min({name}, {body})",
}  # fmt: skip


def _induction(ledger: Ledger, step: Step, show: Show) -> None:
    """From one class to any number, where a class more changes nothing about the others."""
    relations = [ledger.stated(relation) for relation in step["relations"]]
    world = ledger.world
    if world.least != 1 or world.domains[world.classes] != "integer 1..":
        raise Refused("an induction begins at one class and has no end")
    used = set().union(*map(names_in, relations))
    atoms = {name: ledger.atoms[name] for name in used if name in ledger.atoms}
    allowed = set(world.domains) - {*world.families, *world.members} | set(atoms)
    if used - allowed or any(atom.but is not None for atom in atoms.values()):
        raise Refused("an induction is about sums, numbers and the number of classes")
    first = world.indices[0]
    entries = {entry(f, first) for f in world.families if f not in world.simplices}
    numbers = set(world.domains) - {*world.families, *world.members, world.classes}
    if any(names_in(atom.body) - entries - numbers for atom in atoms.values()):
        raise Refused("the terms of an induction depend on their own class only")
    start = {name: f"({atom.body})" for name, atom in atoms.items()} | {world.classes: "1"}
    more = {n: _NEXT[atom.kind].format(name=n, body=atom.body) for n, atom in atoms.items()}
    known = [fact for fact in ledger.facts if names_in(fact) <= allowed]
    for relation in relations:
        show(tidy(with_names(relation, start)), [])
        grown = with_names(relation, {**more, world.classes: f"({world.classes} + 1)"})
        show(tidy(grown), [*known, *relations])
    for relation in relations:
        ledger.conclude(relation)


_LEMMAS: Mapping[str, Callable[[Ledger, Step, Show], None]] = {
    "name": _name, "defined": _defined, "let": _let, "consequence": _consequence,
    "termwise": _termwise, "pairs": _pairs, "one term": _one_term, "attained": _attained,
    "extreme": _extreme, "at a class": _at_class, "product": _product, "split": _split,
    "induction": _induction,
}  # fmt: skip

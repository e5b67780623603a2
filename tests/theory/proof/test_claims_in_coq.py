"""Claims about K classes as Coq statements: they say what the claims say, read by a reader written here."""

import json
import random
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from counterpoise.theory import claim, load_certificates, recheck
from counterpoise.theory.proof.kernel import field, theorems
from counterpoise.theory.proof.kernel.all_classes import CLAIMS, statement_for_all_classes
from counterpoise.theory.proof.kernel.stored import stamped_claim
from counterpoise.theory.proof.kernel.terms import NotTranslated
from counterpoise.theory.proof.second.reading import read_relation
from counterpoise.theory.proof.second.second_opinion import NotReal, value_of
from counterpoise.theory.proof.second.sums.reading import World
from counterpoise.theory.proof.second.sums.written_out import written_out
from mpmath import mp

OUTSIDE = json.loads(Path(__file__).with_name("sums_of_classes.json").read_text())
STORED = load_certificates(Path(__file__).with_name("sums_of_classes_proofs.json.gz"))
EVERY = [*OUTSIDE["true"], *OUTSIDE["again"], *OUTSIDE["false"]]


def stated(relation, domains):
    return claim(relation, **{"classes": "K", **domains})


def statement(own):
    return statement_for_all_classes(own.relations, own.classes, own.domains)


# ------------------------------------------------------- a reader of Coq's text with its own rules

TOKEN = re.compile(r"\s*([A-Za-z_][\w']*|\d+|->|=>|/\\|<>|<=|>=|%nat|[-+*/^()=<>:,])")
FUNCTIONS = {"ln": mp.log, "exp": mp.exp, "sqrt": mp.sqrt, "Rabs": abs}


class NoValue(Exception):
    """A logarithm, a root or a quotient that has none: Coq has a number there, mathematics has not."""


class Reader:
    """Evaluates a statement's text where every name has a value: assumptions, conditions, relations."""

    def __init__(self, text, values):
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens) == "".join(text.split())
        self.place, self.values = 0, values

    def next(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *expected):
        token = self.next()
        assert not expected or token in expected, (token, expected)
        self.place += 1
        return token

    def statement(self):
        """(what is assumed, what is shown), as lists of truth values or pairs of sides."""
        self.take("forall")
        while self.take() != ",":
            pass
        assumed, shown = [], [self.part()]
        while self.next():
            if self.take("->", "/\\") == "->":
                assumed += shown
                shown = []
            shown.append(self.part())
        return assumed, shown

    def part(self):
        if self.next() == "(" and self.tokens[self.place + 1] == "forall":
            self.take(), self.take()
            name = self.take()
            self.take(","), self.take("("), self.take(name), self.take("<")
            count = int(self.expression()())
            self.take(")"), self.take("%nat"), self.take("->")
            inner, end, start = True, self.place, self.place
            for at in range(count):
                self.place, self.values = start, {**self.values, name: at}
                inner, end = self.part() and inner, self.place
            self.place = end
            self.take(")")
            return inner
        if self.next() in ("positive_distribution", "distribution"):
            sign = self.take()
            count, family = self.values[self.take()], self.values[self.take()]
            least = min(family[:count])
            whole = abs(sum(family[:count]) - 1) < mp.mpf(10) ** -30
            return whole and (least > 0 if sign[0] == "p" else least >= 0)
        if self.next() == "(" and self.in_nat():
            self.take("(")
            told = self.part()
            self.take(")"), self.take("%nat")
            return told
        return self.relation()

    def in_nat(self):
        depth = 0
        for offset, token in enumerate(self.tokens[self.place :]):
            depth += (token == "(") - (token == ")")
            if not depth:
                return self.tokens[self.place + offset + 1 : self.place + offset + 2] == ["%nat"]
        return False

    def relation(self):
        sides, signs = [self.expression()], []
        while self.next() in ("<", "<=", ">", ">=", "<>", "="):
            signs.append(self.take())
            sides.append(self.expression())
        values = [side() for side in sides]
        pairs = zip(values, signs, values[1:], strict=False)
        truth = all(
            {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "<>": a != b, "=": a == b}[sign]
            for a, sign, b in pairs
        )
        return Related(truth, values)

    def expression(self, least=0):
        """Precedence climbing: sums 1, products 2, sign 3, powers 4, application 5."""
        if self.next() == "-":
            self.take()
            inner = self.expression(3)
            left = lambda inner=inner: -inner()  # noqa: E731
        else:
            left = self.applied()
        while True:
            sign = self.next()
            level = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}.get(sign, 0)
            if level < max(least, 1):
                return left
            self.take()
            right = self.expression(level if sign == "^" else level + 1)
            left = self.combined(sign, left, right)

    @staticmethod
    def combined(sign, left, right):
        def quotient():
            below = right()
            if below == 0:
                raise NoValue
            return left() / below

        return {
            "+": lambda: left() + right(), "-": lambda: left() - right(),
            "*": lambda: left() * right(), "/": quotient, "^": lambda: left() ** int(right()),
        }[sign]  # fmt: skip

    def applied(self):
        name = self.next()
        if name in ("bigsum", "bigprod", "bigmax"):
            self.take()
            return self.over_classes(name)
        if name == "Rpower":
            self.take()
            base, exponent = self.atom(), self.atom()
            return lambda: positive(base()) ** exponent()
        if name in FUNCTIONS:
            self.take()
            inner = self.atom()
            return lambda: FUNCTIONS[name](domain_of(name, inner()))
        if name == "INR":
            self.take()
            return self.atom()
        return self.atom()

    def over_classes(self, name):
        count = self.values[self.take()]
        self.take("("), self.take("fun")
        index = self.take()
        self.take("=>")
        start, terms = self.place, []
        outer = self.values
        for at in range(count):
            self.place, self.values = start, {**outer, index: at}
            terms.append(self.expression())
        self.values = outer
        self.take(")")
        if name == "bigmax":
            return lambda: max(term() for term in terms)
        if name == "bigsum":
            return lambda: sum(term() for term in terms)
        return lambda: mp.fprod(term() for term in terms)

    def atom(self):
        token = self.take()
        if token == "(":
            inner = self.expression()
            self.take(")")
            return inner
        if token.isdigit():
            return lambda: mp.mpf(int(token))
        value = self.values[token]
        if isinstance(value, list):
            value = value[self.values[self.take()]]
        return lambda: value


class Related:
    """The truth of a relation, and its sides."""

    def __init__(self, truth, sides):
        self.truth, self.sides = truth, sides

    def __bool__(self):
        return self.truth


def positive(value):
    if value <= 0:
        raise NoValue
    return value


def domain_of(name, value):
    if (name == "ln" and value <= 0) or (name == "sqrt" and value < 0):
        raise NoValue
    return value


# ----------------------------------------------------------------------------------------- worlds


def world(own, count, rng):
    """Exact numbers for every name of a claim, classes counted from 1."""
    values = {}
    families = World.of(own.classes, own.domains, own.relations).families
    for name, where in own.domains.items():
        if name == own.classes:
            values[name] = str(count)
        elif where == "class":
            values[name] = str(rng.randint(1, count))
        elif "simplex" in where:
            weights = [rng.randint(1, 9) for _ in range(count)]
            values[name] = [str(Fraction(w, sum(weights))) for w in weights]
        else:
            low = Fraction(1, 8) if where in ("(0, oo)", "(0, 1)") else Fraction(-3)
            high = Fraction(7, 8) if where == "(0, 1)" else Fraction(3)
            drawn = [str(low + (high - low) * rng.randint(0, 16) / 16) for _ in range(count)]
            values[name] = drawn if name in families else drawn[0]
    return values


def in_coq(own, values):
    """The same numbers as Coq's statement reads them: classes from 0, families as functions."""
    number = lambda text: mp.mpf(Fraction(text).numerator) / Fraction(text).denominator  # noqa: E731
    found = {}
    for name, value in values.items():
        key = re.search(rf"\b{name}'?(?= :)", statement(own))[0]
        if name == own.classes:
            found[key] = int(value)
        elif own.domains[name] == "class":
            found[key] = int(value) - 1
        else:
            found[key] = [number(v) for v in value] if isinstance(value, list) else number(value)
    return found


def sides_of(own, values):
    """Both sides of every relation with the sums written out; None where one has no value."""
    sides = []
    for text in own.relations:
        told = written_out(text, World.of(own.classes, own.domains, own.relations), values)
        left, _, right = read_relation(told)
        try:
            sides.append((value_of(left, {}), value_of(right, {})))
        except NotReal:
            return None
    return sides


def read_in_coq(own, values):
    """What Coq's statement assumes and shows there; None where it has no value of its own."""
    try:
        return Reader(statement(own), in_coq(own, values)).statement()
    except NoValue:
        return None


@pytest.mark.parametrize(("relation", "domains"), EVERY, ids=[told[0][:50] for told in EVERY])
def test_a_statement_says_what_its_claim_says(relation, domains):
    own, rng = stated(relation, domains), random.Random(relation)
    least = int(re.search(r"\d+", own.domains[own.classes])[0])
    with mp.workdps(40):
        for count in range(least, least + 3):
            values = world(own, count, rng)
            sides, told = sides_of(own, values), read_in_coq(own, values)
            if sides is None:
                assert told is None or not all(told[1])
                continue
            assumed, shown = told
            assert all(assumed)
            conditions, relations = shown[: -len(sides)], shown[-len(sides) :]
            assert all(conditions), "a condition fails where there are values"
            for related, expected in zip(relations, sides, strict=True):
                for a, b in zip(related.sides, expected, strict=True):
                    assert abs(a - b) <= mp.mpf(10) ** -25 * (1 + abs(a))


def assumed_in_coq(own, values):
    """Whether everything that the statement assumes holds."""
    binders, *lines = statement(own).splitlines()
    kept = "\n".join(line for line in lines if line.endswith("->")).removesuffix("->")
    with mp.workdps(40):
        before, last = Reader(f"{binders}\n{kept}", in_coq(own, values)).statement()
    return all([*before, *last])


@pytest.mark.parametrize("name", CLAIMS)
def test_values_outside_of_the_domains_are_assumed_away(name):
    own, rng = stated(*CLAIMS[name]), random.Random(name)
    values = world(own, 3, rng)
    assert assumed_in_coq(own, values)
    outside = {
        "simplex": [["1/2", "1/2", "1/2"], ["0", "1/2", "1/2"], ["-1/2", "1", "1/2"]],
        "class": ["4"],
        "(0, oo)": [["0", "1", "1"], ["1", "1", "-1"]],
    }
    for key, where in own.domains.items():
        for wrong in outside.get(where, ()):
            assert not assumed_in_coq(own, values | {key: wrong}), (key, wrong)
    least = int(own.domains[own.classes].split()[1].strip("."))
    assert f"({least} <= K)%nat ->" in statement(own)


@pytest.mark.parametrize("name", CLAIMS)
def test_what_coq_proves_is_generated_from_the_claim(name):
    theorem = next(t for t in theorems.THEOREMS if t.name == name)
    text = statement(stated(*CLAIMS[name]))
    assert theorems.statement_text(theorem) == f"Theorem {name} : {text}."
    assert CLAIMS[name][0] in theorem.says


def test_a_part_without_counterpart_is_refused():
    with pytest.raises(NotTranslated, match="bounded"):
        statement_for_all_classes(["Sum(x[j]) >= 0"], "K", {"K": "integer 1..4", "x": "(0, oo)"})
    with pytest.raises(NotTranslated, match="word of the library"):
        statement_for_all_classes(
            ["Sum(bigsum[j]) >= 0"], "K", {"K": "integer 1..", "bigsum": "(0, oo)"}
        )


# ------------------------------------------------------------------------------------------ tiers


def stored_proof(name):
    """The stored proof of one of the claims."""
    texts = stated(*CLAIMS[name]).texts()
    return next(c for c in STORED if c.claim == texts["claim"] and c.domain == texts["domain"])


@pytest.mark.parametrize("name", CLAIMS)
def test_the_ten_claims_are_of_the_kernels_tier(name):
    assert stored_proof(name).tier.name == "proved"
    assert stamped_claim(stored_proof(name)).tier.name == "kernel"


def test_a_claim_that_coq_proves_is_of_the_kernels_tier_and_its_neighbours_are_not():
    found = stamped_claim(stored_proof("claim_kl"))
    assert found.tier.name == "kernel"
    assert found.tier.axioms == ("the classical reals",)
    assert recheck(found).status == "confirmed"
    for change in (
        {"domain": {"K": "integer 1..", "p": "closed simplex", "q": "simplex"}},
        {"claim": ("Sum(p[j]*log(p[j]/q[j])) > 0",)},
        {"status": "unknown"},
        {"evidence": {**found.evidence, "kind": "tree"}},
    ):
        changed = replace(found, **change)
        assert changed.tier.name != "kernel"
        assert stamped_claim(changed).tier.name != "kernel"
    assert recheck(replace(found, kernel={**found.kernel, "axioms": []})).status == "rejected"


def test_no_tier_from_files_that_were_not_compiled(monkeypatch):
    found = stamped_claim(stored_proof("claim_max_mean"))
    assert found.tier.name == "kernel"
    monkeypatch.setattr(field, "fingerprint", lambda: "other files")
    assert stamped_claim(found).tier.name == "proved"

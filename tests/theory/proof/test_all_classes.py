"""Claims about any number of classes: proved from lemmas, refuted at few classes, never proved if false."""

import json
import math
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from counterpoise.theory import claim, load_certificates, recheck
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.proof.second.reading import Rejected, true_at
from counterpoise.theory.proof.second.sums.checking import check_steps
from counterpoise.theory.proof.second.sums.ledger import Ledger, Refused
from counterpoise.theory.proof.second.sums.reading import World, names_in
from counterpoise.theory.proof.second.sums.written_out import written_out
from counterpoise.theory.proof.sums.refuting import counterexample
from hypothesis import given, settings
from hypothesis import strategies as st

HERE = Path(__file__).parent
CLAIMS = json.loads((HERE / "sums_of_classes.json").read_text())
STORED = load_certificates(HERE / "sums_of_classes_proofs.json.gz")


def stated(relation, domains):
    return claim(relation, **{"classes": "K", **domains})


def world_of(certificate):
    return World.of(certificate.evidence["classes"], certificate.domain, certificate.claim)


def proofs():
    for certificate in STORED:
        steps = certificate.evidence["proofs"]
        for relation, proof in zip(certificate.claim, steps, strict=True):
            yield pytest.param(world_of(certificate), relation, proof, id=relation[:60])


def passes(part):
    """Takes a side condition's certificate on trust: its text, hypotheses and domains still count."""


# -------------------------------------------------------------------------------------------- proofs


def test_every_theorem_and_every_rewriting_has_its_proof():
    stored = {(c.claim, tuple(c.domain.items())) for c in STORED if c.status == "proved"}
    for relation, domains in CLAIMS["true"] + CLAIMS["again"]:
        texts = stated(relation, domains).texts()
        assert (texts["claim"], tuple(texts["domain"].items())) in stored, relation


@pytest.mark.parametrize(("world", "relation", "proof"), list(proofs()))
def test_the_steps_of_every_proof_follow(world, relation, proof):
    check_steps(relation, proof, world, passes)


@pytest.mark.parametrize("index", [0, 1, 7, 9])
def test_whole_proofs_are_confirmed(index):
    assert recheck(STORED[index]).status in ("confirmed", "sampled")


@pytest.mark.parametrize(
    ("relation", "domains"),
    [
        ("-Sum(p[j]*log(p[j])) <= log(K)", {"p": "simplex"}),
        ("Sum(s[i]**-1) >= K^2", {"s": "simplex"}),
        ("Sum(a[j]*b[j])**2 <= Sum(a[j]**2)*Sum(b[j]**2)", {"a": "real", "b": "real"}),
        ("log(sum(exp(z[j]))) >= max(z[j])", {"z": "real"}),
    ],
)
def test_theorems_are_proved_anew(relation, domains):
    assert stated(relation, domains).verify().status == "proved"


def sums_at(ledger, values):
    """Floats for the names of a ledger at a world: its sums, its numbers, and its entries at classes."""
    names = {
        "log": math.log, "exp": math.exp, "sqrt": math.sqrt, "Abs": abs, "Max": max, "Min": min,
    }  # fmt: skip
    world, count = ledger.world, values[ledger.world.classes]
    names |= {n: v for n, v in values.items() if n not in world.families}
    for member in world.members:
        names |= {f"{f}_{member}": values[f][values[member] - 1] for f in world.families}
    first = world.indices[0]
    over = {"Sum": sum, "Prod": math.prod, "Max": max, "Min": min}
    for name, atom in ledger.atoms.items():
        places = [i for i in range(count) if atom.but is None or i + 1 != values.get(atom.but)]
        if (atom.but is not None and atom.but not in values) or not places:
            continue
        rows = [names | {f"{f}_{first}": values[f][i] for f in world.families} for i in places]
        try:
            names[name] = over[atom.kind]([eval(atom.body, row) for row in rows])
        except NameError:
            continue  # of a class that a proof chose
    return names


def a_world(world, rng):
    count = rng.randint(world.least, world.least + 3)
    values = {world.classes: count}
    for name, where in world.domains.items():
        if name in world.members:
            values[name] = rng.randint(1, count)
        elif name in world.families or name != world.classes:
            unit = where in ("simplex", "closed simplex", "(0, 1)")
            signed = where == "(-oo, oo)"
            row = [rng.gauss(0, 1) if signed else rng.uniform(0.01, 0.99 if unit else 4)
                   for _ in range(count)]  # fmt: skip
            if name in world.simplices:
                row = [value / sum(row) for value in row]
            values[name] = row if name in world.families else row[0]
    return values


@pytest.mark.parametrize(("world", "relation", "proof"), list(proofs()))
def test_every_fact_of_every_proof_is_true(world, relation, proof):
    """What the lemmas conclude holds at random numbers of classes and values, to rounding."""
    ledger = Ledger(world)
    ledger.read(relation)
    for step in proof:
        ledger.apply(step, lambda wanted, facts: None)
    rng = random.Random(relation)
    seen = 0
    for _ in range(10):
        names = sums_at(ledger, a_world(world, rng))
        for fact in ledger.facts:
            if names_in(fact) <= set(names):
                operator = next(s for s in ("<=", ">=", "==", "<", ">") if f" {s} " in fact)
                left, right = (eval(side, dict(names)) for side in fact.split(f" {operator} "))
                gap = (left - right) / (1 + abs(left) + abs(right))
                sign = {"<": -1, ">": 1, "=": 0}[operator[0]]
                assert sign * gap >= -1e-12 if sign else abs(gap) <= 1e-12, fact
                seen += 1
    assert seen or all(set(names_in(fact)) - set(names) for fact in ledger.facts)


# ------------------------------------------------------------------------------------ false neighbours


def test_false_neighbours_are_refuted_and_the_counterexamples_confirmed():
    assert len(CLAIMS["false"]) >= 20
    for relation, domains in CLAIMS["false"]:
        false = stated(relation, domains)
        world = World.of(false.classes, false.domains, false.relations)
        found = counterexample(false.relations, world, seed=0, seconds=20, draws=120)
        assert found is not None, relation
        evidence = {"kind": "classes", "classes": false.classes}
        refuted = replace(STORED[0], status="refuted", evidence=evidence, counterexample=found,
                          **false.texts())  # fmt: skip
        assert recheck(refuted).status == "confirmed", relation


def test_what_fails_for_many_classes_only_is_not_proved():
    """No number of classes that is tried refutes these."""
    verdict = stated("Max(p[j]) >= 1/100", {"p": "simplex"}).verify(seconds=10)
    assert verdict.status == "unknown"
    assert "no proof found" in verdict.detail or "time" in verdict.detail
    few = stated("Max(p[j]) >= 1/100", {"p": "simplex", "K": "integer 1..100"})
    assert few.verify().status == "proved"


def test_a_counterexample_must_be_one():
    refuted = stated("Sum(p[j]**2) >= 1/2", {"p": "simplex"}).refute()
    assert recheck(refuted).status == "confirmed"
    for values in (
        {"K": "1", "p": ["1"]},
        {"K": "3", "p": ["1/3", "1/3", "1/4"]},
        {"K": "3", "p": ["1/3", "2/3"]},
        {"K": "3", "p": ["1/3", "2/3", "0"]},
        {"K": "0", "p": []},
    ):
        forged = replace(refuted, counterexample={**refuted.counterexample, "values": values})
        assert recheck(forged).status == "rejected", values


# -------------------------------------------------------------------------------------------- forgeries


def forged():
    """Proofs of theorems, for claims that are not the one they prove."""
    certificates = {c.claim[0]: c for c in STORED}
    gibbs, cauchy = STORED[0], STORED[4]
    yield gibbs, {"claim": ("Sum(p[j] * log(p[j] / q[j])) >= 1 / 1000",)}
    yield gibbs, {"claim": ("Sum(p[j] * log(p[j] / q[j])) > 0",)}
    yield gibbs, {"claim": ("Sum(q[j] * log(p[j] / q[j])) >= 0",)}
    yield gibbs, {"domain": {**gibbs.domain, "q": "(0, oo)"}}
    yield gibbs, {"domain": {**gibbs.domain, "p": "(0, 1)"}}
    yield gibbs, {"domain": {**gibbs.domain, "p": "closed simplex"}}
    yield gibbs, {"domain": {**gibbs.domain, "K": "integer 0.."}}
    yield cauchy, {"claim": ("Sum(a[j] * b[j]) ** 2 >= Sum(a[j] ** 2) * Sum(b[j] ** 2)",)}
    fano = next(c for c in STORED if "y" in c.domain and "K - 1" in c.claim[0])
    yield fano, {"domain": {**fano.domain, "K": "integer 1.."}}
    induced = certificates["1 - Prod(1 - e[j]) <= Sum(e[j])"]
    yield induced, {"domain": {**induced.domain, "e": "(0, 2)"}}
    yield induced, {"domain": {**induced.domain, "e": "simplex"}}
    yield induced, {"domain": {**induced.domain, "K": "integer 2.."}}


@pytest.mark.parametrize(("certificate", "change"), list(forged()))
def test_a_proof_of_something_else_is_rejected(certificate, change):
    change = {**change, "written": change.get("claim", certificate.written)}
    assert recheck(replace(certificate, **change)).status == "rejected"


def other_steps(step):
    """The step with one of its texts changed."""
    for key, value in step.items():
        if key == "op":
            yield from (
                {**step, key: sign} for sign in ("<=", ">=", "<", ">", "==") if sign != value
            )
        elif key in ("left", "right", "terms"):
            for row, column in np.ndindex(len(value), len(value[0]) if value else 0):
                for text in ("2", f"{value[row][column]} + 1", "p[j]", "p_i"):
                    changed = [list(part) for part in value]
                    changed[row][column] = text
                    yield {**step, key: changed}


@pytest.mark.parametrize("index", [0, 1, 2, 4, 8])
def test_a_step_that_says_something_else_is_rejected(index):
    certificate = STORED[index]
    (proof,) = certificate.evidence["proofs"]
    changes = 0
    for place, step in enumerate(proof):
        for other in other_steps(step):
            changes += 1
            steps = [*proof[:place], other, *proof[place + 1 :]]
            with pytest.raises((Rejected, Refused, ValueError, SyntaxError)):
                check_steps(certificate.claim[0], steps, world_of(certificate), passes)
    assert changes >= 10


def a_ledger(relation="Sum(x[j]) >= 0", **domains):
    domains = {"K": "integer 1..", "x": "(0, oo)", **domains}
    ledger = Ledger(World.of("K", domains, [relation]))
    ledger.read(relation)
    return ledger


@pytest.mark.parametrize(
    ("step", "domains"),
    [
        ({"lemma": "magic"}, {}),
        (
            {"lemma": "termwise", "left": [["1", "x_j"]], "op": ">", "right": []},
            {},
        ),  # not defined yet
        ({"lemma": "termwise", "left": [["x_j", "1"]], "op": ">", "right": []}, {}),
        ({"lemma": "termwise", "left": [["1", "x_j"]], "op": "!=", "right": []}, {}),
        ({"lemma": "termwise", "left": [["1", "x_j**2"]], "op": ">", "right": []}, {}),
        ({"lemma": "termwise", "left": [["1", "1"]], "op": ">", "right": [], "but": "y"}, {}),
        ({"lemma": "pairs", "terms": [["x_j", "1", "1"]]}, {}),
        ({"lemma": "name", "kind": "Sum", "body": "x_i"}, {}),
        ({"lemma": "name", "kind": "Sum", "body": "x[j]"}, {}),
        ({"lemma": "one term", "body": "x_j", "at": "y", "strict": False}, {}),
        ({"lemma": "attained", "atom": "S1"}, {}),
        ({"lemma": "product", "atom": "S1"}, {}),
        ({"lemma": "let", "be": "1/S1"}, {}),
        ({"lemma": "consequence", "relation": "x_j > 0"}, {}),
        ({"lemma": "consequence", "relation": "x[j] > 0"}, {}),
        ({"lemma": "induction", "relations": ["S1 > 0"]}, {"x": "simplex"}),
        ({"lemma": "induction", "relations": ["S1 > 0"]}, {"K": "integer 2.."}),
    ],
)
def test_a_lemma_that_does_not_apply_is_refused(step, domains):
    with pytest.raises(Refused):
        a_ledger(**domains).apply(step, lambda relation, facts: None)


def test_strictly_more_than_one_term_takes_two_classes():
    step = {"lemma": "one term", "body": "x_j", "at": "y", "strict": True}
    relation = "Sum(x[j]) > x[y]"
    for least, refused in ((1, True), (2, False)):
        ledger = a_ledger(relation, y="class", K=f"integer {least}..")
        ledger.apply({"lemma": "defined", "atom": "S1"}, lambda wanted, facts: None)
        if refused:
            with pytest.raises(Refused):
                ledger.apply(step, lambda wanted, facts: None)
        else:
            ledger.apply(step, lambda wanted, facts: None)
            assert ledger.facts == ["S1 > x_y"]


# --------------------------------------------------------------------------------------------- reading


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=5), st.data())
@settings(max_examples=15, deadline=None)
def test_sums_are_written_out_as_python_adds(row, data):
    y = data.draw(st.integers(1, len(row)))
    world = World.of(
        "K", {"K": "integer 1..", "x": "(-oo, oo)", "y": "class"}, ["Sum(x[j]) == x[y]"]
    )
    values = {"K": str(len(row)), "x": [str(v) for v in row], "y": str(y)}
    mean = sum(row)
    for text, told in (
        ("Sum(x[j])", sum(row)),
        ("Prod(x[j] + K)", math.prod(v + len(row) for v in row)),
        ("Max(x[i]) - Min(x[j])", max(row) - min(row)),
        ("Sum(Max(x[j], 0) * x[y])", sum(max(v, 0) * row[y - 1] for v in row)),
        ("Sum((x[j] - Sum(x[j]))**2)", sum((v - mean) ** 2 for v in row)),
    ):
        assert true_at(f"{written_out(text, world, values)} == {told}", {}), text


@pytest.mark.parametrize(
    ("relation", "domains", "said"),
    [
        ("Sum(p[j]) >= 0", {"classes": "2", "p": "simplex"}, "classes = '2'"),
        ("Sum(p[j]) >= 0", {}, "'p' has no domain"),
        ("Sum(p) >= 0", {"p": "simplex"}, "write p\\[j\\]"),
        ("p[j] >= 0", {"p": "simplex"}, "the index j stands outside"),
        ("Sum(Sum(p[i]*p[j])) >= 0", {"p": "simplex"}, "over i and j"),
        ("Sum(1) >= 0", {}, "over no index"),
        ("Sum(p[j]) >= 0", {"p": "simplex", "K": "integer 0.."}, "an integer 1 or more"),
        ("Sum(p[j]) >= j", {"p": "simplex", "j": "real"}, "the index j has a domain"),
        ("Sum(p[j]) >= y", {"p": "simplex", "y": "class"}, "y is a class, not a number"),
        ("Sum(p[j]) >= 0", {"p": "simplex", "q": "simplex"}, "'q' has a domain but does not occur"),
        ("Sum(foo(p[j])) >= 0", {"p": "simplex"}, "foo"),
        ("Sum(p[j]) >= S1", {"p": "simplex", "S1": "real"}, "proofs use such names"),
        ("Sum(p[j]) >= 0", {"p": "half-line"}, "'simplex'"),
        ("Sum(p[j])", {"p": "simplex"}, "is not a relation"),
        ("Sum(p[j+1]) >= 0", {"p": "simplex"}, "one index"),
        ("Sum(p[j]) in K", {"p": "simplex"}, "cannot read"),
        ("p.sum(j) >= 0", {"p": "simplex"}, "cannot read"),
        ("Sum(p[j] % 2) >= 0", {"p": "simplex"}, "cannot read"),
        ("Sum(p[j] for j in K) >= 0", {"p": "simplex"}, "cannot read"),
    ],
)
def test_what_cannot_be_read_is_said(relation, domains, said):
    with pytest.raises(InputError, match=said):
        stated(relation, domains)


def test_a_claim_about_classes_takes_text_and_no_hypotheses():
    with pytest.raises(InputTypeError, match="must be text"):
        claim(3, classes="K")
    with pytest.raises(InputError, match="takes no hypotheses"):
        claim("Sum(p[j]) >= 0", classes="K", given="K >= 2", p="simplex")

"""Goals as sums: true ones are proved, neighbours false by little are not, forged sums not confirmed."""

import json

import pytest
from counterpoise.theory import claim, recheck
from counterpoise.theory.proof.certificate import Certificate
from witnesses import is_counterexample

P, U = "positive", "(0, 1)"
TWO = {"a": P, "b": P}
THREE = {"a": P, "b": P, "c": P}
SHARES = {"p": U, "q": U}
OLYMPIAD = "a/sqrt(a**2+{0}*b*c) + b/sqrt(b**2+{0}*c*a) + c/sqrt(c**2+{0}*a*b) >= {1}"
PAIR = "a/sqrt(a**2+{0}*b**2) + b/sqrt(b**2+{0}*a**2) >= {1}"
ROOTS = "sqrt(a**2+3*b**2) + sqrt(b**2+3*a**2) <= {}*(a**2+b**2)/(a+b) + a + b"
PINSKER = "p*log(p/q) + (1-p)*log((1-p)/(1-q)) >= {}*(p-q)**2 + {}*(p-q)**4"
NEAR = {"p": "1/2 + 1/300", "q": "1/2 - 1/600"}
"""Where the sharp fourth-order bound nearly touches."""

TRUE = [
    (OLYMPIAD.format("8", "1"), THREE),
    (PAIR.format("3", "1"), TWO),
    (ROOTS.format("2"), TWO),
    pytest.param(PINSKER.format("2", "4/9"), SHARES, marks=pytest.mark.whole),
]
FALSE = [
    (OLYMPIAD.format("8", "1.0000001"), THREE, {"a": "1", "b": "1", "c": "1"}),
    (OLYMPIAD.format("8.0000001", "1"), THREE, {"a": "1", "b": "1", "c": "1"}),
    (PAIR.format("3", "1.0000001"), TWO, {"a": "1", "b": "1"}),
    (PAIR.format("3.0000001", "1"), TWO, {"a": "1", "b": "1"}),
    (PAIR.format("3", "1"), {"a": P, "b": "[-1, 1]"}, {"a": "1", "b": "-1"}),
    (ROOTS.format("1.9999999"), TWO, {"a": "1", "b": "1"}),
    (PINSKER.format("2", "0.4445"), SHARES, NEAR),
    (PINSKER.format("2.0000001", "4/9"), SHARES, NEAR),
]


@pytest.mark.parametrize(("relation", "domains"), TRUE)
def test_it_is_proved(relation, domains):
    certificate = claim(relation, **domains).verify(seconds=60)
    assert certificate.status == "proved", str(certificate)


@pytest.mark.parametrize(("relation", "domains", "point"), FALSE)
def test_its_false_neighbour_is_not(relation, domains, point):
    assert is_counterexample(relation, (), domains, point)
    certificate = claim(relation, **domains).verify(seconds=1.5)
    assert certificate.status in ("refuted", "unknown"), str(certificate)


@pytest.fixture(scope="module")
def proof():
    """A proof by a sum, and the sum."""
    own = claim(PAIR.format("3", "1"), **TWO).verify(seconds=60)
    data = json.loads(json.dumps(own.to_dict()))
    goal = data["evidence"]["cases"][-1]["tree"]["nodes"][0]
    sums = list(_sums(goal))
    assert sums
    return json.dumps(data)


def _sums(tree):
    if isinstance(tree, dict):
        if tree.get("rule") == "sum":
            yield tree
        for part in tree.values():
            yield from _sums(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from _sums(part)


def _more(node):
    node["parts"][1]["goal"] += " + 1/10**40"


def _negative(node):
    first, second = node["parts"]
    second["goal"] += f" - ({first['goal']})"
    first["goal"] = f"2*({first['goal']})"


def _one(node):
    del node["parts"][0]


def _none(node):
    node["parts"] = []


def _strict(node):
    node["parts"][1]["strict"] = True


@pytest.mark.parametrize("change", [_more, _negative, _one, _none, _strict])
def test_a_forged_sum_is_not_confirmed(proof, change):
    data = json.loads(proof)
    for node in _sums(data["evidence"]):
        change(node)
    assert recheck(Certificate.from_dict(data)).status in ("rejected", "undecided")


def test_a_sum_of_what_may_be_zero_is_not_positive(proof):
    data = json.loads(proof.replace(">= 1", "> 1"))
    goal = data["evidence"]["cases"][-1]["tree"]["nodes"][0]
    goal["strict"] = True
    assert recheck(Certificate.from_dict(data)).status in ("rejected", "undecided")

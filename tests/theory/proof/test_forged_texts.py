"""Certificates that say another thing than they prove: by their letters, names, options, what was written.

Each kind was confirmed once.
"""

import json
from dataclasses import replace

import pytest
from counterpoise.theory import claim, recheck
from counterpoise.theory.catalogue import statements, stored_certificates
from counterpoise.theory.catalogue.mutation import generated
from counterpoise.theory.proof.certificate import (
    Certificate,
    Tampered,
    load_certificates,
    save_certificates,
)
from counterpoise.theory.proof.computation import find_check

RANGE = {"rule": "range"}
UNIT, LINE = {"x": "[0, 1]"}, {"x": "(-oo, oo)"}


def proof(relation, goal, domain=UNIT, node=RANGE, **fields):
    tree = {"rule": "all", "nodes": [{"goal": goal, "strict": False, "node": node}]}
    case = {"relation": relation, "kind": "relation", "box": dict(domain), "tree": tree}
    evidence = {"kind": "tree", "cases": [case], "witness": None}
    return Certificate("forged", "proved", (relation,), domain, evidence=evidence, **fields)


def refuted(relation, values, domain=LINE, **fields):
    told = {"values": values, "relation": relation, "text": "", **fields.pop("told", {})}
    return Certificate("forged", "refuted", (relation,), domain, counterexample=told, **fields)


def identity(relation):
    case = {"relation": relation, "kind": "relation", "tree": {"rule": "identity"}}
    evidence = {"kind": "tree", "cases": [case], "witness": None}
    return Certificate("forged", "proved", (relation,), LINE, evidence=evidence)


def limit(expression, value, point, domain):
    text = f"limit of {expression} as x -> {point} is {value}"
    return Certificate(
        "forged", "proved", (text,), {"x": domain}, evidence={"kind": "limit", "end": "low"}
    )


TEXTS = {
    "a comment that says more": proof("x**2 >= 0 # and x >= 5", "x**2"),
    "a comment that hides a part": proof("x**2 + 1 # - 5\n >= 0", "x**2 + 1"),
    "a second line": proof("x**2 >= 0\n# x > 7", "x**2"),
    "a comment in a limit": limit("x", "0 # + 5", "0", "(0, 1)"),
    "wide letters": proof("\uff58 >= 0", "x"),
    "a letter of another alphabet": proof("x + \u0445 >= 0", "2*x"),
    "words of the reader's language": proof("x >= False", "x - False"),
    "nothing": Certificate(
        "P = NP", "proved", evidence={"kind": "tree", "cases": [], "witness": None}
    ),
    "a true claim refuted by another that was written": refuted(
        "x**2 >= 0", {"x": "0"}, written=("x >= 1",)
    ),
    "a true claim refuted where another has no value": refuted(
        "x**2 >= 0", {"x": "-1"}, written=("sqrt(x) >= 0",), told={"undefined": "sqrt(x)"}
    ),
    "a true claim refuted by one with a spike": refuted(
        "x**2 >= 0", {"x": "1/3"}, written=("x**2 - exp(-10**12*(x - 1/3)**2) >= 0",)
    ),
    "a failure of what was written": Certificate(
        "forged", "proved", ("not always: x**2 >= 0",), LINE, written=("x >= 1",),
        evidence={"kind": "failure", "point": {
            "values": {"x": "0"}, "relation": "x**2 >= 0", "text": ""}},
    ),
    "a hypothesis that was not written": refuted(
        "x >= 1", {"x": "3/4"}, given=("x >= 1/2",), written=("x >= 1", "x >= -5")
    ),
    "a limit beyond the end": limit("1/x", "1", "1+1/10**100", "(1, 2)"),
    "a limit before the end": limit("1/(x-1-1/10**100)", "oo", "1", "(1+1/10**100, 2)"),
    "an exponent that is nearly whole": identity("x**(2 + 1/10**100) == x**(2 + 1/10**100)"),
    "one that is nearly whole by exp": identity("x**(2 + exp(-1000)) == x**(2 + exp(-1000))"),
    "a theorem shown beside a step": replace(
        proof("x >= 0", "x"), shown={"theorem": ["P = NP"], "mark": "decided"}
    ),
    "a formula shown beside a step": replace(
        proof("x >= 0", "x"),
        shown={"formula": {"claim": ["x >= 5"], "domain": {}, "given": []}, "mark": "decided"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TEXTS)
def test_what_reads_otherwise_is_not_confirmed(kind):
    assert recheck(TEXTS[kind]).status in ("rejected", "undecided")


def test_a_refutation_of_what_sympy_cancels_is_confirmed():
    for text, where in (("0*log(x) == 0", "[-1, 1]"), ("x/x == 1", "[-1, 1]")):
        certificate = claim(text, x=where).verify(seconds=20)
        assert certificate.status == "refuted"
        assert recheck(certificate).status == "confirmed"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("sqrt(x)*sqrt(x) == x", "[-2, -1]"),
        ("log(x)/log(x) == 1", "[-2, -1]"),
        ("exp(log(x)) >= x", "(-oo, 0)"),
        ("atanh(x) - atanh(x) == 0", "(2, oo)"),
    ],
)
def test_so_is_that_of_what_has_no_value_anywhere(text, where):
    certificate = claim(text, x=where).verify(seconds=20)
    assert certificate.status == "refuted"
    assert recheck(certificate).status == "confirmed"


NEIGHBOUR = "balanced_error.bayes_rule/balanced_accuracy_as_mean_ratio"


@pytest.mark.parametrize(
    "name",
    [
        "balanced_error.bayes-rule",
        "balanced_error.bayes_ru1e",
        "balanced_error..bayes_rule",
        "balanced_error.bayes_rule\u2215x",
        *(
            "balanced_error.bayes_rule" + unseen
            for unseen in "\ufe0f\u034f\u115f\u3164\u2800\x7f\x08"
        ),
        *(f"{NEIGHBOUR}/{number}" for number in ("1", "999999", "\u0663")),
        " balanced_error.bayes_rule",
        "balanced_error.bayes_rule\u200b",
        "b\u0430lanced_error.bayes_rule",
        "Balanced_Error.Bayes_Rule",
        "balanced error.bayes_rule".replace(" ", "\u00a0_"),
        "balanced_error.bayes_rule",
        "balanced_error.bayes_rule/no neighbour",
    ],
)
def test_a_name_that_reads_like_a_theorem_is_rejected(name):
    assert recheck(proof("x >= 0", "x")).status == "confirmed"
    assert recheck(replace(proof("x >= 0", "x"), name=name)).status == "rejected"


@pytest.mark.parametrize("status", ["checked", "refuted"])
def test_a_neighbour_is_what_it_is_named_after_whatever_its_status(status):
    own = claim("x + x == 2*x" if status == "checked" else "x >= 1", x="[0, 2]").verify()
    for name in (NEIGHBOUR, f"{NEIGHBOUR}/1", "balanced_error.bayes_rule/whatever"):
        assert recheck(replace(own, status=status, name=name)).status == "rejected"


@pytest.mark.parametrize(
    "name",
    [
        "\u041d\u0435\u0440\u0430\u0432\u0435\u043d\u0441\u0442\u0432\u043e",
        "\u03b1\u03b2\u03b3\u03b4\u03b5\u03b6\u03b7\u03b8\u03b9\u03ba\u03bb\u03bc\u03bd\u03be",
        "AM-GM", "Cauchy's inequality", "lemma 3/2", "",
    ],
)  # fmt: skip
def test_a_name_of_one_s_own_is_confirmed_in_any_script(name):
    assert recheck(replace(proof("x >= 0", "x"), name=name)).status == "confirmed"


def test_generated_neighbours_are_what_they_are_named_after():
    statement = statements()["balanced_error.bayes_rule"]
    step = statement.steps[-1]
    for number, (_, neighbour) in enumerate(generated(step.claim)[:2], start=1):
        name = f"{statement.name}/{step.name}/{number}"
        own = replace(neighbour.verify(seconds=2), name=name)
        assert recheck(own).status != "rejected"
        assert recheck(replace(own, claim=("x >= 0",))).status == "rejected"


BROKEN = [
    ("evidence", None), ("evidence", 5), ("evidence", "x"), ("name", 5), ("name", "x\ud800"),
    ("detail", None), ("domain", 5), ("domain", ["x"]), ("domain", {"x": 5}), ("shown", 5),
    ("counterexample", 5), ("counterexample", {"x": "y"}), ("parts", "x"), ("kernel", 3),
    ("seconds", "long"), ("claim", [5]), ("given", 5),
    ("shown", {"formula": {"x": "y"}, "mark": "decided"}), ("shown", {"formula": ["x"]}),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), BROKEN, ids=lambda value: repr(value)[:30])
def test_what_is_no_certificate_is_refused_or_rejected(key, value):
    for whole in (
        proof("x >= 0", "x"),
        replace(proof("x >= 0", "x"), parts=(proof("x >= 0", "x"),)),
    ):
        try:
            read = Certificate.from_dict({**whole.to_dict(), key: value})
        except Tampered:
            continue
        assert recheck(read).status == "rejected"


@pytest.mark.parametrize("value", [["own"], 0, None, True, 1.5, [], {"own": 1}])
def test_an_option_of_another_kind_is_rejected(value):
    mutants = statements()["margin_bound.class_margin"].mutants
    own = next(mutant for mutant in mutants if mutant.name == "mutant_1").claim.verify()
    assert recheck(own).status == "confirmed"
    parameters = {**own.evidence["parameters"], "count_used": value}
    words = find_check(own.evidence["check"]).words(parameters)
    evidence = {**own.evidence, "parameters": parameters}
    forged = replace(own, name="forged", claim=(words,), evidence=evidence)
    assert recheck(forged).status == "rejected"


def _computed(check):
    for certificate in stored_certificates().values():
        for part in certificate.parts:
            if part.evidence.get("check") == check:
                return replace(part, kernel={}, name="forged")
    raise LookupError(check)


@pytest.mark.parametrize(
    ("check", "option", "other"),
    [
        ("density_ratio:centred_ridge", "centre", "mean "),
        ("density_ratio:centred_ridge", "centre", "2"),
        ("effective_number:uneven_cells", "most", " uniform"),
        ("effective_number:uneven_cells", "most", "Uniform"),
        ("rademacher:khintchine", "lower", "1/2\u200b"),
        ("rademacher:khintchine", "lower", "\uff11/2"),
    ],
)
def test_an_option_that_is_none_is_rejected(check, option, other):
    own = _computed(check)
    assert recheck(own).status == "confirmed"
    parameters = {**own.evidence["parameters"], option: other}
    words = find_check(check).words(parameters)
    evidence = {**own.evidence, "parameters": parameters}
    for status in ("proved", "refuted"):
        told = {"text": "", "values": {}} if status == "refuted" else None
        forged = replace(own, status=status, claim=(words,), evidence=evidence, counterexample=told)
        assert recheck(forged).status == "rejected"


def test_an_entry_that_stands_twice_is_an_alteration(tmp_path):
    path = tmp_path / "proofs.json"
    save_certificates([proof("x >= 0", "x")], path)
    text = path.read_text()
    assert load_certificates(path)
    path.write_text(text.replace('"status": "proved"', '"status": "cited", "status": "proved"'))
    assert json.loads(path.read_text()) == json.loads(text)
    with pytest.raises(Tampered):
        load_certificates(path)

"""What is shown is bound to what is proved: in every statement, no formula can be swapped or left out."""

from dataclasses import replace

import pytest
from counterpoise.theory import recheck, statements
from counterpoise.theory.claims.pins import as_pinned, changes, difference, pins
from counterpoise.theory.claims.stating import state, state_quoted
from families import sampled

NAMES = list(statements())
FALSE = state("5/2 > 3")
UNRELATED = state("exp(z) >= 1 + z", z="real")


def only_shown(statement):
    """The statement without its steps: what is left to verify is what is shown."""
    return replace(statement, steps=(), cites=())


def test_the_pins_are_what_is_said():
    """If this fails, read `counterpoise pin`: it prints both versions; with --write it writes the new one."""
    assert changes(statements().values()) == {}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shown_is_a_step_or_marked(name):
    statement = statements()[name]
    formula = statement.shown()["formula"]
    assert statement.mark == ("assembled by argument" if statement.theorem else "decided")
    assert formula is None or formula["step"] in {step.name for step in statement.steps}
    assert formula is not None or statement.theorem is not None


@pytest.mark.parametrize("name", sampled(NAMES, 3))
def test_verify_notices_another_formula(name):
    statement = only_shown(statements()[name])
    assert replace(statement, formula=FALSE).verify().status == "refuted"
    unrelated = replace(statement, formula=UNRELATED).verify()
    assert unrelated.status == "unknown"
    assert "pinned" in unrelated.detail
    missing = replace(statement, formula=None, theorem=None)
    assert difference(missing)
    said = state_quoted("every loss is consistent", r"\forall \ell")
    assert difference(replace(statement, theorem=said))


@pytest.mark.parametrize("name", sampled(NAMES, 3))
def test_recheck_notices_another_formula(certificates, name):
    certificate = certificates[name]
    for forged in forgeries(certificate):
        verdict = recheck(forged)
        assert verdict.status == "rejected", verdict
    assert recheck(replace(certificate, name=other(name))).status == "rejected"


def forgeries(certificate):
    shown = dict(certificate.shown)
    yield replace(certificate, shown={})
    yield replace(certificate, shown=shown | {"formula": None, "theorem": None})
    mark = "decided" if shown["theorem"] else "assembled by argument"
    yield replace(certificate, shown=shown | {"mark": mark})
    step = certificate.parts[0].name
    for claim in (FALSE, UNRELATED):
        swapped = {"step": step, **claim.claim.texts()}
        yield replace(certificate, shown=shown | {"formula": swapped})
    words = ["every loss is consistent", r"\forall \ell"]
    yield replace(certificate, shown=shown | {"theorem": words, "mark": "assembled by argument"})


def other(name):
    return NAMES[NAMES.index(name) - 1]


def test_a_certificate_says_what_it_is_of_and_prose_is_never_plainly_proved(certificates):
    for name, certificate in certificates.items():
        statement = statements()[name]
        assert certificate.shown["mark"] == statement.mark
        if statement.theorem:
            assert certificate.verdict == f"{certificate.status}, assembled by argument"
            assert statement.mark in str(certificate)
            assert statement.mark in statement._repr_html_()
        else:
            assert certificate.verdict == certificate.tier.name


def test_a_pin_is_readable_and_follows_domains_and_hypotheses():
    statement = statements()["margins.ldam_two_class"]
    pin = pins()[statement.name]
    assert "n1" in pin["formula"]
    assert "(0, oo)" in pin["formula"]
    wider = replace(statement.formula, options={"B": "real"})
    assert as_pinned(replace(statement, formula=wider))["sha256"] != pin["sha256"]

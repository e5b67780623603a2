"""Forged certificates of false claims that were confirmed once, each by one step that asked too little."""

import pytest
from counterpoise.theory import claim, recheck
from forging import forged

RANGE = {"rule": "range"}
UNIT, LINE = "(0, 1)", "(-oo, oo)"


def captured(name, domain):
    """A change of variable whose new name is that of one that should be gone."""
    return {
        "rule": "substitute", "variable": name, "new": "x", "domain": domain, "by": "x", "to": "0",
        "node": RANGE,
    }  # fmt: skip


def squared(factor):
    """The square of a factor of which nobody asks whether it is a real number."""
    part = {"factor": factor, "power": 2, "sign": 1, "node": None}
    return {"rule": "product", "coefficient": "1", "parts": [part]}


VANISHING = "(log(x**2 - y**2) - log(x + y) - log(x - y))"  # identically, as a form reads it or not
PADDED = (
    "(-log(x + 3*3*1*1*1*1*1*1 - 2*2*2*1*1*1*1*1*1) - log(x - 3*3*1*1*1*1*1*1 + 2*2*2*1*1*1*1*1*1)"
    " + log(x*x - 1))"
)


def through_nothing(quotient, node=None):
    """A claim in another form, a quotient of two expressions that vanish: first it is the claim, then 0."""
    node = node or {"rule": "rewrite", "to": "0", "node": RANGE}
    goal = "-x*y - 1"
    step = {"rule": "rewrite", "to": f"({goal})*{quotient}", "node": node}
    return forged("0 >= x*y + 1", {"x": "(3, 4)", "y": UNIT}, (), goal, step)


FORGED = {
    "a mean that keeps its variables": forged(
        "-(x - y)**2 >= 0", {"x": UNIT, "y": UNIT}, (), "-(x - y)**2",
        {"rule": "mean", "variables": ["x", "y"], "new": "m", "share": "0", "to": "-(x - m)**2",
         "nodes": [captured("m", UNIT), RANGE, RANGE]},
    ),
    "a place that moves with its variable": forged(
        "-(x - z)**2 >= 0", {"x": LINE, "z": LINE}, (), "-(x - z)**2",
        {"rule": "minimum", "variable": "x", "kind": "crossing", "place": "3*x - 2*z", "factor": "1",
         "value": "-(3*x - 2*z - z)**2", "slope_node": RANGE,
         "nodes": [captured("z", LINE), None, None]},
    ),
    "a variable without a domain": forged(
        "-(x - z)**2 >= 0", {"z": LINE}, (), "-(x - z)**2 - 0", captured("z", LINE)
    ),
    "nothing over nothing": through_nothing(f"{VANISHING}/({VANISHING} + {PADDED})"),
    "a function of nothing": through_nothing(f"erf({VANISHING})/erf({VANISHING} + {PADDED})"),
    "the size of nothing": through_nothing(f"Abs({VANISHING})/Abs({VANISHING} + {PADDED})"),
    "cases of nothing": through_nothing(
        f"{VANISHING}/({VANISHING} + {PADDED})",
        {"rule": "cases", "on": "log(x + y) + log(x - y) + log(x*x - 1)", "to": ["0", "0"],
         "nodes": [RANGE, RANGE]},
    ),
    "the square of a root of what is negative": forged(
        "x >= 0", {"x": "(-1, 1)"}, (), "x", squared("sqrt(x)")
    ),
    "the same, of two variables": forged(
        "x*y >= 0", {"x": "(-1, 1)", "y": "(-1, 1)"}, (), "x*y", squared("sqrt(x*y)")
    ),
    "the same, in the goal": forged(
        "x >= 0", {"x": "(-1, 1)"}, (), "sqrt(x)**2", squared("sqrt(x)")
    ),
    "squares compared of what is no number": forged(
        "x >= -1/2", {"x": "(-1, 1)"}, (), "x + 1/2",
        {"rule": "square", "large": "sqrt(x + 1/2)**2", "small": "0", "to": "(x + 1/2)**2",
         "nodes": [squared("sqrt(x + 1/2)"), RANGE]},
    ),
    "a mean under a root": forged(
        "x + y - 1 >= 0", {"x": UNIT, "y": UNIT}, (), "x + y - 1",
        {"rule": "mean", "variables": ["x", "y"], "new": "m", "share": "1/2", "to": "sqrt(2*m - 1)**2",
         "nodes": [squared("sqrt(2*m - 1)"), RANGE, RANGE]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_it_is_not_confirmed_any_more(name):
    assert recheck(FORGED[name]).status != "confirmed"


def test_a_quotient_of_two_expressions_that_vanish_is_no_number():
    zero = "(atan(x) + atan(1/x) - pi/2)"
    certificate = claim(f"{zero}/({zero}) == 1", x=UNIT).verify(seconds=5)
    assert certificate.status != "proved" or recheck(certificate).status != "confirmed"


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("sqrt(cosh(x)*cosh(y)) <= (cosh(x) + cosh(y))/2", {"x": "real", "y": "real"}),
        (
            "a/sqrt(x) + (1-a)/sqrt(y) >= 1/sqrt(a*x + (1-a)*y)",
            {"x": "positive", "y": "positive", "a": "[0, 1]"},
        ),
    ],
)
def test_what_was_only_sampled_is_decided(text, domains):
    certificate = claim(text, **domains).verify(seconds=20)
    assert (certificate.status, recheck(certificate).status) == ("proved", "confirmed")

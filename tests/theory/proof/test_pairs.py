"""Goals in two variables of one interval: divergences, Jensen's gaps, false neighbours, forged steps."""

import pytest
from counterpoise.theory import claim, recheck
from forging import forged

UNIT, LINE, POSITIVE = "(0, 1)", "real", "positive"
DIVERGENCES = [  # of p and q on (0, 1): true up to the constant, false beyond it
    ("p*log(p/q) + (1-p)*log((1-p)/(1-q)) >= {}*(p-q)**2", "2"),
    ("(p-q)*log(p*(1-q)/(q*(1-p))) >= {}*(p-q)**2", "4"),
    (
        "(p*log(p) + (1-p)*log(1-p) + q*log(q) + (1-q)*log(1-q))/2 - (p+q)/2*log((p+q)/2)"
        " - (1-(p+q)/2)*log(1-(p+q)/2) >= {}*(p-q)**2",
        "1/2",
    ),
    ("p*log(p/q) - p + q >= {}*(p-q)**2", "1/2"),
    ("1 - sqrt(p*q) - sqrt((1-p)*(1-q)) >= {}*(p-q)**2", "1/2"),
    ("-2*log(sqrt(p*q) + sqrt((1-p)*(1-q))) >= {}*(p-q)**2", "1"),
    ("(p-q)**2/(q*(1-q)) >= {}*(p-q)**2", "4"),
]
GAPS = [  # Jensen's, of a curve: weighted, and halves
    ("{a}*exp(x) + {b}*exp(y) >= exp({a}*x + {b}*y)", LINE),
    ("{a}*log(1+exp(x)) + {b}*log(1+exp(y)) >= log(1+exp({a}*x + {b}*y))", LINE),
    ("{a}*x*log(x) + {b}*y*log(y) >= ({a}*x + {b}*y)*log({a}*x + {b}*y)", POSITIVE),
    ("log({a}*x + {b}*y) >= {a}*log(x) + {b}*log(y)", POSITIVE),
    ("{a}/x + {b}/y >= 1/({a}*x + {b}*y)", POSITIVE),
]
SHARES = {"a third": ("1/3", "2/3"), "a half": ("1/2", "1/2"), "any": ("a", "(1-a)")}


def shown(text, **domains):
    certificate = claim(text, **domains).verify(seconds=30)
    return certificate.status, recheck(certificate).status


@pytest.mark.parametrize(("text", "most"), DIVERGENCES)
def test_a_divergence_is_above_its_square_and_no_larger_one(text, most):
    domains = {"p": UNIT, "q": UNIT}
    assert shown(text.format(most), **domains) == ("proved", "confirmed")
    false = claim(text.format(f"({most} + 1/1000)"), **domains).verify(seconds=10)
    assert false.status != "proved"


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize(("text", "where"), GAPS)
def test_a_curve_is_below_its_chords(text, where, share):
    a, b = SHARES[share]
    domains = {"x": where, "y": where, **({"a": UNIT} if share == "any" else {})}
    assert shown(text.format(a=a, b=b), **domains) == ("proved", "confirmed")
    assert claim(text.format(a=b, b=a) + " + 1e-9", **domains).verify(seconds=5).status != "proved"


@pytest.mark.parametrize(
    "text",
    ["2*log(Phi((x+y)/2)) >= log(Phi(x)) + log(Phi(y))", "Phi((x+y)/2)**2 >= Phi(x)*Phi(y)"],
)
def test_the_normal_distribution_is_log_concave(text):
    assert shown(text, x=LINE, y=LINE) == ("proved", "confirmed")
    false = claim(text.replace("+y)/2", "+y)/2 - 1/100"), x=LINE, y=LINE).verify(seconds=5)
    assert false.status == "refuted"


@pytest.mark.parametrize("text", ["log(Phi(x))/3 + 2*log(Phi(y))/3 <= log(Phi((x + 2*y)/3))"])
def test_shares_need_not_be_halves(text):
    assert shown(text, x=LINE, y=LINE) == ("proved", "confirmed")


RANGE = {"rule": "range"}
XY = {"x": "(0, 1)", "y": "(0, 1)"}


def diagonal(text, slope, mixed, face, domains=XY, variables=("x", "y")):
    node = {
        "rule": "diagonal", "variables": list(variables), "slope": slope, "mixed": mixed,
        "face": face, "nodes": [RANGE, RANGE],
    }  # fmt: skip
    large, small = text.split(" >= ")
    return forged(text, domains, (), f"{large} - ({small})", node)


def mean(text, share, to, domains=XY, new="m", nodes=(RANGE, RANGE, RANGE)):
    node = {
        "rule": "mean", "variables": ["x", "y"], "new": new, "share": share, "to": to,
        "nodes": list(nodes),
    }  # fmt: skip
    large, small = text.split(" >= ")
    return forged(text, domains, (), f"{large} - ({small})", node)


RIGHT = {
    "a square": diagonal("(x - y)**2 >= 0", "2*x - 2*y", "2", "0"),
    "a sum": mean("x + y >= 0", "1/2", "2*m"),
    "a weighted sum": mean("a*x + (1-a)*y >= 0", "a", "m", {**XY, "a": "[0, 1]"}),
}
FORGED = {
    "a slope that is not zero where both are equal": diagonal("x >= y", "1", "0", "0"),
    "a slope of another": diagonal("x - y >= (x - y)**2", "2*x - 2*y", "2", "0"),
    "a mixed derivative that is positive": diagonal("2*x*y >= x**2 + y**2", "2*y - 2*x", "-2", "0"),
    "its sign forgotten": diagonal("2*x*y >= x**2 + y**2", "2*y - 2*x", "2", "0"),
    "another value where both are equal": diagonal("(x - y)**2 >= 1", "2*x - 2*y", "2", "0"),
    "one variable twice": diagonal("x**2 >= 1", "2*x", "2", "0", variables=("x", "x")),
    "two intervals": diagonal(
        "(x - y)**2 >= 1/2", "2*x - 2*y", "2", "-1/2 + 1", {"x": "(0, 1)", "y": "(2, 3)"}
    ),
    "an attained end": diagonal(
        "sign(x)*(x - y)**2 >= 0", "2*sign(x)*(x - y)", "2*sign(x)", "0",
        {"x": "[0, 1]", "y": "[0, 1]"},
    ),
    "a kink where both are equal": diagonal("-Abs(x - y) >= 0", "-sign(x - y)", "0", "0"),
    "a root whose slope jumps": diagonal("-sqrt((x - y)**2) >= 0", "-sign(x - y)", "0", "0"),
    "a jump where both are equal": diagonal(
        "sqrt((x - y)**2)/(y - x) >= 0", "0", "0", "0", {"x": "(-oo, oo)", "y": "(-oo, oo)"}
    ),
    "whole numbers": diagonal(
        "(x - y)**2 >= 0", "2*x - 2*y", "2", "0", {"x": "integer 1..5", "y": "integer 1..5"}
    ),
    "a share beyond one": mean("2*x - y >= -1/2", "2", "m + 1/2"),
    "a share that is a variable of the two": mean("x**2 + (1-x)*y >= 0", "x", "m"),
    "a share that is negative somewhere": mean(
        "a*x + (1-a)*y >= 0", "a", "m", {**XY, "a": "[-1, 1]"}
    ),
    "another mean": mean("x - y >= -1/2", "1/2", "m"),
    "a new variable that is there": mean("x + y >= 0", "1/2", "2*x", new="x"),
    "an interval each": mean("x + y >= 3", "1/2", "2*m - 3", {"x": "(0, 1)", "y": "(2, 3)"}),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_step_is_confirmed(name):
    assert recheck(RIGHT[name]).status == "confirmed"


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_step_is_not_confirmed(name):
    assert recheck(FORGED[name]).status != "confirmed"

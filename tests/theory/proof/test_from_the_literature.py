"""Inequalities as the literature has them are proved and confirmed, and false neighbours are not.

Unbounded waves, divergences class by class, given sums, cyclic sums that solvers disagree on.
"""

import json

import pytest
from counterpoise.theory import claim, recheck
from counterpoise.theory.proof.certificate import Certificate
from counterpoise.theory.proof.prover.orders import ordered_variables
from counterpoise.theory.proof.prover.tactics import Goal, new_search
from counterpoise.theory.proof.second.forms.normal_form import Forms
from counterpoise.theory.proof.second.reading import read_piece
from counterpoise.theory.proof.second.second_opinion import parse
from witnesses import is_counterexample

R, P, U = "real", "positive", "(0, 1)"
QUARTER = "(0, pi/2)"
SHARES = {"p": U, "q": U}
THREE = {"a": P, "b": P, "c": P}
FOUR = {**THREE, "d": P}
PRIORS = dict.fromkeys("abcd", U)
ONE = "a + b + c + d == 1"
KL = "p*log(p/q) + (1-p)*log((1-p)/(1-q))"
HELLINGER = "(sqrt(p)-sqrt(q))**2 + (sqrt(1-p)-sqrt(1-q))**2"
SHAPIRO = "a/(b+c) + b/(c+d) + c/(d+a) + d/(a+b) >= {}"
SCHUR = "sqrt(a)*(a-b)*(a-c) + sqrt(b)*(b-a)*(b-c) + sqrt(c)*(c-a)*(c-b) >= {}"
WILKER = "(sin(x)/x)**2 + sin(x)/(x*cos(x)) > {}"

# fmt: off
TRUE = [
    ("cos(sin(x)) > sin(cos(x))", (), {"x": R}),
    ("abs(sin(2*x)) <= 2*abs(sin(x))", (), {"x": R}),
    ("abs(sin(x+y)) <= abs(sin(x)) + abs(sin(y))", (), {"x": R, "y": R}),
    ("cos(x) + cos(2*x)/2 + cos(3*x)/3 > -1", (), {"x": R}),  # W. H. Young
    (WILKER.format("2"), (), {"x": QUARTER}),
    (f"{HELLINGER} <= {KL}", (), SHARES),
    ("sqrt(a) + sqrt(b) + sqrt(c) + sqrt(d) <= 2", ONE, PRIORS),
    ("exp(a) + exp(b) + exp(c) >= 3", "a + b + c == 0", {"a": R, "b": R, "c": R}),
    (SHAPIRO.format("2"), (), FOUR),
    (SCHUR.format("0"), (), THREE),
]
FALSE = [
    ("cos(sin(x)) > sin(cos(x)) + 0.1072", (), {"x": R}, {"x": "692/1000"}),
    ("abs(sin(2*x)) <= 1.9999999*abs(sin(x))", (), {"x": R}, {"x": "1/10**5"}),
    ("abs(sin(x+y)) <= abs(sin(x)) + abs(sin(y))*0.9999", (), {"x": R, "y": R},
     {"x": "1/10**6", "y": "1/100"}),
    ("cos(x) + cos(2*x)/2 + cos(3*x)/3 > -0.83", (), {"x": R}, {"x": "314/100"}),
    (WILKER.format("2 + 8/44*x**4"), (), {"x": QUARTER}, {"x": "1/4"}),
    (f"2.0001*({HELLINGER}) <= {KL}", (), SHARES, {"p": "1/2 + 1/10**5", "q": "1/2"}),
    ("sqrt(a) + sqrt(b) + sqrt(c) + sqrt(d) <= 2", "a + b + c + d == 1.000001", PRIORS,
     dict.fromkeys("abcd", "25000025/10**8")),
    ("exp(a) + exp(b) + exp(c) >= 3.0000001", "a + b + c == 0", {"a": R, "b": R, "c": R},
     {"a": "0", "b": "0", "c": "0"}),
    (SHAPIRO.format("2.0000001"), (), FOUR, dict.fromkeys("abcd", "1")),
    (SCHUR.format("1/10**9"), (), THREE, dict.fromkeys("abc", "1")),
    ("a*(a-b)*(a-c) + b*(b-a)*(b-c) + c*(c-a)*(c-b) >= 0", (), {**THREE, "c": R},
     {"a": "1/2", "b": "1/2", "c": "-1"}),
]
# fmt: on


@pytest.mark.parametrize(("relation", "given", "domains"), TRUE)
def test_it_is_proved_and_confirmed(relation, given, domains):
    certificate = claim(relation, given=given, **domains).verify(seconds=60)
    assert certificate.status == "proved", str(certificate)
    assert recheck(certificate).status == "confirmed"


@pytest.mark.parametrize(("relation", "given", "domains", "point"), FALSE)
def test_its_false_neighbour_is_not(relation, given, domains, point):
    assert is_counterexample(relation, given, domains, point)
    certificate = claim(relation, given=given, **domains).verify(seconds=2)
    assert certificate.status in ("refuted", "unknown"), str(certificate)


# ----------------------------------------------------------------------------------------- periods


def by_period(relation, goal, period="2*pi", *, domain="(-oo, oo)", name="x", node=None, **fields):
    tree = {"rule": "period", "variable": name, "period": period, "node": node or {"rule": "range"}}
    nodes = [{"goal": goal, "strict": False, "node": tree}]
    case = {"relation": relation, "kind": "relation", "box": {name: "(-oo, oo)"}}
    evidence = {"kind": "tree", "cases": [{**case, "tree": {"rule": "all", "nodes": nodes}}]}
    evidence["witness"] = fields.pop("witness", None)
    return Certificate("forged", "proved", (relation,), {name: domain}, evidence=evidence, **fields)


def test_one_period_is_enough():
    assert recheck(by_period("sin(x) >= -1", "sin(x) + 1")).status == "confirmed"
    assert recheck(by_period("cos(sin(3*x)) >= -1", "cos(sin(3*x)) + 1")).status == "confirmed"


FORGED = {
    "half a period": by_period("sin(x) >= -1/10", "sin(x) + 1/10", "pi"),
    "a slower wave": by_period("sin(x/2) >= -1/2", "sin(x/2) + 1/2"),
    "one outside": by_period("x*sin(x) + 100 >= 0", "x*sin(x) + 100"),
    "one in an exponent": by_period("sin(x) + exp(-x) >= -1", "sin(x) + exp(-x) + 1"),
    "no common period": by_period(
        "sin(x) + sin(sqrt(2)*x) >= -19/10", "sin(x) + sin(sqrt(2)*x) + 19/10"
    ),
    "off by little": by_period("sin((1 + 1/10**100)*x) >= -1", "sin((1 + 1/10**100)*x) + 1"),
    "a negative one": by_period("sin(x) >= 0", "sin(x)", "-2*pi"),
    "none": by_period("cos(x) >= 1", "cos(x) - 1", "0*pi", node={"rule": "zero"}),
    "an angle that jumps": by_period(
        "cos(x + atan(1/x) + atan(x)) >= -1", "cos(x + atan(1/x) + atan(x)) + 1"
    ),
    "on whole numbers": by_period("sin(pi*x/2) >= 0", "sin(pi*x/2)", "4", domain="integer .."),
    "under a hypothesis": by_period(
        "sin(x) >= 0", "sin(x)", node={"rule": "void", "fact": "sin(x)", "node": {"rule": "range"}},
        given=("sin(x) >= 0",), witness={"x": "1"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_what_is_no_period_is_not_confirmed(name):
    assert recheck(FORGED[name]).status in ("rejected", "undecided")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("sin(2*x)", "2*sin(x)*cos(x)", True),
        ("cos(3*x)", "4*cos(x)**3 - 3*cos(x)", True),
        ("sin(x + y)", "sin(x)*cos(y) + cos(x)*sin(y)", True),
        ("cos(-x - y)", "cos(x)*cos(y) - sin(x)*sin(y)", True),
        ("sin(x + pi/2)", "cos(x)", True),
        ("sin(2*x)", "2*sin(x)", False),
        ("cos(x + y)", "cos(x)*cos(y) + sin(x)*sin(y)", False),
        ("sin(x - pi)", "sin(x)", False),
    ],
)
def test_waves_of_sums_are_known_to_the_second_engine(left, right, same):
    line = read_piece("(-oo, oo)")
    assert Forms({"x": line, "y": line}).equal(parse(left), parse(right)) == same


# ------------------------------------------------------------------------------------------ orders


def test_orders_and_squares_show_no_false_polynomial():
    """Every polynomial that is negative somewhere stays without a proof, sampled or not."""
    own = claim(SHAPIRO.format("2"), **FOUR)
    (a, b, c, d), box = own.domains, {s: w.pieces[0] for s, w in own.domains.items()}
    forms = [
        a**2 * b**2 + c**2 * d**2 - 2 * a * b * c * d,
        a**2 + b**2 + c**2 - a * b - b * c - c * a + d,
        a**3 + b**3 + c**3 + d**3 - a * b * c - b * c * d - c * d * a - d * a * b,
    ]
    for form in forms:
        for more, true in ((0, True), (-(a * b * c) / 1000, False), (-(d**2) / 1000, False)):
            goal = Goal((form + more).expand(), False, box)
            node = ordered_variables(goal, new_search(float("inf"), 2, 60), 1)
            assert node is None or true


def test_an_order_that_forgets_a_case_is_not_confirmed():
    certificate = claim("a**3 + b**3 + c**3 >= 3*a*b*c", **THREE).verify(seconds=30)
    assert recheck(certificate).status == "confirmed"
    told = json.dumps(certificate.to_dict()).replace("3*a*b*c", "3001/1000*a*b*c")
    assert recheck(Certificate.from_dict(json.loads(told))).status in ("rejected", "undecided")

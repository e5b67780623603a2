"""What must never happen: a false claim proved, a true one refuted, a forged certificate confirmed.

Each case once slipped through; they came from an adversarial review of the engines.
"""

import json

import pytest
import sympy
from counterpoise.theory import claim, limit_claim, recheck
from counterpoise.theory.proof.certificate import Certificate
from counterpoise.theory.validation import InputError
from sympy import Interval, Range, Rational, Symbol, Union

UNDEFINED = [
    "x/x == 1",
    "log(x) - log(x) == 0",
    "sqrt(x)**2 == x",
    "exp(log(x)) == x",
    "0*log(x) >= 0",
    "1/(1/x) == x",
    "0/x >= 0",
    "(x**(1/3))**3 >= x - 1",
    "x**1.5/x**0.5 == x",
    "acosh(x) - acosh(x) == 0",
    "tanh(atanh(x)) == x",
    "log(x)/log(x) == 1",
]


@pytest.mark.parametrize("relation", UNDEFINED)
def test_a_part_that_cancels_but_is_undefined_somewhere_is_noticed(relation):
    certificate = claim(relation, x="[-2, 2]").verify(seconds=5)
    assert certificate.status == "refuted"
    assert "not a real number" in certificate.counterexample["text"]


@pytest.mark.parametrize(
    ("relation", "given", "domains"),
    [
        ("n > 5", "2*n == 1", {"n": "integer 0..100"}),
        ("n >= 1/2", "2*n == 1", {"n": "integer"}),
        ("x > 50", "x == 2", {"x": Union(Interval(0, 1), Interval(3, 4))}),
        (
            "x > 50",
            "(x - 1/2)**2 <= 0",
            {"x": Union(Interval(0, Rational(1, 4)), Interval(3, 4))},
        ),
    ],
)
def test_hypotheses_that_hold_nowhere_in_the_domain_are_an_error(relation, given, domains):
    with pytest.raises(InputError, match="given"):
        claim(relation, given=given, **domains).verify(seconds=5)


CANCELLING = "sqrt(3 + 2*sqrt(2)) - sqrt(2)"
NEVER_PROVED = [
    ("Abs(x - 7183/10000)**y > 0", {"x": "[0, 1]", "y": "(2, 3)"}, ()),
    (
        "(sqrt(x) - x_t - 71831/100000)**2 + (x_t - 12345/10000)**2 > 1e-20",
        {"x": "positive", "x_t": "positive"},
        (),
    ),
    (
        "(x_t - 0.51237)**2 + (exp(x) - x_t - 0.777)**2 > 1e-24",
        {"x": "real", "x_t": "positive"},
        (),
    ),
    (
        "atan((x - 7183/10000)/(x**2 - 2*7183/10000*x + (7183/10000)**2)) > 0",
        {"x": "(0.718299999, 2]"},
        "(x - 7183/10000)**2 >= 1e-20",
    ),
    (f"x/({CANCELLING} - 1) == x/({CANCELLING} - 1)", {"x": "real"}, ()),
    (
        f"log(Abs({CANCELLING} - n)) >= log(Abs({CANCELLING} - n)) - 1",
        {"n": "integer 1..3"},
        (),
    ),
    ("Abs(x) == -x", {"x": Union(Range(-10, 10), Interval(Rational(-11, 2), Rational(-3, 2)))}, ()),
    (
        "sign(x) == 1",
        {"x": Union(Interval(0, 5), Interval.open(0, 1), evaluate=False)},
        (),
    ),
    ("Max(x, 2000) == 2000", {"x": "real"}, ()),
    ("Max(1e-9 - Abs(x - 0.71839), 0) == 0", {"x": "[0, 1]"}, ()),
    ("(1 + 1/n)**n <= E - 1e-6", {"n": "integer 1.."}, ()),
    ("log(x - 1e-9) > -100", {"x": "positive"}, ()),
    # hypotheses that nearly suffice, hold on both signs, or do not keep a part real
    ("exp(x) >= 2", {"x": "real"}, "x >= 69/100"),
    ("log(x) >= 0", {"x": "real"}, "x**2 >= 1"),
    ("sqrt(x*y) <= (x + y)/2", {"x": "real", "y": "real"}, "x*y >= 0"),
    ("x/y >= 1", {"x": "real", "y": "real"}, "x >= y"),
    ("(x - y)**2*log(x/y) >= 0", {"x": "positive", "y": "positive"}, "x >= y - 1e-6"),
    ("Max(x, y) >= y + 1e-9", {"x": "real", "y": "real"}, "x >= y"),
    ("exp(-x) < exp(-y)", {"x": "real", "y": "real"}, "x >= y"),
    ("x*log(b) + (1 - b**x) <= -1e-12", {"x": "[0, 5]", "b": "(0, 1)"}, ()),
    ("n**2 <= 2**n", {"n": "integer 1.."}, ()),
    ("sign(x) >= 1", {"x": "[0, 5]", "y": "[1, 2]"}, "x < y"),
    ("sin(pi*n/2) <= 1/2", {"n": "integer 1.."}, ()),
    ("s + c <= 7/5", {"s": "real", "c": "real"}, "s**2 + c**2 == 1"),
    ("r <= 1/2", {"r": "(0, 1)", "b": "positive", "c": "positive"}, "r*b == (1 - r)*c"),
    ("x <= 1", {"x": "real"}, "x**2 == 2"),
    ("y <= 2", {"x": "real", "y": "positive"}, "exp(x) == y"),
    ("x + y < 2", {"x": "positive", "y": "positive"}, "log(x) + log(y) == 0"),
    ("exp(x) <= Abs(2 + x)", {"x": "integer 0..4"}, "x >= 3/x"),
    ("x**3 <= 2", {"x": "[0, 2]"}, "(1/2 - x)**3 <= x"),
]


@pytest.mark.parametrize(("relation", "domains", "given"), NEVER_PROVED)
def test_a_false_claim_is_neither_proved_nor_checked(relation, domains, given):
    certificate = claim(relation, given=given, **domains).verify(seconds=8)
    assert certificate.status in ("refuted", "unknown"), str(certificate)


@pytest.mark.parametrize(
    ("relation", "domains"),
    [
        ("x**(y - 1) >= 0", {"x": "[0, 1]", "y": "[2, 3]"}),
        ("(-1)**n <= 1", {"n": "integer 0..10"}),
        ("(-2)**n <= 4", {"n": "integer 0..2"}),
        ("x**(2*n) >= 0", {"x": "real", "n": "integer 1..5"}),
        ("x**n >= -1", {"x": "[-1, 1]", "n": "integer 1..5"}),
        ("cosh(x)**2 - sinh(x)**2 == 1", {"x": "real"}),
        ("exp(exp(x*y)) > 1/2", {"x": "(0, 1)", "y": "integer 1.."}),
        ("logit(sigmoid(x)) == x", {"x": "real"}),
    ],
)
def test_a_true_claim_is_never_refuted(relation, domains):
    assert claim(relation, **domains).verify(seconds=8).status in ("proved", "checked", "unknown")


def test_a_true_limit_is_never_refuted_by_a_wrong_one_of_sympy():
    limit = limit_claim("Phi(-x)*x*exp(x**2/2)", "1/sqrt(2*pi)", "x", x="positive")
    assert limit.verify().status in ("proved", "unknown")


@pytest.mark.parametrize(
    ("relation", "domains"),
    [
        ("atan(log(x)) != 2", {"x": "[0, 1]"}),
        ("sqrt(x)*sqrt(y) >= -5", {"x": "[-1, 1]", "y": "[-1, 1]"}),
        ("Max(x**2, log(2*x)) >= x", {"x": "[-1, 1]"}),
        ("1/x > 0", {"x": "[0, 1]"}),
    ],
)
def test_both_engines_see_where_a_part_is_no_real_number(relation, domains):
    certificate = claim(relation, **domains).verify()
    assert "not a real number" in certificate.counterexample["text"]
    assert recheck(certificate).status == "confirmed"


def test_what_sympy_cancelled_is_not_held_against_a_counterexample():
    certificate = claim("Max(x, x/x) >= x", x="[0, 1]").verify()
    assert certificate.status == "refuted"
    assert recheck(certificate).status == "undecided"


def test_every_assumption_of_a_symbol_must_follow_from_its_domain():
    n, x = Symbol("n", even=True), Symbol("x", extended_nonnegative=True)
    with pytest.raises(InputError, match="declared even"):
        claim(sympy.Ge(sympy.cos(sympy.pi * n) + n**2, 1, evaluate=False), n="integer")
    with pytest.raises(InputError, match="declared"):
        claim(sympy.Eq(sympy.Abs(x), x, evaluate=False), x="real")


@pytest.mark.parametrize("name", ["pi", "E", "oo", "exp", "η", "λ"])
def test_names_that_could_be_read_as_something_else_are_refused(name):
    with pytest.raises(InputError, match="cannot be a variable"):
        claim(f"{name} > 3", **{name: "real"})


@pytest.mark.parametrize(
    ("relation", "domains"),
    [
        ("x > 10**10**5", {"x": "real"}),
        ("x > 1e999999999", {"x": "real"}),
        ("x**" * 200 + "x > 0", {"x": "positive"}),
        ("sqrt(x, 3) >= 0", {"x": "positive"}),
        ("Max() <= x", {"x": "real"}),
        ("x < oo", {"x": "real"}),
        ("n*log(-1) == n*log(-1)", {"n": "integer 1..3"}),
        ("x > 0", {"x": "(0, sqrt(-1))"}),
        ("x > 0", {"x": Interval(0, Symbol("a"))}),
        ("x > 0", {"x": "[oo, oo]"}),
    ],
)
def test_what_cannot_be_worked_with_is_one_clear_error(relation, domains):
    with pytest.raises(InputError):
        claim(relation, **domains)


def test_the_time_limit_is_kept():
    certificate = claim("tanh(x/2) == 2/(1 + exp(-x)) - 1", x="real").verify(seconds=5)
    assert certificate.seconds < 12
    assert certificate.status in ("proved", "checked", "unknown")


# ------------------------------------------------------------------------------------- forgeries


def forged(
    claim_text, domain, tree, goal=None, strict=True, kind="tree", witness=None, count=3, **fields
):
    names = {
        name: text.replace("integer ", "[").replace("..", ", ") for name, text in domain.items()
    }
    box = {
        n: (t + "]" if t.startswith("[") and not t.endswith((")", "]")) else t)
        for n, t in names.items()
    }
    node = {"rule": "all", "nodes": [{"goal": goal, "strict": strict, "node": tree}]}
    case = {"relation": claim_text, "kind": "relation", "box": box, "tree": node}
    evidence = {"kind": kind, "cases": [case], "witness": witness, "count": count}
    return Certificate("forged", "proved", (claim_text,), domain, evidence=evidence, **fields)


RANGE = {"rule": "range"}
FORGERIES = {
    "a domain's name that commands the solver": forged(
        "x > 5", {"x": "[0, 1]", "q Real)(assert false)(declare-const z": "(-oo, oo)"},
        {"rule": "smt", "smtlib": ""}, "x - 5",
    ),
    "stored SMT-LIB that writes a file": forged(
        "x >= 0", {"x": "[0, 1]"},
        {"rule": "smt", "smtlib": '(set-option :regular-output-channel "no-such-file")\n'}, "x", False,
    ),
    "a factor that breaks out of its brackets": forged(
        "x*y + 100 > 0", {"x": "(0, 10]", "y": "[-99, 99]"},
        {"rule": "product", "coefficient": "1", "parts": [
            {"factor": "x", "power": 1, "sign": 1, "node": RANGE},
            {"factor": "y)+(100", "power": 1, "sign": 1, "node": RANGE}]}, "x*y + 100",
    ),
    "reals enumerated": forged("x**2 != 2", {"x": "[1, 3]"}, RANGE, "x", kind="enumeration"),
    "a strict goal by a range that touches zero": forged("x > 0", {"x": "[0, 1]"}, RANGE, "x"),
    "a violation below the tolerance": forged(
        "-1/10**28 >= x", {"x": "[0, 1/10**29]"}, RANGE, "-1/10**28 - x", False
    ),
    "a face that is a little off": forged(
        "100000*x >= 3/100", {"x": "[0, 1]"},
        {"rule": "slide", "variable": "x", "direction": 1, "slope": "100000", "strict": False,
         "face": "1/100", "nodes": [RANGE, RANGE]}, "100000*x - 3/100", False,
    ),
    "a number below every tolerance": forged(
        "x >= 1/10**60", {"x": "[0, 1]"}, RANGE, "x - 1/10**60", False
    ),
    "a strict goal that vanishes inside an open interval": forged(
        "(x - 1/2)**2 > 0", {"x": "(0, 1)"}, RANGE, "(x - 1/2)**2"
    ),
    "the same, where no half meets it": forged(
        "(x - 1/3)**2*y > 0", {"x": "(0, 1)", "y": "(0, 1)"}, RANGE, "(x - 1/3)**2*y"
    ),
    "a slope that a hypothesis makes positive": forged(
        "x*x - x + 1/8 >= 0", {"x": "[0, 1]"},
        {"rule": "slide", "variable": "x", "direction": 1, "slope": "2*x - 1", "strict": False,
         "face": "1/8", "nodes": [
            {"rule": "narrow", "variable": "x", "domain": "[1/2, 1)", "fact": "x - 1/2",
             "nodes": [RANGE, RANGE]}, RANGE]},
        "x*x - x + 1/8", False, given=("x >= 1/2",), witness={"x": "1"},
    ),
    "a hypothesis about a variable that came back as another": forged(
        "y - x <= 0", {"x": "[0, 10]", "y": "[0, 5]"},
        {"rule": "substitute", "variable": "x", "new": "t", "domain": "[0, 10]", "by": "t",
         "to": "t - y", "node": {
            "rule": "substitute", "variable": "y", "new": "x", "domain": "[0, 5]", "by": "5 - x",
            "to": "t - 5 + x", "node": {
                "rule": "narrow", "variable": "x", "domain": "[5, 5]", "fact": "x - 5",
                "nodes": [RANGE, RANGE]}}},
        "x - y", False, given=("x >= 5",), witness={"x": "6", "y": "1"},
    ),
    "cases by a sign that has a gap": forged(
        "(x - 10)**2 > 0", {"x": "[0, 20]"},
        {"rule": "cases", "on": "1/(x - 10)", "to": ["(x - 10)**2", "(x - 10)**2"], "nodes": [
            {"rule": "narrow", "variable": "x", "domain": "(10, 20]", "fact": "1/(x - 10)",
             "nodes": [RANGE, RANGE]},
            {"rule": "narrow", "variable": "x", "domain": "[0, 10)", "fact": "-(1/(x - 10))",
             "nodes": [RANGE, RANGE]}]},
        "(x - 10)**2",
    ),
    "a split that leaves its cut out": forged(
        "(x - 1/2)**2 > 0", {"x": "[0, 1]"},
        {"rule": "split", "variable": "x", "at": "1/2", "nodes": [RANGE, RANGE]}, "(x - 1/2)**2",
    ),
    "one bad case among thousands": forged(
        "Abs(n - 12345) >= 1", {"n": "integer 1..20000"}, RANGE, kind="enumeration", count=20000
    ),
    "integers without a first": forged(
        "n > 0", {"n": "integer"},
        {"rule": "integers", "variable": "n", "low": 0, "nodes": []}, "n",
    ),
    "a pole between the random points": forged(
        "1/(x - 3717/10000)**2 > 0", {"x": "[0, 1]"},
        {"rule": "product", "coefficient": "1", "parts": [
            {"factor": "x - 3717/10000", "power": -2, "sign": 1, "node": RANGE}]},
        "1/(x - 3717/10000)**2",
    ),
    "a logarithm of zero": forged(
        "log(x**2) <= 10", {"x": "[-1, 1]"}, RANGE, "10 - log(x**2)", False
    ),
    "a substitution with a jump": forged(
        "x**2 >= 25", {"x": "(-oo, oo)"},
        {"rule": "substitute", "variable": "x", "new": "t", "domain": "(-oo, oo)",
         "by": "t + 5*sign(t)", "to": "(Abs(t) + 5)**2 - 25", "node": RANGE}, "x**2 - 25", False,
    ),
    "two signs for one inequation": forged("x != 0", {"x": "(-1, 1)"}, RANGE, "Abs(x)"),
    "hypotheses without a witness": forged(
        "x > 5", {"x": "[0, 1]"}, {"rule": "smt", "smtlib": ""}, "x - 5", given=("x > 2",)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_certificate_is_not_confirmed(name):
    assert recheck(FORGERIES[name]).status != "confirmed"


def test_a_true_identity_is_not_refuted_by_rounding():
    found = {"values": {"x": "1/10**90"}, "relation": "(1 + x) - 1 == x", "text": ""}
    fields = {"claim": ("(1 + x) - 1 == x",), "domain": {"x": "(0, oo)"}, "counterexample": found}
    assert recheck(Certificate("forged", "refuted", **fields)).status == "rejected"


def test_a_difference_far_behind_the_point_counts():
    certificate = claim("exp(-x) + 1 == 1", x="[1000, 1001]").verify()
    assert certificate.status == "refuted"
    assert recheck(certificate).status == "confirmed"


def test_a_whole_cannot_be_stronger_than_its_parts():
    part = claim("exp(x) >= 1 + x", x="real").verify()
    unknown = Certificate("part", "unknown")
    assert recheck(Certificate("whole", "proved", parts=(part, unknown))).status == "rejected"
    assert recheck(Certificate("whole", "proved", ("1 > 2",), parts=(part,))).status == "rejected"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(claim=["exp(x) >= 2 + x"]),
        lambda data: data.update(domain={"x": "(-oo, oo)"}) or data.update(given=["0 > 1"]),
        lambda data: data["evidence"]["cases"].clear(),
        lambda data: data["domain"].update(y="real"),
    ],
)
def test_a_certificate_whose_text_was_changed_is_not_confirmed(change):
    data = json.loads(json.dumps(claim("exp(x) >= 1 + x", x="real").verify().to_dict()))
    change(data)
    assert recheck(Certificate.from_dict(data)).status != "confirmed"

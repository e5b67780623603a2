"""The door for users: true claims are proved, false ones refuted, nonsense gets one clear error."""

from typing import Any

import pytest
import sympy
from counterpoise.theory import claim, limit_claim, recheck
from counterpoise.theory.catalogue import statements
from counterpoise.theory.claims import FailureClaim, QuotedClaim, computed_claim, derivative_claim
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.numbers.domain import domain
from families import sampled
from mpmath import mp

TRUE = [
    ("log(1 + exp(x)) >= x", {"x": "real"}),
    ("exp(x) >= 1 + x", {"x": "real"}),
    ("log(x) <= x - 1", {"x": "positive"}),
    ("cosh(x) <= exp(x**2/2)", {"x": "real"}),
    ("tanh(x) <= x", {"x": "nonnegative"}),
    ("1 - Phi(x) <= exp(-x**2/2)/2", {"x": "nonnegative"}),
    ("Phi(x) + Phi(-x) == 1", {"x": "real"}),
    ("exp(-m)/2 <= log(1 + exp(-m)) <= exp(-m)", {"m": "nonnegative"}),
    ("x*log(x/y) - x + y >= 0", {"x": "positive", "y": "positive"}),
    ("p*log(p/q) + (1-p)*log((1-p)/(1-q)) >= 2*(p-q)**2", {"p": "(0, 1)", "q": "(0, 1)"}),
    ("x*y <= x**p/p + y**(p/(p-1))*(p-1)/p", {"x": "positive", "y": "positive", "p": "(1, oo)"}),
    ("(1-v)**g*(-log(v)) <= -log(v)", {"v": "(0, 1)", "g": "nonnegative"}),
    ("n**2 <= 2**n", {"n": "integer 4..20"}),
    ("x**4 + y**4 >= 2*x**2*y**2", {"x": "real", "y": "real"}),
    ("x**2 != -1", {"x": "real"}),
    # LDAM's optimum with class weights, for three classes, and for another power of the margin
    (
        "w/(t*sqrt(n)) + v/((1-t)*sqrt(m)) >= (sqrt(w)*n**(-1/4) + sqrt(v)*m**(-1/4))**2",
        {"w": "positive", "v": "positive", "t": "(0, 1)", "n": "positive", "m": "positive"},
    ),
    (
        "1/(f*sqrt(k)) + 1/(g*sqrt(n)) + 1/(h*sqrt(m))"
        " >= (k**(-1/4) + n**(-1/4) + m**(-1/4))**2/(f + g + h)",
        dict.fromkeys(("f", "g", "h", "k", "n", "m"), "positive"),
    ),
    ("1/(t**2*n) + 1/((1-t)**2*m) >= (n**(-1/3) + m**(-1/3))**3",
     {"t": "(0, 1)", "n": "positive", "m": "positive"}),
]  # fmt: skip

FALSE = [
    ("x**2 >= x", {"x": "real"}),
    ("sinh(x) > x**2", {"x": "positive"}),
    ("x**3 >= 0", {"x": "[-1/1000000, 5]"}),
    ("x**2 > 0", {"x": "real"}),
    ("Phi(D/2 - l/D) >= 1/2", {"D": "positive", "l": "positive"}),
    ("n**2 <= 2**n", {"n": "integer 1..20"}),
    ("log(x) <= x - 1", {"x": "real"}),
    ("1/x + x >= 2", {"x": "real"}),
    ("(x + y)**2 == x**2 + y**2", {"x": "real", "y": "real"}),
    # LDAM with exponent 1/3 in place of 1/4
    (
        "1/(t*sqrt(n)) + 1/((1-t)*sqrt(m))"
        " >= (n**(-1/3) + m**(-1/3))*(1/(n**(-1/3)*sqrt(n)) + 1/(m**(-1/3)*sqrt(m)))",
        {"t": "(0, 1)", "n": "positive", "m": "positive"},
    ),
]


LONG = [  # each takes seconds
    "cosh(x) <= exp(x**2/2)",
    "exp(-m)/2 <= log(1 + exp(-m)) <= exp(-m)",
    "1/(f*sqrt(k)) + 1/(g*sqrt(n)) + 1/(h*sqrt(m))"
    " >= (k**(-1/4) + n**(-1/4) + m**(-1/4))**2/(f + g + h)",
]
SHORT = [case for case in TRUE if case[0] not in LONG]


@pytest.mark.parametrize(
    ("relation", "domains"), sampled(TRUE, 10, always=SHORT), ids=[text for text, _ in TRUE]
)
def test_a_true_claim_is_proved_and_its_certificate_confirmed(relation, domains):
    certificate = claim(relation, **domains).verify()
    assert certificate.status == "proved", str(certificate)
    assert recheck(certificate).status == "confirmed"


@pytest.mark.parametrize(("relation", "domains"), FALSE, ids=[text for text, _ in FALSE])
def test_a_false_claim_is_refuted_at_a_point_where_mpmath_agrees(relation, domains):
    certificate = claim(relation, **domains).verify()
    assert certificate.status == "refuted", str(certificate)
    assert recheck(certificate).status == "confirmed"


def test_a_counterexample_is_checked_by_ten_lines_that_know_nothing_of_the_package():
    relation, domains = FALSE[-1]
    found = claim(relation, **domains).verify().counterexample
    mp.dps = 40
    t, n, m = (mp.mpf(sympy.Rational(found["values"][k]).p) / sympy.Rational(found["values"][k]).q
               for k in "tnm")  # fmt: skip
    a, b = n ** (mp.mpf(-1) / 3), m ** (mp.mpf(-1) / 3)
    left = 1 / (t * mp.sqrt(n)) + 1 / ((1 - t) * mp.sqrt(m))
    right = (a + b) * (1 / (a * mp.sqrt(n)) + 1 / (b * mp.sqrt(m)))
    assert left < right


def test_sympy_relations_are_read_like_text():
    x = sympy.Symbol("x", positive=True)
    assert claim(sympy.Le(sympy.log(x), x - 1), x="positive").verify().status == "proved"


def test_domains_may_be_sympy_sets():
    outside = sympy.Union(sympy.Interval.open(-sympy.oo, 0), sympy.Interval.open(1, sympy.oo))
    assert claim("x**2 > x", x=outside).verify().status == "proved"
    assert claim("x**2 > x", x=sympy.FiniteSet(-1, 2, 3)).verify().status == "proved"


def test_decimals_in_text_are_exact():
    assert claim("0.1 + 0.2 == 0.3 + 0*x", x="real").verify().status == "proved"


def test_hypotheses_are_used():
    facts = ["x + y == 1"]
    assert claim("x*y <= 1/4", given=facts, x="real", y="real").verify().status == "proved"
    assert claim("x*y <= 1/5", given=facts, x="real", y="real").verify().status == "refuted"


def test_contradictory_hypotheses_prove_nothing():
    with pytest.raises(InputError, match="cannot hold anywhere"):
        claim("x == 0", given=["x > 2", "x < 1"], x="real").verify()


def test_a_claim_is_evaluated_at_numbers_that_broadcast():
    bound = claim("(1 - b**n)/(1 - b) <= n", b="(0, 1)", n="integer 1..")
    values = bound.evaluate(b=[[0.5], [0.9]], n=[1, 2, 3])
    assert values["left"].shape == (2, 3)
    assert values["holds"].all()


def test_a_claim_prints_as_latex_with_its_domains():
    assert r"\in" in claim("x**2 >= 0", x="real").latex()


def test_limits_are_computed_and_false_ones_refuted():
    form = "(1 - b**n)/(1 - b)"
    right = limit_claim(form, "n", "b", "high", b="(0, 1)", n="positive").verify()
    wrong = limit_claim(form, "1", "b", "high", b="(0, 1)", n="positive").verify()
    assert right.status == "proved"
    assert recheck(right).status == "confirmed"
    assert wrong.status == "refuted"


@pytest.mark.parametrize(
    ("relation", "domains", "message"),
    [
        ("x + 1", {"x": "real"}, "not a relation"),
        ("x >=", {"x": "real"}, "cannot read"),
        ("x => 1", {"x": "real"}, "cannot read"),
        ("x >= y", {"x": "real"}, "no domain"),
        ("x >= 0", {"x": "real", "y": "real"}, "does not occur"),
        ("2x >= 0", {"x": "real"}, r"written with \*"),
        ("foo(x) >= 0", {"x": "real"}, "known functions"),
        ("x >= 0", {"x": "(1, 0)"}, "empty"),
        ("x >= 0", {"x": "between 1 and 2"}, "domain"),
        ("x >= 0", {"x": "integer 3..1"}, "empty"),
        ("__import__('os').system('true') == 0", {"x": "real"}, "cannot read|known functions"),
        ("x >= 1/0", {"x": "real"}, "divides by zero"),
    ],
)
def test_nonsense_gets_one_clear_error(relation, domains, message):
    with pytest.raises(InputError, match=message) as caught:
        claim(relation, **domains)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "written",
    [
        "(0, 1) u (2, 3)", "integer 1..3 u integer 7..", "{1} u {sqrt(2)} u (2, oo)", "nonzero",
        "integer ..-3", "integer", "[1, 1]", "{-1, pi/2}", "(-oo, 0] ∪ {3}",
        sympy.Union(sympy.Interval(0, 1), sympy.Range(4, 9)), sympy.FiniteSet(1, sympy.pi / 2),
    ],
)  # fmt: skip
def test_the_text_of_a_domain_reads_back(written):
    parsed = domain(written)
    assert domain(str(parsed)) == parsed
    (again,) = claim("x**2 >= 0", x=str(parsed)).domains.values()
    assert again == parsed


@pytest.mark.parametrize("text", ["{}", "u", "(0, 1) u", "{1,}", "{oo}", "(0, 1) u (a, b)"])
def test_a_union_that_cannot_be_read_is_one_clear_error(text):
    with pytest.raises(InputError, match="domain") as caught:
        domain(text)
    assert "\n" not in str(caught.value)


VERIFIABLE: list[Any] = [
    computed_claim("rademacher:half_cube", functions=1, points=1),
    claim("x >= 0", x="nonnegative"),
    limit_claim("1/x", "0", "x", x="positive"),
    FailureClaim(claim("x >= 1", x="real")),
    QuotedClaim("in words", "in LaTeX"),
]


@pytest.mark.parametrize("verifiable", VERIFIABLE, ids=str)
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"seconds": -1}, InputError, r"seconds = -1: must lie in \(0, inf\)"),
        ({"seconds": 0}, InputError, "seconds = 0: must lie"),
        ({"seconds": float("nan")}, InputError, "seconds = nan: must lie"),
        ({"seconds": "a"}, InputTypeError, "seconds = 'a': must be one positive number"),
        ({"seconds": None}, InputTypeError, "seconds = None: must be one positive number"),
        ({"seconds": [1, 2]}, InputError, "seconds .* must be one number"),
        ({"seed": "a"}, InputTypeError, "seed = 'a': must be one whole number, at least 0"),
        ({"seed": None}, InputTypeError, "seed = None: must be one whole number"),
        ({"seed": -1}, InputError, "seed = -1: must lie"),
        ({"seed": 1.5}, InputError, "seed = 1.5: must be one whole number"),
    ],
)
def test_a_limit_of_time_or_a_seed_that_is_none_is_one_clear_error(
    verifiable, options, error, message
):
    with pytest.raises(error, match=message):
        verifiable.verify(**options)
    if "seed" in options:
        with pytest.raises(error, match=message):
            verifiable.refute(**options)


def test_a_statement_says_so_too():
    statement = next(iter(statements().values()))
    with pytest.raises(InputError, match="seconds = -1"):
        statement.verify(seconds=-1)
    with pytest.raises(InputTypeError, match="seed = 'a'"):
        statement.attack(seed="a")


def test_any_positive_time_and_any_whole_seed_will_do():
    trivial = claim("x >= 0", x="nonnegative")
    assert trivial.verify(seconds=1e-9).status == "unknown"
    assert trivial.verify(seconds=1e300, seed=10**30).status == "proved"


@pytest.mark.parametrize("key", ["name", "given", "classes"])
def test_a_variable_cannot_be_called_as_a_keyword_of_claim(key):
    message = f"'{key}' cannot be a variable: given, name and classes are keywords of claim"
    with pytest.raises(InputError, match=message):
        claim(f"{key} >= 0", **{key: "positive"})
    with pytest.raises(InputError, match=message):
        claim(sympy.Ge(sympy.Symbol(key, real=True), 0, evaluate=False))
    with pytest.raises(InputError, match=message):
        claim("x >= 0", given=[f"x >= {key}"], x="real")
    with pytest.raises(InputError, match="keywords of limit_claim"):
        limit_claim("1/x + name", "name", "x", x="positive")
    with pytest.raises(InputError, match=message):
        derivative_claim(f"x*{key}", "x", key, x="real")
    assert claim("x >= 0", name="mine", x="positive").name == "mine"


@pytest.mark.parametrize("relation", [None, 3, sympy.Symbol("x") + 1])
def test_what_is_no_relation_is_a_type_error(relation):
    with pytest.raises(InputTypeError, match="relation"):
        claim(relation, x="real")


def test_a_symbol_declared_stronger_than_its_domain_is_refused():
    x = sympy.Symbol("x", positive=True)
    with pytest.raises(InputError, match="declared positive"):
        claim(sympy.Ge(x + 1, 0, evaluate=False), x="real")


def test_a_statement_or_its_name_is_no_relation():
    with pytest.raises(InputError, match=r"statements\(\)\['margins.ldam'\]"):
        claim("margins.ldam")
    with pytest.raises(InputTypeError, match=r"has \.claim and \.verify"):
        claim(statements()["margins.ldam_two_class"])  # type: ignore[arg-type]


def test_a_verdict_shows_what_it_is_on():
    proved = claim("x**2 >= x", x="(1, oo)").verify()
    assert "x**2 >= x, for all x in (1, oo)" in repr(proved)
    assert "x**2 >= x" not in str(proved)
    given = claim("x >= 1", given="x >= 2", x="real").verify()
    assert "x >= 1, given x >= 2" in repr(given)

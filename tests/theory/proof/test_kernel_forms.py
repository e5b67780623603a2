"""Forms of roots, powers and exponentials: equal to the parts they stand for, one for equal sides."""

import ast

import pytest
from counterpoise.theory.proof.kernel.canonical import Canon, NoForm
from counterpoise.theory.proof.kernel.forms import explicit, hints
from counterpoise.theory.proof.second.second_opinion import parse, value_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp

POINT = {"x": mp.mpf("0.731"), "y": mp.mpf("2.417"), "n": mp.mpf("3.19")}


def sign(term):
    return int(mp.sign(value_of(term, POINT, 20)))


def form_of(text):
    """The form of an expression once the common denominators of its exponents are known."""
    canon = Canon(sign)
    for _ in range(3):
        canon.known.clear()
        form = canon.poly(parse(text))
    return form


def agree(a, b):
    left, right = (value_of(term, POINT, 40) for term in (a, b))
    return abs(left - right) <= mp.mpf(10) ** -25 * (1 + abs(left))


def joined(operator, a, b):
    return f"(({a}){operator}({b}))"


positive = st.recursive(
    st.sampled_from(["x", "y", "n", "2", "3", "12", "1/6"]),
    lambda inner: st.one_of(
        st.builds(joined, st.sampled_from(["+", "*", "/"]), inner, inner),
        st.builds(joined, st.just("**"), inner, st.sampled_from(["2", "-1", "1/2", "-3/4", "2/3", "n - 1"])),
        st.builds("sqrt({})".format, inner),
        st.builds("exp(-({}))".format, inner),
        st.builds("exp(n*log({}))".format, inner),
        st.builds("cosh(({})/2)".format, inner),
    ),
    max_leaves=5,
)  # fmt: skip
real = st.one_of(
    positive,
    st.builds("log({})".format, positive),
    st.builds(lambda a, b: f"({a}) - log({b})", positive, positive),
)


@settings(max_examples=25, deadline=None)
@given(text=real)
def test_every_form_has_the_value_of_its_part(text):
    try:
        found, roots = hints([parse(text)], sign)
    except NoForm:
        assume(False)
        return
    for hint in found:
        assert agree(hint.part, hint.form), (ast.unparse(hint.part), ast.unparse(hint.form))
        if hint.product is not None:
            assert agree(hint.part.args[0], hint.product)
    for root, degree, base in roots:
        assert agree(parse(f"({ast.unparse(root)})**{degree}"), base)


@settings(max_examples=15, deadline=None)
@given(text=positive)
def test_powers_made_explicit_keep_their_value(text):
    assert agree(parse(text), explicit(parse(text)))


EQUAL = [
    ("exp(-(x + y/2)**2/2)", "exp(-x*y)*exp(-(x - y/2)**2/2)"),
    ("-log(x/(x + y))", "log(1 + y/x)"),
    ("x**(n + 1)/(y*x/3)**n", "x*3**n*y**(-n)"),
    ("sqrt(8)*x**(3/2)", "2*sqrt(2*x**3)"),
    ("(n**(-y))**(1/(x + 1))", "n**(-y/(x + 1))"),
    ("log(sqrt(x)*exp(y)/12)", "log(x)/2 + y - 2*log(2) - log(3)"),
]
NEARLY = [
    ("exp(-(x + y/2)**2/2)", "exp(-x*y)*exp(-(x - y/3)**2/2)"),
    ("-log(x/(x + y))", "log(1 + y/(2*x))"),
    ("x**(n + 1)/(y*x/3)**n", "x*3**n*y**(1 - n)"),
    ("sqrt(8)*x**(3/2)", "2*sqrt(2*x)"),
    ("log(sqrt(x)*exp(y)/12)", "log(x)/2 + y - 2*log(2) + log(3)"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_sides_have_one_form(left, right):
    assert form_of(f"{left} - ({right})") == {}


@pytest.mark.parametrize(("left", "right"), NEARLY)
def test_sides_that_nearly_agree_have_two(left, right):
    assert form_of(f"{left} - ({right})")

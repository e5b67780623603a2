"""Products under logarithms and roots: the second engine decides what their factors make of them."""

import pytest
from counterpoise.theory import claim, recheck

R, U, P = "real", "(0, 1)", "positive"
SAME = [
    ("log(Phi(x)**2) == 2*log(Phi(x))", {"x": R}),
    ("log(Phi(x)*Phi(y)) == log(Phi(x)) + log(Phi(y))", {"x": R, "y": R}),
    ("log((1 + exp(x))*(1 + exp(y))) == log(1 + exp(x)) + log(1 + exp(y))", {"x": R, "y": R}),
    ("sqrt((1 - p)*(1 - p)) == 1 - p", {"p": U}),
    ("sqrt((1 + x)*(1 + y)) == sqrt(1 + x)*sqrt(1 + y)", {"x": P, "y": P}),
    ("log((1 - p)/(1 - q)) == log(1 - p) - log(1 - q)", {"p": U, "q": U}),
]
OTHER = [
    ("log(Phi(x)**2) == 2*log(Phi(x)) + 1e-12", {"x": R}),
    ("sqrt((1 - x)*(1 - x)) == 1 - x", {"x": "(0, 3)"}),
    ("log((1 - x)**2) == 2*log(1 - x)", {"x": "(0, 1) u (1, 2)"}),
    ("sqrt((1 + x)*(1 + y)) == sqrt(1 + x)*sqrt(1 + y) + 1e-9*x", {"x": P, "y": P}),
]


@pytest.mark.parametrize(("text", "domains"), SAME)
def test_what_is_the_same_is_decided(text, domains):
    certificate = claim(text, **domains).verify(seconds=20)
    assert (certificate.status, recheck(certificate).status) == ("proved", "confirmed")


@pytest.mark.parametrize(("text", "domains"), OTHER)
def test_what_is_not_the_same_is_not(text, domains):
    certificate = claim(text, **domains).verify(seconds=20)
    assert certificate.status == "refuted"
    assert recheck(certificate).status == "confirmed"

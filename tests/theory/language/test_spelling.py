"""The text of a claim spelled out for the second engine: nothing evaluated, nothing changed in value."""

import pytest
from counterpoise.theory import claim
from counterpoise.theory.language.spelling import spelled


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("x/x == 1", ("x / x == 1",)),
        ("0 <= x**2 <= 2.5e-1", ("0 <= x ** 2", "x ** 2 <= 1 / 4")),
        ("x ≥ +1 ∧ √(x) ≤ x", ("x >= 1", "sqrt(x) <= x")),
        ("ln(x) < abs(x)", ("log(x) < Abs(x)",)),
        ("max(x, min(1, 2)) = x", ("Max(x, Min(1, 2)) == x",)),
        ("softplus(x + 1) > relu(x)", ("log(1 + exp(x + 1)) > Max(0, x)",)),
        ("log1p(x) <= logsumexp(x, 0)", ("log(1 + x) <= log(exp(x) + exp(0))",)),
        ("binomial(x, 1 + 1) >= 0", ("(x - 0) / 1 * (x - 1) / 2 >= 0",)),
        ("binomial(x, 0) == 1", ("1 == 1",)),
        ("norm_cdf(x) > 0", ("Phi(x) > 0",)),
    ],
)
def test_shorthands_are_spelled_out_in_the_second_engines_words(text, plain):
    assert spelled(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "binary_entropy(x) >= 0.1*logit(x)",
        "sigmoid(x)*log2(1 + x) <= arctanh(x)**2 + 1",
        "x - (x - 1) - 1 == 0.125/x*x - 1/8",
        "2**-x**2 <= -x + phi(x)",
    ],
)
def test_what_is_spelled_reads_as_the_same_claim(text):
    typed = claim(text, x="(0, 1)")
    assert claim(list(spelled(text)), x="(0, 1)").relations == typed.relations
    assert claim(list(spelled(text)), x="(0, 1)").texts()["written"] == typed.texts()["written"]

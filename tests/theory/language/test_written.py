"""Formulas look as they were written, and mean it: LaTeX and MathML of small cases, in order."""

import pytest
from counterpoise.theory import claim, limit_claim
from counterpoise.theory.claims import derivative_claim
from counterpoise.theory.language.written import LATEX, MATHML, shown


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("b - a <= 2*x", r"b - a \le 2 \, x"),
        ("a - (b - c) == 0", r"a - \left(b - c\right) = 0"),
        ("-h*w/d", r"\frac{-h \, w}{d}"),
        ("-(a + b)*c", r"-\left(a + b\right) \, c"),
        ("a*(-b)", r"a \, \left(-b\right)"),
        ("x**-2", r"{x}^{-2}"),
        ("(x + 1)**(1/2)", r"{\left(x + 1\right)}^{\frac{1}{2}}"),
        ("2**x*3", r"{2}^{x} \cdot 3"),
        ("exp(-x)/sqrt(2*pi)", r"\frac{{e}^{-x}}{\sqrt{2 \, \pi}}"),
        ("Abs(x) < Max(a, b)", r"\left|x\right| < \max\left(a , b\right)"),
        ("n1^2 ≥ eta", r"{n_{1}}^{2} \ge \eta"),
        ("1 <= a <= 2", r"1 \le a \le 2"),
    ],
)
def test_latex_keeps_the_order(text, latex):
    assert shown(text, LATEX) == latex


def test_mathml_nests():
    assert shown("a/b", MATHML) == "<mfrac><mi>a</mi><mi>b</mi></mfrac>"
    assert shown("a < b", MATHML) == "<mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>"


def test_a_trivial_step_is_not_shown_as_one_equals_one():
    step = claim("m*(1/m) == 1", m="positive")
    assert step.latex().startswith(r"m \, \frac{1}{m} = 1")


def test_derivatives_and_limits_show_what_was_claimed():
    slope = derivative_claim("x**3", "x", "3*x**2", x="real")
    assert slope.latex().startswith(r"\frac{d}{dx}\left({x}^{3}\right) = 3 \, {x}^{2}")
    end = limit_claim("sin(x)/x", "1", "x", "low", x="positive")
    assert end.latex().startswith(r"\lim_{x \to 0}")
    assert end.latex().endswith(" = 1")

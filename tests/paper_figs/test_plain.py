"""Text formulas are read back and have the values of what they were written from."""

import cmath
import re

import numpy as np
import pytest
from counterpoise.paper_figs.report.plain import decided_text, symbol_text, typeset
from counterpoise.theory.catalogue import stored_certificates
from counterpoise.theory.proof.certificate import Certificate

FUNCTIONS = {name: getattr(cmath, name) for name in ("exp", "log", "sqrt", "sinh", "cosh", "tanh")}
FUNCTIONS |= {
    "asinh": cmath.asinh, "atan": cmath.atan, "pi": np.pi,
    "Abs": abs, "Phi": lambda x: cmath.tanh(x), "phi": lambda x: cmath.cos(x),
    "Max": lambda *x: max(x, key=abs), "Min": lambda *x: min(x, key=abs),
}  # fmt: skip
FUNCTIONS |= {"max": FUNCTIONS["Max"], "min": FUNCTIONS["Min"]}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def read_back(text, names):
    """Python for a text formula."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda m: f"**({m[0].translate(RAISED)})", text)
    for name in sorted(names, key=lambda name: -len(symbol_text(name))):
        text = re.sub(rf"(?<!\w){re.escape(symbol_text(name))}(?!\w)", f"{name} ", text)
    text = re.sub(r"√(\w+)", r"sqrt(\1)", text).replace("√(", "sqrt(")
    for sign, word in {"·": "*", "−": "-", "^": "**", "π": "pi", "Φ": "Phi", "φ": "phi"}.items():
        text = text.replace(sign, word)
    return text


def sides(text):
    return [side for side in re.split(r"<=|>=|==|!=|≤|≥|≠|=|<|>", text) if side.strip()]


def relations():
    """Of every step with relations alone: what was written, and the names in it."""
    for proof in stored_certificates().values():
        for part in proof.parts:
            plain = not any(word in text for text in part.written for word in ("Derivative", "Abs"))
            if part.written and not part.given and plain:
                yield part


def test_every_stored_relation_is_read_back_with_the_same_values():
    rng = np.random.default_rng(8)
    compared = 0
    for part in relations():
        text = decided_text(part).removeprefix("not always: ")
        text = text.split(" for ")[0] if part.domain else text
        values = {name: complex(rng.uniform(0.2, 0.9)) for name in part.domain}
        given = [side for one in part.written for side in sides(one)]
        if any(re.search(r"\b(min|max|Min|Max)\(", side) for side in given) or "oo" in str(given):
            continue
        shown = sides(read_back(text, part.domain).replace(", ", " = "))
        for one, other in zip(given, shown, strict=True):
            expected = _value(one, values)
            if expected is not None:
                assert _value(other, values) == pytest.approx(expected, rel=1e-9), (one, other)
                compared += 1
    assert compared > 1500


def _value(text, values):
    try:
        return eval(text.strip(), {"__builtins__": {}}, FUNCTIONS | values)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    except (NameError, TypeError):  # a function that this test does not know
        return None


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a / (b / c) < a - (b - c)", "a/(b/c) < a − (b − c)"),
        ("2 * (d / n) * sinh(l) == x", "2·d/n·sinh(l) = x"),
        ("x ** (-1 / 4) + exp(-e ** 2) >= 0", "x^(−1/4) + exp(−e²) ≥ 0"),
        ("Derivative(a * x ** 2, x) == 2 * a * x", "d/dx (a·x²) = 2·a·x"),
        ("sqrt(n1) * eta / kappa != 1", "√n₁·η/κ ≠ 1"),
    ],
)
def test_a_relation_in_one_line(written, text):
    assert decided_text(Certificate("c", "proved", written=(written,))) == text


def test_domains_are_grouped_and_hypotheses_follow():
    part = Certificate(
        "c",
        "proved",
        claim=("x <= y",),
        written=("x <= y", "x < 1"),
        given=("x < 1",),
        domain={"x": "(0, oo)", "y": "(0, oo)", "n": "integer 1..20"},
    )
    assert decided_text(part) == "x ≤ y for x, y ∈ (0, ∞), n ∈ integer 1..20, x < 1"


def test_limits_and_failures():
    limit = Certificate("c", "proved", claim=("limit of B*r2/(r1 + r2) as r1 -> oo is 0",))
    assert decided_text(limit) == "lim (B·r₂/(r₁ + r₂)) = 0 as r₁ → ∞"
    fails = Certificate("c", "proved", claim=("not always: x < 1",), written=("x < 1",))
    assert decided_text(fails) == "not always: x < 1"


def test_words_keep_their_meaning():
    assert typeset("eta >= Delta^2/2 - tau, beta is not a beta-ray; seta, theta") == (
        "η ≥ Δ²/2 − τ, β is not a β-ray; seta, theta"
    )
    assert typeset("n^(-1/4) at x = -3, 1e-5") == "n^(−1/4) at x = −3, 1e-5"

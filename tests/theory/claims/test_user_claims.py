"""Claims as people type them from papers on imbalanced learning, in the authors' letters and signs.

True ones come back proved (or, as identities, checked) and confirmed, their false neighbours refuted, and
nonsense is one clear line. Nothing here is slow: what takes long is no test of how claims are read.
"""

import pytest
import sympy
from counterpoise.theory import claim, limit_claim, recheck
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from families import sampled

# fmt: off
# ruff: noqa: E501
R, P, NN, U, N = "real", "positive", "nonnegative", "(0, 1)", "integer 1.."
W = "[1, oo)"
TRUE = [
    # weights by effective numbers and frequencies
    ("(1 - beta)/(1 - beta^N_min) >= (1 - beta)/(1 - beta^N_maj)", "N_min <= N_maj", {"beta": U, "N_min": W, "N_maj": W}),
    ("1 <= (1 - beta^n)/(1 - beta) <= n", (), {"beta": U, "n": N}),
    ("(1-beta^n)/(1-beta) < 1/(1-beta)", (), {"beta": U, "n": N}),
    ("N_maj/(N_maj + N_min) = rho/(1 + rho)", "N_maj = rho*N_min", {"N_maj": P, "N_min": P, "rho": P}),
    ("1/N_1 >= 1/N_2", "N_1 <= N_2", {"N_1": P, "N_2": P}),
    ("(1/N_1)/(1/N_1 + 1/N_2) = N_2/(N_1 + N_2)", (), {"N_1": P, "N_2": P}),
    ("sqrt(N_1/N_2) <= N_1/N_2", "N_1 >= N_2", {"N_1": P, "N_2": P}),
    ("rho >= 1", "rho = N_1/N_2, N_1 >= N_2", {"rho": P, "N_1": P, "N_2": P}),
    ("beta = (N - 1)/N", "N*(1 - beta) = 1", {"beta": U, "N": "(1, oo)"}),
    # logit adjustment
    ("ln(1 + exp(f2 - f1 + tau*ln(pi2/pi1))) = ln(1 + (pi2/pi1)^tau*exp(f2 - f1))", (), {"f1": R, "f2": R, "tau": P, "pi1": U, "pi2": U}),
    ("pi_y*exp(f)/(pi_y*exp(f) + (1 - pi_y)*exp(g)) = sigmoid(f - g + logit(pi_y))", (), {"pi_y": U, "f": R, "g": R}),
    ("ln(1 + exp(Delta - m)) >= ln(1 + exp(-m))", "Delta >= 0", {"Delta": R, "m": R}),
    ("ln(pi_1/pi_2) ≥ 0", "pi_1 ≥ pi_2", {"pi_1": U, "pi_2": U}),
    ("tau*ln(pi_1) <= 0", (), {"tau": NN, "pi_1": U}),
    ("pi_1/(pi_1 + pi_2) + pi_2/(pi_1 + pi_2) = 1", (), {"pi_1": U, "pi_2": U}),
    ("softplus(-m) = -ln(sigmoid(m))", (), {"m": R}),
    ("softplus(x) - softplus(-x) = x", (), {"x": R}),
    ("sigmoid(-x) = 1 - sigmoid(x)", (), {"x": R}),
    ("logit(sigmoid(x)) = x", (), {"x": R}),
    ("sigmoid(logit(p)) = p", (), {"p": U}),
    ("logsumexp(a, b) >= (a + b)/2 + ln(2)", (), {"a": R, "b": R}),
    ("max(a, b) <= logsumexp(a, b) <= max(a, b) + ln(2)", (), {"a": R, "b": R}),
    ("max(a, b, c) <= logsumexp(a, b, c)", (), {"a": R, "b": R, "c": R}),
    ("logsumexp(a + t, b + t) = t + logsumexp(a, b)", (), {"a": R, "b": R, "t": R}),
    ("exp(a)/(exp(a)+exp(b)+exp(c)) + exp(b)/(exp(a)+exp(b)+exp(c)) < 1", (), {"a": R, "b": R, "c": R}),
    ("1/(1 + exp(f2 - f1) + exp(f3 - f1)) = exp(f1)/(exp(f1) + exp(f2) + exp(f3))", (), {"f1": R, "f2": R, "f3": R}),
    # LDAM and margins
    ("C/N_1^(1/4) >= C/N_2^(1/4)", "N_1 <= N_2", {"C": P, "N_1": P, "N_2": P}),
    ("g1/g2 = (N_2/N_1)^(1/4)", "g1 = C/N_1^(1/4), g2 = C/N_2^(1/4)", {"g1": P, "g2": P, "C": P, "N_1": P, "N_2": P}),
    ("1/(Delta_1*sqrt(N_1)) > 0", (), {"Delta_1": P, "N_1": P}),
    ("ln(1 + exp(-(m - Delta))) ≥ ln(1 + exp(-m))", (), {"m": R, "Delta": NN}),
    ("relu(Delta - m) >= Delta - m", (), {"Delta": P, "m": R}),
    ("min(1, relu(1 - m/rho)) <= 1", (), {"m": R, "rho": P}),
    ("hinge(m) <= 1", "0 <= m <= 1", {"m": R}),
    ("hinge(m)^2 >= 2*hinge(m) - 1", (), {"m": R}),
    ("1/(a + b) <= (1/a + 1/b)/4", (), {"a": P, "b": P}),
    ("1/g + 1/(B - g) >= 4/B", "0 < g < B", {"g": P, "B": P}),
    # VS loss
    ("ln(1 + exp(iota)*exp(-Delta*m)) > 0", (), {"iota": R, "Delta": P, "m": R}),
    ("omega*ln(1 + exp(-m)) <= omega*exp(-m)", (), {"omega": P, "m": R}),
    ("ln(1 + exp(i1 - D*m)) >= ln(1 + exp(i2 - D*m))", "i1 >= i2", {"i1": R, "i2": R, "D": P, "m": R}),
    ("Delta_p*m <= Delta_n*m", "Delta_p <= Delta_n", {"Delta_p": P, "Delta_n": P, "m": NN}),
    ("1/(1+exp(Delta*m)) <= exp(-Delta*m)", (), {"Delta": P, "m": R}),
    # focal
    ("-(1-p)^gamma*ln(p) <= -ln(p)", (), {"p": U, "gamma": NN}),
    ("-(1-p)^2*ln(p) >= 0", (), {"p": U}),
    ("-(1-p)*ln(p) >= (1-p)^2", (), {"p": U}),
    ("-ln(p) >= 1 - p", (), {"p": U}),
    ("-ln(p) - (1-p)*ln(p)*0 >= 1 - p + (1-p)^2/2", (), {"p": U}),
    ("alpha*(1-p)^gamma <= 1", (), {"alpha": U, "p": U, "gamma": NN}),
    # GLA / GCA
    ("(1 - v^q)/q <= -ln(v)", (), {"v": U, "q": "(0, 1]"}),
    ("(1 - v^q)/q ≥ 1 − v", (), {"v": U, "q": "(0, 1]"}),
    ("1 - sqrt(1 - t^2) <= t^2", (), {"t": "[0, 1]"}),
    ("1 - sqrt(1 - t^2) >= t^2/2", (), {"t": "[-1, 1]"}),
    ("(1+t)/2*ln(1+t) + (1-t)/2*ln(1-t) >= t^2/2", (), {"t": "[0, 1)"}),
    ("t <= sqrt(2*t)", "t <= 2", {"t": NN}),
    ("exp(-m) >= ln(1 + exp(-m))", (), {"m": R}),
    ("p1*c1 + p2*c2 <= max(c1, c2)", "p1 + p2 = 1", {"p1": U, "p2": U, "c1": P, "c2": P}),
    # density ratio
    ("w1*p1 + w2*p2 = 1", "w1 = q1/p1, w2 = q2/p2, q1 + q2 = 1", {"w1": P, "w2": P, "p1": U, "p2": U, "q1": U, "q2": U}),
    ("q1^2/p1 + q2^2/p2 >= 1", "p1 + p2 = 1 and q1 + q2 = 1", {"p1": U, "p2": U, "q1": U, "q2": U}),
    ("(1/2)^2/p + (1/2)^2/(1 - p) >= 1", (), {"p": U}),
    ("1/(4*p*(1-p)) >= 1", (), {"p": U}),
    ("w^2 >= 2*w - 1", (), {"w": P}),
    ("p*ln(p/q) + (1-p)*ln((1-p)/(1-q)) >= 0", (), {"p": U, "q": U}),
    ("p*ln(p/q) >= p - q", (), {"p": U, "q": U}),
    # Gaussian mixtures
    ("Phi(-x) = 1 - Phi(x)", (), {"x": R}),
    ("Phi(x) >= 1/2", "x >= 0", {"x": R}),
    ("phi(x) = phi(-x)", (), {"x": R}),
    ("Phi(a) <= Phi(b)", "a <= b", {"a": R, "b": R}),
    ("1 − Φ(x) ≤ exp(−x²/2)/2", (), {"x": NN}),
    ("φ(x) ≤ 2/5", (), {"x": R}),
    # SELI / simplex
    ("sqrt(1 - 1/K) < 1", (), {"K": "integer 2.."}),
    ("-1/(K-1) >= -1", (), {"K": "integer 2.."}),
    ("(K-1)/K*1 + (-1/K)*(K-1) = 0", (), {"K": "integer 2.."}),
    ("(1-1/K)^2 + (K-1)/K^2 = 1 - 1/K", (), {"K": "integer 2.."}),
    # concentration, Rademacher
    ("exp(-2*n*eps^2) <= exp(-2*eps^2)", (), {"n": N, "eps": P}),
    ("sqrt(ln(1/delta)/(2*n)) <= sqrt(ln(2/delta)/(2*n))", (), {"delta": U, "n": N}),
    ("cosh(t) <= exp(t^2/2)", (), {"t": R}),
    ("(exp(s) + exp(-s))/2 >= 1", (), {"s": R}),
    ("p*exp(t*(1-p)) + (1-p)*exp(-t*p) >= 1", (), {"p": U, "t": R}),
    ("sqrt(a + b) <= sqrt(a) + sqrt(b)", (), {"a": NN, "b": NN}),
    ("sqrt(a*b) <= (a + b)/2", (), {"a": NN, "b": NN}),
    ("B/sqrt(n) <= B", (), {"B": P, "n": N}),
    ("sqrt(d/n) <= 1", "d <= n", {"d": N, "n": N}),
    ("abs(tanh(x) - tanh(y)) <= abs(x - y)", (), {"x": R, "y": R}),
    ("x^T_ >= 0", (), {"x": NN, "T_": N}),
    ("s + c <= sqrt(2)", "s^2 + c^2 = 1", {"s": R, "c": R}),
    ("u*v <= 1/2", "u^2 + v^2 = 1", {"u": R, "v": R}),
    ("r = c/(b + c)", "r*b = (1 - r)*c", {"r": U, "b": P, "c": P}),
    ("log2(x) = ln(x)/ln(2)", (), {"x": P}),
    ("binary_entropy(p) <= ln(2)", (), {"p": U}),
    ("sigmoid(x)*(1 - sigmoid(x)) <= 1/4", (), {"x": R}),
]
FALSE = [
    ("(1 - beta)/(1 - beta^N_min) <= (1 - beta)/(1 - beta^N_maj)", "N_min <= N_maj", {"beta": U, "N_min": W, "N_maj": W}),
    ("(1 - beta^n)/(1 - beta) >= n", (), {"beta": U, "n": N}),
    ("1 < (1 - beta^n)/(1 - beta)", (), {"beta": U, "n": N}),
    ("N_maj/(N_maj + N_min) = 1/(1 + rho)", "N_maj = rho*N_min", {"N_maj": P, "N_min": P, "rho": P}),
    ("1/N_1 > 1/N_2", "N_1 <= N_2", {"N_1": P, "N_2": P}),
    ("sqrt(N_1/N_2) >= N_1/N_2", "N_1 >= N_2", {"N_1": P, "N_2": P}),
    ("sqrt(N_1/N_2) <= N_1/N_2", (), {"N_1": P, "N_2": P}),
    ("ln(1 + exp(f2 - f1 + tau*ln(pi1/pi2))) = ln(1 + (pi2/pi1)^tau*exp(f2 - f1))", (), {"f1": R, "f2": R, "tau": P, "pi1": U, "pi2": U}),
    ("pi_y*exp(f)/(pi_y*exp(f) + (1 - pi_y)*exp(g)) = sigmoid(f - g - logit(pi_y))", (), {"pi_y": U, "f": R, "g": R}),
    ("ln(1 + exp(Delta - m)) >= ln(1 + exp(-m))", (), {"Delta": R, "m": R}),
    ("ln(pi_1/pi_2) > 0", "pi_1 >= pi_2", {"pi_1": U, "pi_2": U}),
    ("softplus(-m) = ln(sigmoid(m))", (), {"m": R}),
    ("logsumexp(a, b) <= max(a, b) + 0.69", (), {"a": R, "b": R}),
    ("logsumexp(a, b, c) <= max(a, b, c) + ln(2)", (), {"a": R, "b": R, "c": R}),
    ("exp(a)/(exp(a)+exp(b)+exp(c)) >= 1/3", "a >= b", {"a": R, "b": R, "c": R}),
    ("C/N_1^(1/4) >= 2*C/N_2^(1/4)", "N_1 <= N_2", {"C": P, "N_1": P, "N_2": P}),
    ("g1/g2 = (N_1/N_2)^(1/4)", "g1 = C/N_1^(1/4), g2 = C/N_2^(1/4)", {"g1": P, "g2": P, "C": P, "N_1": P, "N_2": P}),
    ("min(1, relu(1 - m/rho)) < 1", (), {"m": R, "rho": P}),
    ("hinge(m) < 1", "0 <= m <= 1", {"m": R}),
    ("1/(a + b) <= (1/a + 1/b)/5", (), {"a": P, "b": P}),
    ("1/g + 1/(B - g) > 4/B", "0 < g < B", {"g": P, "B": P}),
    ("Delta_p*m <= Delta_n*m", "Delta_p <= Delta_n", {"Delta_p": P, "Delta_n": P, "m": R}),
    ("-(1-p)^gamma*ln(p) <= -ln(p)", (), {"p": U, "gamma": R}),
    ("-(1-p)^2*ln(p) >= (1-p)^2", (), {"p": U}),
    ("(1 - v^q)/q >= -ln(v)", (), {"v": U, "q": "(0, 1]"}),
    ("(1 - v^q)/q >= 1 - v", (), {"v": U, "q": "(0, 2]"}),
    ("1 - sqrt(1 - t^2) >= 0.51*t^2", (), {"t": "[-1, 1]"}),
    ("w1*p1 + w2*p2 = 1", "w1 = q1/p1, w2 = q2/p2", {"w1": P, "w2": P, "p1": U, "p2": U, "q1": U, "q2": U}),
    ("q1^2/p1 + q2^2/p2 > 1", "p1 + p2 = 1 and q1 + q2 = 1", {"p1": U, "p2": U, "q1": U, "q2": U}),
    ("p*ln(p/q) >= 0", (), {"p": U, "q": U}),
    ("Phi(-x) = -Phi(x)", (), {"x": R}),
    ("(Phi(D + e) + Phi(D - e))/2 <= Phi(D)", (), {"D": R, "e": R}),
    ("1 - Phi(x) >= phi(x)/x", (), {"x": P}),
    ("phi(x) <= 0.39", (), {"x": R}),
    ("sqrt(1 - 1/K) < 0.99", (), {"K": "integer 2.."}),
    ("exp(-2*n*eps^2) < exp(-2*eps^2)", (), {"n": N, "eps": P}),
    ("cosh(t) <= exp(t^2/2.01)", (), {"t": R}),
    ("sqrt(a + b) >= sqrt(a) + sqrt(b)", (), {"a": NN, "b": NN}),
    ("sqrt(d/n) < 1", "d <= n", {"d": N, "n": N}),
    ("s + c <= 7/5", "s^2 + c^2 = 1", {"s": R, "c": R}),
    ("u*v <= 0.49", "u^2 + v^2 = 1", {"u": R, "v": R}),
    ("r = b/(b + c)", "r*b = (1 - r)*c", {"r": U, "b": P, "c": P}),
    ("r <= 1/2", "r*b = (1 - r)*c", {"r": U, "b": P, "c": P}),
    ("x >= 0", "x^2 = 2", {"x": R}),
    ("y <= 2", "ln(y) = x", {"x": R, "y": P}),
]
# fmt: on


def _id(case):
    return f"{case[0]} | {case[1]}" if case[1] else case[0]


@pytest.mark.parametrize(("relation", "given", "domains"), TRUE, ids=map(_id, TRUE))
def test_a_claim_of_a_paper_is_read(relation, given, domains):
    own = claim(relation, given=given, **domains)
    assert {symbol.name for symbol in own.domains} == set(domains)


@pytest.mark.parametrize(("relation", "given", "domains"), sampled(TRUE, 3), ids=map(_id, TRUE))
def test_a_true_claim_of_a_paper_is_proved(relation, given, domains):
    certificate = claim(relation, given=given, **domains).verify(seconds=30)
    assert certificate.status in ("proved", "checked"), str(certificate)
    assert recheck(certificate).status == "confirmed"


@pytest.mark.parametrize(("relation", "given", "domains"), FALSE, ids=map(_id, FALSE))
def test_its_false_neighbour_is_refuted(relation, given, domains):
    certificate = claim(relation, given=given, **domains).verify(seconds=20)
    assert certificate.status == "refuted", str(certificate)
    assert recheck(certificate).status == "confirmed"


# fmt: off
X = sympy.Symbol("x")
NONSENSE = [
    ("x + y >= 0", {"x": R}, "relation: 'y' .* has no domain"),
    ("", {"x": R}, "relation: '' is empty"),
    ("   ", {}, "is empty"),
    ("x + 1", {"x": R}, "relation: 'x \\+ 1' is not a relation"),
    ("x >= 0 or x <= 0", {"x": R}, "is not a relation"),
    ("foo(x) >= 0", {"x": R}, "calls 'foo'; known functions"),
    ("x in [1, 2]", {"x": R}, "cannot read"),
    ("x >= 'a'", {"x": R}, "cannot read"),
    ("x >= True", {"x": R}, "truth value"),
    ("x >= 1j", {"x": R}, "cannot read '1j'"),
    ("x >= y", {"x": R, "y": "reel"}, "y: domain 'reel': write 'real'"),
    ("x >= 0", {"x": "(1, 0)"}, r"x: domain '\(1, 0\)' is empty"),
    ("x >= 0", {"x": "integer 5..3"}, "x: domain .* is empty"),
    ("x >= 0", {"x": "integer 1/2..3"}, "ends must be integers"),
    ("x >= 0", {"x": "(a, b)"}, "cannot read the endpoint 'a'"),
    ("x >= 0", {"x": (0, 1)}, r"x: domain \(0, 1\): must be text"),
    ("x >= 0", {"x": None}, "x: domain None: must be text"),
    ("x >= 0", {"x": R, "z": R}, "'z' has a domain but does not occur"),
    ("x >= 10**(10**10)", {"x": R}, "too large"),
    ("x >= 9**9**9**9", {"x": R}, "too large"),
    ("x >= 1e99999999", {"x": R}, "too large"),
    ("x >= " + "9" * 6000, {"x": R}, "cannot read"),
    ("__import__('os').system('true') >= 0", {"x": R}, "cannot read"),
    ("x.__class__ >= 0", {"x": R}, "cannot read"),
    ("(lambda: 1)() >= x", {"x": R}, "cannot read"),
    ("x >= 0\nimport os", {"x": R}, "cannot read"),
    ("-" * 500 + "x >= 0", {"x": R}, "nested too deeply"),
    ("exp(" * 100 + "x" + ")" * 100 + " >= 0", {"x": R}, "nested too deeply"),
    ("x+" * 3000 + "x >= 0", {"x": R}, "nested too deeply"),
    (5, {"x": R}, "relation = 5: must be text"),
    (None, {"x": R}, "relation = None: must be text"),
    ([], {"x": R}, "at least one relation"),
    (X + 1, {"x": R}, "must be text or a SymPy relation"),
    ("x >= 1/0", {"x": R}, "divides by zero"),
    ("x >= sqrt(-1)", {"x": R}, "relation: I is not a real number"),
    ("Min(x, sqrt(-1)) <= 1", {"x": R}, "not a real expression"),
    ("x < oo", {"x": R}, "oo is not a real number"),
    ("x => 1", {"x": R}, "write <= and >="),
    ("2x >= 1", {"x": R}, "a product is written with"),
    ("|x| >= 0", {"x": R}, r"a size is written Abs\(x\)"),
    ("sin >= 0", {}, r"sin .* is a function: write sin\(...\)"),
    ("sigmoid(x, 2) >= 0", {"x": R}, "wrong number of arguments"),
    ("lambda >= 0", {"x": R}, "a word of Python"),
]
VOID = [
    ("x >= 1 and x <= 0", {"x": R}, "cannot hold"),
    ("x**2 < 0", {"x": R}, "cannot hold"),
    ("x**2 == -1", {"x": R}, "cannot hold"),
    ("1 > 2", {"x": R}, "cannot hold"),
    ("x == 1/2", {"x": "integer"}, "no point of the domain was found where x == 1/2 holds"),
    ("exp(x) <= 0", {"x": R}, "no point"),
    ("x**2 == 2", {"x": "integer"}, "no point"),
    ("hello", {"x": R}, "given: 'hello' is not a relation"),
    ("y >= 1", {"x": R}, "given: 'y' .* has no domain"),
    (7, {"x": R}, "given = 7: must be text"),
]
# fmt: on


@pytest.mark.parametrize(("relation", "domains", "message"), NONSENSE)
def test_nonsense_is_one_clear_line(relation, domains, message):
    with pytest.raises((InputError, InputTypeError), match=message) as caught:
        claim(relation, **domains)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 450


@pytest.mark.parametrize(("given", "domains", "message"), VOID)
def test_hypotheses_that_say_nothing_are_one_clear_line(given, domains, message):
    with pytest.raises((InputError, InputTypeError), match=message) as caught:
        claim("x >= 0", given=given, **domains).verify(seconds=4)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x", "1", "y"), "variable = 'y'"),
        (("x", "1", "x", "middle"), "middle"),
        (("", "1", "x"), "is empty"),
        (("x", 1, "x"), "1: must be text"),
        (("y", "1", "x"), "'y' .* has no domain"),
    ],
)
def test_a_limit_that_makes_no_sense_is_one_clear_line(arguments, message):
    with pytest.raises((InputError, InputTypeError), match=message):
        limit_claim(*arguments, x=R)


@pytest.mark.parametrize(
    ("expression", "value", "variable", "end", "domains"),
    [
        ("(1 - u**q)/q", "-log(u)", "q", "low", {"q": "(0, 1]", "u": U}),
        ("(cosh(x) - 1)/x**2", "1/2", "x", "low", {"x": P}),
        ("(exp(x) - 1 - x - x**2/2)/x**3", "1/6", "x", "low", {"x": P}),
        ("(1 - b**n)/(1 - b)", "n", "b", "high", {"b": U, "n": P}),
        ("exp(x)*(log(1 + exp(x)) - x)", "1", "x", "high", {"x": R}),
        ("Phi(-x)*x*exp(x**2/2)", "1/sqrt(2*pi)", "x", "high", {"x": P}),
        ("log(log(x))", "oo", "x", "high", {"x": "(2, oo)"}),
    ],
)
def test_a_limit_where_digits_cancel_is_confirmed(expression, value, variable, end, domains):
    certificate = limit_claim(expression, value, variable, end, **domains).verify()
    assert certificate.status == "proved"
    assert recheck(certificate).status == "confirmed"


def test_a_wrong_limit_is_not_confirmed():
    right = limit_claim("2 - 1/x", "2", "x", x=P).verify()
    assert recheck(right).status == "confirmed"
    for value in ("oo", "3"):
        wrong = right.to_dict() | {"claim": [right.claim[0].removesuffix("2") + value], "parts": []}
        assert recheck(type(right).from_dict(wrong)).status == "rejected"

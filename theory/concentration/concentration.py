"""Concentration of means: the exponential tail bounds, what they give for samples by class, and Pinsker.

Claimed by Hoeffding (1963), Bernstein (1946), McDiarmid (1989), Chernoff (1952). Checked by: every lemma
of their proofs (interval arithmetic, SMT), and exact binomial tails.
"""

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_limit,
    state_quoted,
    steps,
)
from .tail_bounds import (
    bernstein_deviation,
    bernstein_tail,
    binary_kl,
    binomial_tail,
    chernoff_deviation,
    chernoff_tail,
    exact_binomial_tail,
    hoeffding_deviation,
    hoeffding_tail,
    mcdiarmid_deviation,
    mcdiarmid_tail,
    stratified_hoeffding_deviation,
    stratified_hoeffding_tail,
    uniform_deviation,
)

__all__ = [
    "bernstein_deviation",
    "bernstein_tail",
    "binary_kl",
    "binomial_tail",
    "chernoff_deviation",
    "chernoff_tail",
    "exact_binomial_tail",
    "hoeffding_deviation",
    "hoeffding_tail",
    "mcdiarmid_deviation",
    "mcdiarmid_tail",
    "stratified_hoeffding_deviation",
    "stratified_hoeffding_tail",
    "uniform_deviation",
]

# ------------------------------------------------------------------------------------ statements

_CLASS = {"n1": "points of class 1", "n2": "points of class 2"}
_SYMBOLS = {
    "N": "independent points",
    "t": "deviation",
    "p": "mean of a value in [0, 1]",
    "s": "the exponent's free parameter",
}

HOEFFDING = Statement(
    name="concentration.hoeffding",
    title="Hoeffding: the mean of N independent values in [0, 1] exceeds its expectation by t with "
    "probability at most exp(-2 N t^2)",
    source="Hoeffding (JASA 1963), Theorem 2",
    formula=state_quoted(
        "P(mean - mu >= t) <= exp(-2 N t^2)",
        r"P(\bar X - \mu \ge t) \le e^{-2 N t^2}, \qquad X_i \in [0, 1]",
    ),
    steps=steps(
        (
            "a value x in [0, 1] is dominated by a coin: exp lies below its chord",
            state("s*x <= log(1 - x + x*exp(s))", s="real", x="[0, 1]"),
        ),
        (
            "Hoeffding's lemma for a coin of mean p",
            state("log(1 - p + p*exp(s)) - p*s <= s**2/8", p="(0, 1)", s="real"),
        ),
        (
            "Markov's inequality for exp(s(sum - N mu)) at its best s = 4 t",
            state("N*((4*t)**2/8 - (4*t)*t) == -2*N*t**2", N="positive", t="positive"),
        ),
        (
            "exact binomial tails",
            state_computed("concentration:hoeffding", most=40, factor=2),
        ),
    ),
    argument="P(sum - N mu >= N t) <= exp(-s N t) prod E exp(s(X_i - mu_i)) for s > 0, and each factor is at "
    "most exp(s^2/8); means 0 and 1 are constants. A range of length w scales t by 1/w.",
    mutants=mutants(
        ("exponent 4 N t^2: one fair coin, t = 1/2", state("1/2 <= exp(-4*(1/2)**2)")),
        (
            "s^2/9 in the lemma",
            state("log(1 - p + p*exp(s)) - p*s <= s**2/9", p="(0, 1)", s="real"),
        ),
        (
            "exponent 4 N t^2, exact tails",
            state_computed("concentration:hoeffding", most=3, factor=4),
        ),
    ),
    symbols=_SYMBOLS,
    ids=("GT7",),
    functions=("hoeffding_tail", "hoeffding_deviation"),
)

BERNSTEIN = Statement(
    name="concentration.bernstein",
    title="Bernstein: with variance v and values at most b above their expectation, the tail is at most "
    "exp(-N t^2/(2(v + b t/3)))",
    source="Bernstein (1946); Boucheron, Lugosi, Massart (2013), Section 2.8",
    formula=state_quoted(
        "P(mean - mu >= t) <= exp(-N t^2/(2(v + b t/3)))",
        r"P(\bar X - \mu \ge t) \le \exp\Bigl(-\frac{N t^2}{2 (v + b t/3)}\Bigr)",
    ),
    steps=steps(
        (
            "the slope of phi(x) = (exp(x) - 1 - x)/x^2",
            state_derivative(
                "(exp(x) - 1 - x)/x**2", "x", "((x - 2)*exp(x) + x + 2)/x**3", x="nonzero"
            ),
        ),
        ("is positive above zero", state("(x - 2)*exp(x) + x + 2 > 0", x="positive")),
        ("and below it, as x^3 < 0", state("(x - 2)*exp(x) + x + 2 < 0", x="negative")),
        (
            "so phi(s X) <= phi(s b), and phi(x) <= 1/(2(1 - x/3)), that is",
            state("x <= log((6 + 4*x + x**2)/(6 - 2*x))", x="[0, 3)"),
        ),
        (
            "where the fraction is",
            state("(6 + 4*x + x**2)/(6 - 2*x) == 1 + x + x**2/(2*(1 - x/3))", x="[0, 3)"),
        ),
        ("moments: 1 + y <= exp(y)", state("1 + y <= exp(y)", y="real")),
        (
            "the exponent at s = t/(v + b t/3)",
            state(
                "N*v*(t/(v + b*t/3))**2/(2*(1 - (t/(v + b*t/3))*b/3)) - N*(t/(v + b*t/3))*t"
                " == -N*t**2/(2*(v + b*t/3))",
                N="positive",
                v="positive",
                b="positive",
                t="positive",
            ),
        ),
        (
            "where s b < 3",
            state("b*(t/(v + b*t/3)) < 3", v="positive", b="positive", t="positive"),
        ),
        (
            "exact binomial tails",
            state_computed("concentration:bernstein", most=40, share="1/3"),
        ),
    ),
    argument="phi increases (it tends to 1/2 at 0 from both sides), so exp(s X) <= 1 + s X + s^2 X^2 "
    "phi(s b) for centred X <= b; take means, 1 + y <= exp(y) and Markov's inequality.",
    mutants=mutants(
        (
            "without b t/3: one coin with p = 1/50, t = 49/50",
            state("1/50 <= exp(-(49/50)**2/(2*(1/50)*(49/50)))"),
        ),
        ("b t/6", state("x <= log(1 + x + x**2/(2*(1 - x/6)))", x="[0, 3)")),
        (
            "without b t/3, exact tails",
            state_computed("concentration:bernstein", most=3, share="0"),
        ),
    ),
    symbols={**_SYMBOLS, "v": "variance", "b": "largest excess over the expectation"},
    ids=("GT8",),
    functions=("bernstein_tail", "bernstein_deviation"),
)

MCDIARMID = Statement(
    name="concentration.mcdiarmid",
    title="McDiarmid: a function that argument i alone changes by at most c_i exceeds its expectation by t "
    "with probability at most exp(-2 t^2/sum c_i^2)",
    source="McDiarmid (1989), Lemma 1.2",
    formula=state_quoted(
        "P(f - E f >= t) <= exp(-2 t^2/sum c_i^2)",
        r"P(f(X) - \mathbb E f(X) \ge t) \le e^{-2 t^2 / \sum_i c_i^2}",
    ),
    steps=steps(
        (
            "differences of at most k survive averaging over later arguments",
            state(
                "(a + c)/2 - (b + d)/2 <= k",
                given=["a - b <= k", "c - d <= k"],
                a="real",
                b="real",
                c="real",
                d="real",
                k="nonnegative",
            ),
        ),
        (
            "so each increment of the martingale E[f | X_1..X_i] has range c_i: Hoeffding's lemma at c s",
            state(
                "log(1 - p + p*exp(c*s)) - p*(c*s) <= (c*s)**2/8",
                p="(0, 1)",
                s="real",
                c="nonnegative",
            ),
        ),
        (
            "the exponent with S = sum c_i^2 at s = 4 t/S",
            state("S*(4*t/S)**2/8 - (4*t/S)*t == -2*t**2/S", S="positive", t="positive"),
        ),
        (
            "every function of three fair bits",
            state_computed("concentration:mcdiarmid", probability="1/2", factor=2),
        ),
        (
            "and of three unfair bits",
            state_computed("concentration:mcdiarmid", probability="1/4", factor=2),
        ),
    ),
    argument="Given X_1..X_(i-1) the i-th increment has mean zero and lies in an interval of length c_i; its "
    "exponential moment is at most exp(s^2 c_i^2/8) by Hoeffding's lemma. Peel off the last argument "
    "first, then use Markov's inequality.",
    mutants=mutants(
        (
            "max c_i^2 in place of the sum: mean of four fair bits, t = 1/2",
            state("1/16 <= exp(-2*(1/2)**2/(1/4)**2)"),
        ),
        (
            "exponent 4 t^2/sum c_i^2",
            state_computed("concentration:mcdiarmid", probability="1/2", factor=4),
        ),
    ),
    symbols={**_SYMBOLS, "c": "bounded difference", "S": "sum of their squares"},
    rests_on=("concentration.hoeffding",),
    ids=("GT9",),
    functions=("mcdiarmid_tail", "mcdiarmid_deviation"),
)

STRATIFIED = Statement(
    name="concentration.stratified_hoeffding",
    title="The balanced mean over K classes concentrates as if every class had the harmonic mean of the "
    "counts: tail exp(-2 t^2 K^2/sum 1/n_y)",
    source="derived here from McDiarmid's inequality",
    formula=state_quoted(
        "P(balanced mean - expectation >= t) <= exp(-2 t^2 K^2/sum_y 1/n_y)",
        r"P\Bigl(\tfrac1K \sum_y (\bar X_y - \mu_y) \ge t\Bigr) \le "
        r"\exp\Bigl(-\frac{2 t^2 K^2}{\sum_y 1/n_y}\Bigr)",
    ),
    steps=steps(
        (
            "a point of class y moves the balanced mean by at most 1/(K n_y); squares of the class",
            state("n*(1/(K*n))**2 == 1/(K**2*n)", n="positive", K="positive"),
        ),
        (
            "the exponent with S = H/K^2, H = sum 1/n_y",
            state("-2*t**2/(H/K**2) == -2*t**2*K**2/H", H="positive", K="positive", t="positive"),
        ),
        (
            "imbalance can only hurt: each 1/n lies above its tangent at the mean count 1/c",
            state("1/n >= 2*c - c**2*n", n="positive", c="positive"),
        ),
        (
            "summed over K classes of N points, c = K/N, so K^2/H <= N",
            state("2*K*(K/N) - (K/N)**2*N == K**2/N", K="positive", N="positive"),
        ),
        ("exact tails of two classes", state_computed("concentration:stratified", most=6)),
    ),
    argument="McDiarmid's inequality with these differences. The tangents show the pooled exponent 2 N t^2 "
    "to be an upper limit, reached only by equal counts.",
    mutants=mutants(
        (
            "all points pooled: 40 and 2 points of means 1/10 and 1/2",
            state_computed("concentration:pooled", first=40, second=2, t="1/4"),
        ),
        (
            "the pooled exponent is never larger",
            state("4/(1/n1 + 1/n2) >= n1 + n2", n1="positive", n2="positive"),
        ),
    ),
    symbols={**_SYMBOLS, **_CLASS, "K": "classes", "H": "sum of 1/n_y", "c": "K/N"},
    rests_on=("concentration.mcdiarmid",),
    ids=("GT10",),
    functions=("stratified_hoeffding_tail", "stratified_hoeffding_deviation"),
)

CHERNOFF = Statement(
    name="concentration.chernoff",
    title="Chernoff: a frequency differs from its probability p by e p or more, 0 < e <= 1, with probability "
    "at most 2 exp(-N p e^2/3)",
    source="Chernoff (1952); Mitzenmacher and Upfal (2005), Corollary 4.6",
    formula=state_quoted(
        "P(|ph - p| >= e p) <= 2 exp(-N p e^2/3), 0 < e <= 1",
        r"P(|\hat p - p| \ge \epsilon p) \le 2 e^{-N p \epsilon^2 / 3}, \qquad 0 < \epsilon \le 1",
    ),
    steps=steps(
        (
            "moments of a coin: 1 + p (exp(s) - 1) <= exp(p (exp(s) - 1))",
            state("log(1 + p*(exp(s) - 1)) <= p*(exp(s) - 1)", p="(0, 1)", s="real"),
        ),
        (
            "the exponent at s = log(1 + e)",
            state(
                "N*p*((1 + e) - 1) - log(1 + e)*N*p*(1 + e) == -N*p*((1 + e)*log(1 + e) - e)",
                N="positive",
                p="(0, 1)",
                e="(-1, 1]",
            ),
        ),
        (
            "is large enough above",
            state("(1 + e)*log(1 + e) - e >= e**2/3", e="(0, 1]"),
        ),
        (
            "and below, where e changes sign",
            state("(1 - e)*log(1 - e) + e >= e**2/2", e="(0, 1)"),
        ),
        (
            "no success at all, e = 1: (1 - p)^N <= exp(-N p)",
            state("log(1 - p) <= -p", p="(0, 1)"),
        ),
        ("exact binomial tails", state_computed("concentration:chernoff", most=59, divisor=3)),
    ),
    argument="Markov's inequality on either side; the two bounds are added.",
    mutants=mutants(
        (
            "exponent without the 1/3, exact tails",
            state_computed("concentration:chernoff", most=42, divisor=1),
        ),
        (
            "exponent without the 1/3",
            state("(1 + e)*log(1 + e) - e >= e**2", e="(0, 1]"),
        ),
        ("beyond e = 1", state("(1 + e)*log(1 + e) - e >= e**2/3", e="positive")),
    ),
    symbols={**_SYMBOLS, "e": "relative deviation"},
    ids=("GT11",),
    functions=("chernoff_tail", "chernoff_deviation", "binomial_tail", "exact_binomial_tail"),
)

UNIFORM_BOUND = Statement(
    name="concentration.uniform_bound",
    title="Uniform bound: with probability at least 1 - d, every function of the class with values in [0, M] "
    "has P g <= P_N g + 2 Rad_S + 3 M sqrt(log(2/d)/(2N))",
    source="Bartlett and Mendelson (JMLR 2002); Mohri, Rostamizadeh, Talwalkar, Theorem 3.3",
    formula=state_quoted(
        "P g <= P_N g + 2 Rad_S(G) + 3 M sqrt(log(2/d)/(2N)) for all g",
        r"P g \le P_N g + 2 \mathfrak R_S(G) + 3 M \sqrt{\frac{\log(2/\delta)}{2N}} \quad \forall g \in G",
    ),
    steps=steps(
        (
            "a supremum moves by no more than its entries: both change by at most M/N with one point",
            state(
                "Abs(Max(a1, a2) - Max(b1, b2)) <= Max(Abs(a1 - b1), Abs(a2 - b2))",
                a1="real",
                a2="real",
                b1="real",
                b2="real",
            ),
        ),
        (
            "McDiarmid at T = M sqrt(log(2/d)/(2N)) fails with probability d/2",
            state(
                "exp(-2*(M*sqrt(log(2/d)/(2*N)))**2/(N*(M/N)**2)) == d/2",
                N="positive",
                M="positive",
                d="(0, 1)",
            ),
        ),
        (
            "the failure budget: two uses",
            state("d/2 + d/2 == d", d="(0, 1)"),
        ),
        (
            "sup <= E sup + T, E sup <= 2 E Rad, E Rad <= Rad_S + T give 2 Rad_S + 3 T",
            state(
                "A <= 2*R + 3*T",
                given=["A <= B + T", "B <= 2*C", "C <= R + T"],
                A="real",
                B="real",
                C="nonnegative",
                R="nonnegative",
                T="positive",
            ),
        ),
        (
            "exact failure probabilities of a tiny world",
            state_computed("concentration:coverage", most=30, failure="9/10"),
        ),
    ),
    argument="McDiarmid for the supremum of P g - P_N g and for the empirical complexity, symmetrisation in "
    "between.",
    mutants=mutants(
        (
            "log(1/d) with two uses",
            state(
                "exp(-2*(M*sqrt(log(1/d)/(2*N)))**2/(N*(M/N)**2)) <= d/2",
                N="positive",
                M="positive",
                d="(0, 1)",
            ),
        ),
        (
            "2 T: the complexity's deviation counted once",
            state(
                "T + 2*C <= 2*R + 2*T",
                given="C <= R + T",
                C="nonnegative",
                R="nonnegative",
                T="positive",
            ),
        ),
        (
            "Rad_S without the 2: three atoms, one draw",
            state_computed("rademacher:symmetrisation", weights=[1, 1, 1], sample=1, constant="1"),
        ),
    ),
    symbols={
        "N": "points",
        "M": "largest value",
        "d": "failure probability",
        "T": "McDiarmid's deviation",
        "A, B": "sup of P g - P_N g; its expectation",
        "R, C": "empirical complexity; its expectation",
    },
    rests_on=("concentration.mcdiarmid", "rademacher.symmetrisation"),
    ids=("GT6",),
    functions=("uniform_deviation",),
)

PINSKER = Statement(
    name="concentration.pinsker",
    title="Pinsker: KL(P, Q) >= 2 (P(A) - Q(A))^2 for every event A, and 2 is the best constant",
    source="Pinsker (1964); constant by Csiszar, Kemperman, Kullback (1967)",
    formula=state(
        "p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= 2*(p - q)**2", p="(0, 1)", q="(0, 1)"
    ),
    steps=steps(
        (
            "two outcomes, A and not A",
            state(
                "p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= 2*(p - q)**2",
                p="(0, 1)",
                q="(0, 1)",
            ),
        ),
        (
            "merging outcomes lowers KL: one outcome of masses a and b, r any ratio",
            state("a*log(a/(b*r)) >= a - b*r", a="positive", b="positive", r="positive"),
        ),
        (
            "whose right sides add up to 0 at r = sum a / sum b over the merged outcomes",
            state("A - B*(A/B) == 0", A="positive", B="positive"),
        ),
        (
            "no constant above 2 will do: q = 1/2, p -> 1/2",
            state_limit(
                "(p*log(2*p) + (1 - p)*log(2*(1 - p)))/(p - 1/2)**2",
                "2",
                "p",
                "low",
                p="(1/2, 1)",
            ),
        ),
    ),
    argument="Merge the outcomes inside A and those outside; the first step is then the claim. With A where "
    "p > q this is 2 TV^2.",
    mutants=mutants(
        (
            "constant 4",
            state(
                "p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= 4*(p - q)**2",
                p="(0, 1)",
                q="(0, 1)",
            ),
        ),
        (
            "constant 5/2",
            state(
                "p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= (5/2)*(p - q)**2",
                p="(0, 1)",
                q="(0, 1)",
            ),
        ),
    ),
    symbols={"p": "P(A)", "q": "Q(A)", "a, b": "masses of an outcome", "A, B": "their sums"},
    ids=("GT14",),
    functions=("binary_kl",),
)

STATEMENTS = (
    HOEFFDING,
    BERNSTEIN,
    MCDIARMID,
    STRATIFIED,
    CHERNOFF,
    UNIFORM_BOUND,
    PINSKER,
)

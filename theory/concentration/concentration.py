"""Concentration of means: the exponential tail bounds, what they give for samples by class, and Pinsker.

Claimed by Hoeffding (1963), Bernstein (1946), McDiarmid (1989), Chernoff (1952). Checked by: every lemma
of their proofs (interval arithmetic, SMT), and exact binomial tails.
"""

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_limit,
    statement,
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


HOEFFDING = statement(
    name="concentration.hoeffding",
    title="Hoeffding: the mean of N independent values in [0, 1] exceeds its expectation by t with "
    "probability at most exp(-2 N t^2)",
    source="Hoeffding (JASA 1963), Theorem 2",
    ids=("GT7",),
    functions=("hoeffding_tail", "hoeffding_deviation"),
    where={
        "p: (0, 1)": "mean of a coin in [0, 1]",
        "s: real": "the exponent's free parameter",
        "x: [0, 1]": "a value in [0, 1]",
        "N: positive": "independent points",
        "t: positive": "deviation",
    },
    theorem=(
        "X_1..X_N independent, values in [0, 1], mean X = (1/N) sum_i X_i, mu = E mean X, t > 0: P(mean X "
        "- mu >= t) <= exp(-2 N t^2)",
        r"X_1, \dots, X_N \in [0, 1] \text{ independent},\; \bar X = \frac1N \sum_{i=1}^N X_i,\; \mu = "
        r"\mathbb E \bar X,\; t > 0 : \quad \mathbb P(\bar X - \mu \ge t) \le e^{-2 N t^2}",
    ),
    steps=(
        "exp_below_chord: a value x in [0, 1] is dominated by a coin: exp lies below its chord",
        "s*x <= log(1 - x + x*exp(s))",
        "coin_lemma: Hoeffding's lemma for a coin of mean p",
        "log(1 - p + p*exp(s)) - p*s <= s**2/8",
        "markov_at_best_s: Markov's inequality for exp(s(sum - N mu)) at its best s = 4 t",
        "N*((4*t)**2/8 - (4*t)*t) == -2*N*t**2",
        "exact_binomial_tails: exact binomial tails",
        state_computed("concentration:hoeffding", most=40, factor=2),
    ),
    argument="P(sum - N mu >= N t) <= exp(-s N t) prod E exp(s(X_i - mu_i)) for s > 0, and each factor is "
    "at most exp(s^2/8); means 0 and 1 are constants. A range of length w scales t by 1/w.",
    mutants=(
        "exponent 4 N t^2: one fair coin, t = 1/2",
        "1/2 <= exp(-4*(1/2)**2)",
        "s^2/9 in the lemma",
        "log(1 - p + p*exp(s)) - p*s <= s**2/9",
        "exponent 4 N t^2, exact tails",
        state_computed("concentration:hoeffding", most=3, factor=4),
    ),
)

BERNSTEIN = statement(
    name="concentration.bernstein",
    title="Bernstein: with variance v and values at most b above their expectation, the tail is at most "
    "exp(-N t^2/(2(v + b t/3)))",
    source="Bernstein (1946); Boucheron, Lugosi, Massart (2013), Section 2.8",
    ids=("GT8",),
    functions=("bernstein_tail", "bernstein_deviation"),
    where={
        "x: [0, 3)": "argument of phi, s times a centred value",
        "y: real": "second-order term of the moment, any real number",
        "N: positive": "independent points",
        "v: positive": "variance",
        "b: positive": "largest excess over the expectation",
        "t: positive": "deviation",
        "p": "mean of a value in [0, 1]",
        "s": "the exponent's free parameter",
    },
    theorem=(
        "X_1..X_N independent, X_i - E X_i <= b, b > 0, v = (1/N) sum_i Var X_i > 0, mean X = (1/N) sum_i "
        "X_i, mu = E mean X, t > 0: P(mean X - mu >= t) <= exp(-N t^2/(2 (v + b t/3)))",
        r"X_1, \dots, X_N \text{ independent},\; X_i - \mathbb E X_i \le b,\; b > 0,\; v = \frac1N "
        r"\sum_{i=1}^N \operatorname{Var} X_i > 0,\; \bar X = \frac1N \sum_{i=1}^N X_i,\; \mu = \mathbb E "
        r"\bar X,\; t > 0 : \quad \mathbb P(\bar X - \mu \ge t) \le \exp\left(-\frac{N t^2}{2 (v + b "
        r"t/3)}\right)",
    ),
    steps=(
        "phi_slope: the slope of phi(x) = (exp(x) - 1 - x)/x^2",
        state_derivative(
            "(exp(x) - 1 - x)/x**2", "x", "((x - 2)*exp(x) + x + 2)/x**3", x="nonzero"
        ),
        "phi_rises_above_zero: is positive above zero",
        state("(x - 2)*exp(x) + x + 2 > 0", x="positive"),
        "phi_rises_below_zero: and below it, as x^3 < 0",
        state("(x - 2)*exp(x) + x + 2 < 0", x="negative"),
        "phi_bound: so phi(s X) <= phi(s b), and phi(x) <= 1/(2(1 - x/3)), that is",
        "x <= log((6 + 4*x + x**2)/(6 - 2*x))",
        "phi_bound_as_fraction: where the fraction is",
        "(6 + 4*x + x**2)/(6 - 2*x) == 1 + x + x**2/(2*(1 - x/3))",
        "one_plus_y_below_exp: moments: 1 + y <= exp(y)",
        "1 + y <= exp(y)",
        "exponent_at_best_s: the exponent at s = t/(v + b t/3)",
        "N*v*(t/(v + b*t/3))**2/(2*(1 - (t/(v + b*t/3))*b/3)) - N*(t/(v + b*t/3))*t == -N*t**2/(2*(v + "
        "b*t/3))",
        "best_s_in_range: where s b < 3",
        "b*(t/(v + b*t/3)) < 3",
        "exact_binomial_tails: exact binomial tails",
        state_computed("concentration:bernstein", most=40, share="1/3"),
    ),
    argument="phi increases (it tends to 1/2 at 0 from both sides), so exp(s X) <= 1 + s X + s^2 X^2 phi(s "
    "b) for centred X <= b; take means, 1 + y <= exp(y) and Markov's inequality.",
    mutants=(
        "without b t/3: one coin with p = 1/50, t = 49/50",
        "1/50 <= exp(-(49/50)**2/(2*(1/50)*(49/50)))",
        "b t/6",
        "x <= log(1 + x + x**2/(2*(1 - x/6)))",
        "without b t/3, exact tails",
        state_computed("concentration:bernstein", most=3, share="0"),
    ),
)

MCDIARMID = statement(
    name="concentration.mcdiarmid",
    title="McDiarmid: a function that argument i alone changes by at most c_i exceeds its expectation by t "
    "with probability at most exp(-2 t^2/sum c_i^2)",
    source="McDiarmid (1989), Lemma 1.2",
    ids=("GT9",),
    functions=("mcdiarmid_tail", "mcdiarmid_deviation"),
    where={
        "a: real": "value of f at a later argument and a first value of argument i",
        "b: real": "value of f at the same later argument, second value of argument i",
        "p: (0, 1)": "mean of a coin on the increment's range",
        "s: real": "the exponent's free parameter",
        "c: real": (
            "value of f at another later argument, first value of argument i; in the second step a bounded "
            "difference c_i"
        ),
        "d: real": "value of f at another later argument, second value of argument i",
        "k: nonnegative": "bounded difference that averaging keeps",
        "S: positive": "sum of their squares",
        "t: positive": "deviation",
        "N": "independent points",
    },
    theorem=(
        "X_1..X_N independent, |f(x) - f(x')| <= c_i whenever x, x' differ in argument i alone (i = 1..N), "
        "sum_i c_i^2 > 0, t > 0: P(f(X) - E f(X) >= t) <= exp(-2 t^2/sum_i c_i^2)",
        r"X_1, \dots, X_N \text{ independent},\; |f(x) - f(x')| \le c_i \text{ whenever } x_j = x'_j "
        r"\;\forall j \ne i \quad (i = 1, \dots, N),\; \sum_i c_i^2 > 0,\; t > 0 : \quad \mathbb P(f(X) - "
        r"\mathbb E f(X) \ge t) \le \exp\left(-\frac{2 t^2}{\sum_{i=1}^N c_i^2}\right)",
    ),
    steps=(
        "difference_survives_averaging: differences of at most k survive averaging over later arguments",
        state("(a + c)/2 - (b + d)/2 <= k", given=["a - b <= k", "c - d <= k"]),
        "increment_hoeffding_lemma: so each increment of the martingale E[f | X_1..X_i] has range c_i: "
        "Hoeffding's lemma at c s",
        state("log(1 - p + p*exp(c*s)) - p*(c*s) <= (c*s)**2/8", c="nonnegative"),
        "exponent_at_best_s: the exponent with S = sum c_i^2 at s = 4 t/S",
        "S*(4*t/S)**2/8 - (4*t/S)*t == -2*t**2/S",
        "fair_bits_enumerated: every function of three fair bits",
        state_computed("concentration:mcdiarmid", probability="1/2", factor=2),
        "unfair_bits_enumerated: and of three unfair bits",
        state_computed("concentration:mcdiarmid", probability="1/4", factor=2),
    ),
    argument="Given X_1..X_(i-1) the i-th increment has mean zero and lies in an interval of length c_i; "
    "its exponential moment is at most exp(s^2 c_i^2/8) by Hoeffding's lemma. Peel off the last "
    "argument first, then use Markov's inequality.",
    mutants=(
        "max c_i^2 in place of the sum: mean of four fair bits, t = 1/2",
        "1/16 <= exp(-2*(1/2)**2/(1/4)**2)",
        "exponent 4 t^2/sum c_i^2",
        state_computed("concentration:mcdiarmid", probability="1/2", factor=4),
    ),
    rests_on=("concentration.hoeffding",),
)

STRATIFIED = statement(
    name="concentration.stratified_hoeffding",
    title="The balanced mean over K classes concentrates as if every class had the harmonic mean of the "
    "counts: tail exp(-2 t^2 K^2/sum 1/n_y)",
    source="derived here from McDiarmid's inequality",
    ids=("GT10",),
    functions=("stratified_hoeffding_tail", "stratified_hoeffding_deviation"),
    where={
        "n: positive": "points n_y of one class",
        "H: positive": "sum of 1/n_y",
        "K: positive": "classes",
        "t: positive": "deviation",
        "c: positive": "K/N",
        "N: positive": "independent points",
        "n1, n2: positive": "points of classes 1, 2",
        "p": "mean of a value in [0, 1]",
        "s": "the exponent's free parameter",
    },
    theorem=(
        "X_yi in [0, 1], i = 1..n_y, y = 1..K, independent, E X_yi = mu_y, mean X_y = (1/n_y) sum_i X_yi, "
        "t > 0, n_h = K/sum_y 1/n_y: P((1/K) sum_y (mean X_y - mu_y) >= t) <= exp(-2 t^2 K^2/sum_y 1/n_y) "
        "= exp(-2 K n_h t^2), and K n_h <= N = sum_y n_y",
        r"X_{y,i} \in [0,1] \text{ independent},\; i = 1, \dots, n_y,\; y = 1, \dots, K,\; \mathbb E "
        r"X_{y,i} = \mu_y,\; t > 0 : \quad \mathbb P\left( \frac1K \sum_{y=1}^K (\bar X_y - \mu_y) \ge t "
        r"\right) \le \exp\left(-\frac{2 t^2 K^2}{\sum_{y} 1/n_y}\right) = e^{-2 K n_h t^2}, \qquad n_h = "
        r"\frac{K}{\sum_{y} 1/n_y} \le \frac1K \sum_{y} n_y",
    ),
    steps=(
        "sum_of_squared_differences: a point of class y moves the balanced mean by at most 1/(K n_y); "
        "squares of the class",
        "n*(1/(K*n))**2 == 1/(K**2*n)",
        "mcdiarmid_exponent: the exponent with S = H/K^2, H = sum 1/n_y",
        "-2*t**2/(H/K**2) == -2*t**2*K**2/H",
        "tangent_at_mean_count: imbalance can only hurt: each 1/n lies above its tangent at the mean count "
        "1/c",
        "1/n >= 2*c - c**2*n",
        "tangents_summed: summed over K classes of N points, c = K/N, so K^2/H <= N",
        "2*K*(K/N) - (K/N)**2*N == K**2/N",
        "exact_two_class_tails: exact tails of two classes",
        state_computed("concentration:stratified", most=6),
    ),
    argument="McDiarmid's inequality with these differences. The tangents show the pooled exponent 2 N t^2 "
    "to be an upper limit, reached only by equal counts.",
    mutants=(
        "all points pooled: 40 and 2 points of means 1/10 and 1/2",
        state_computed("concentration:pooled", first=40, second=2, t="1/4"),
        "the pooled exponent is never larger",
        "4/(1/n1 + 1/n2) >= n1 + n2",
    ),
    rests_on=("concentration.mcdiarmid",),
)

CHERNOFF = statement(
    name="concentration.chernoff",
    title="Chernoff: a frequency differs from its probability p by e p or more, 0 < e <= 1, with "
    "probability at most 2 exp(-N p e^2/3)",
    source="Chernoff (1952); Mitzenmacher and Upfal (2005), Corollary 4.6",
    ids=("GT11",),
    functions=("chernoff_tail", "chernoff_deviation", "binomial_tail", "exact_binomial_tail"),
    where={
        "N: positive": "independent points",
        "p: (0, 1)": "probability of success",
        "s: real": "the exponent's free parameter",
        "e: (0, 1]": "relative deviation",
        "t": "deviation",
    },
    theorem=(
        "N p^ ~ Binomial(N, p), N >= 1, 0 < p < 1, 0 < e <= 1: P(|p^ - p| >= e p) <= 2 exp(-N p e^2/3)",
        r"N \hat p \sim \operatorname{Bin}(N, p),\; N \ge 1,\; 0 < p < 1,\; 0 < \epsilon \le 1 : \quad "
        r"\mathbb P(|\hat p - p| \ge \epsilon p) \le 2 e^{-N p \epsilon^2 / 3}",
    ),
    steps=(
        "coin_moment: moments of a coin: 1 + p (exp(s) - 1) <= exp(p (exp(s) - 1))",
        "log(1 + p*(exp(s) - 1)) <= p*(exp(s) - 1)",
        "exponent_at_log_one_plus_e: the exponent at s = log(1 + e)",
        state(
            "N*p*((1 + e) - 1) - log(1 + e)*N*p*(1 + e) == -N*p*((1 + e)*log(1 + e) - e)",
            e="(-1, 1]",
        ),
        "upper_exponent: is large enough above",
        "(1 + e)*log(1 + e) - e >= e**2/3",
        "lower_exponent: and below, where e changes sign",
        state("(1 - e)*log(1 - e) + e >= e**2/2", e="(0, 1)"),
        "no_success: no success at all, e = 1: (1 - p)^N <= exp(-N p)",
        "log(1 - p) <= -p",
        "exact_binomial_tails: exact binomial tails",
        state_computed("concentration:chernoff", most=59, divisor=3),
    ),
    argument="Markov's inequality on either side; the two bounds are added.",
    mutants=(
        "exponent without the 1/3, exact tails",
        state_computed("concentration:chernoff", most=42, divisor=1),
        "exponent without the 1/3",
        "(1 + e)*log(1 + e) - e >= e**2",
        "beyond e = 1",
        state("(1 + e)*log(1 + e) - e >= e**2/3", e="positive"),
    ),
)

UNIFORM_BOUND = statement(
    name="concentration.uniform_bound",
    title="Uniform bound: with probability at least 1 - d, every function of the class with values in [0, "
    "M] has P g <= P_N g + 2 Rad_S + 3 M sqrt(log(2/d)/(2N))",
    source="Bartlett and Mendelson (JMLR 2002); Mohri, Rostamizadeh, Talwalkar, Theorem 3.3",
    ids=("GT6",),
    functions=("uniform_deviation",),
    where={
        "a1: real": "first entry of a supremum before a point changes",
        "a2: real": "second entry of that supremum",
        "b1: real": "first entry after the point changes",
        "b2: real": "second entry after the point changes",
        "N: positive": "points",
        "M: positive": "largest value",
        "d: (0, 1)": "failure probability",
        "A: real": "sup of P g - P_N g over the class",
        "B: real": "expectation of sup of P g - P_N g",
        "C: nonnegative": "expectation of the empirical complexity",
        "R: nonnegative": "empirical complexity Rad_S",
        "T: positive": "McDiarmid's deviation",
    },
    theorem=(
        "G a class of functions with values in [0, M], S = (Z_1..Z_N) iid from P, 0 < delta < 1: with "
        "probability >= 1 - delta over S, for all g in G: P g <= P_N g + 2 Rad_S(G) + 3 M "
        "sqrt(log(2/delta)/(2N))",
        r"G \subset [0, M]^{\mathcal Z},\; S \sim P^N,\; 0 < \delta < 1 : \text{ with probability} \ge 1 - "
        r"\delta \text{ over } S, \quad P g \le P_N g + 2\, \hat{\mathfrak R}_S(G) + 3 M "
        r"\sqrt{\frac{\log(2/\delta)}{2N}} \quad \forall g \in G",
    ),
    steps=(
        "supremum_bounded_difference: a supremum moves by no more than its entries: both change by at most "
        "M/N with one point",
        "Abs(Max(a1, a2) - Max(b1, b2)) <= Max(Abs(a1 - b1), Abs(a2 - b2))",
        "mcdiarmid_at_deviation: McDiarmid at T = M sqrt(log(2/d)/(2N)) fails with probability d/2",
        "exp(-2*(M*sqrt(log(2/d)/(2*N)))**2/(N*(M/N)**2)) == d/2",
        "failure_budget: the failure budget: two uses",
        "d/2 + d/2 == d",
        "chain_of_three_bounds: sup <= E sup + T, E sup <= 2 E Rad, E Rad <= Rad_S + T give 2 Rad_S + 3 T",
        state("A <= 2*R + 3*T", given=["A <= B + T", "B <= 2*C", "C <= R + T"]),
        "exact_tiny_world: exact failure probabilities of a tiny world",
        state_computed("concentration:coverage", most=30, failure="9/10"),
    ),
    argument="McDiarmid for the supremum of P g - P_N g and for the empirical complexity, symmetrisation "
    "in between.",
    mutants=(
        "log(1/d) with two uses",
        "exp(-2*(M*sqrt(log(1/d)/(2*N)))**2/(N*(M/N)**2)) <= d/2",
        "2 T: the complexity's deviation counted once",
        state("T + 2*C <= 2*R + 2*T", given="C <= R + T"),
        "Rad_S without the 2: three atoms, one draw",
        state_computed("rademacher:symmetrisation", weights=[1, 1, 1], sample=1, constant="1"),
    ),
    rests_on=("concentration.mcdiarmid", "rademacher.symmetrisation"),
)

PINSKER = statement(
    name="concentration.pinsker",
    title="Pinsker: KL(P, Q) >= 2 (P(A) - Q(A))^2 for every event A, and 2 is the best constant",
    source="Pinsker (1964); constant by Csiszar, Kemperman, Kullback (1967)",
    ids=("GT14",),
    functions=("binary_kl",),
    where={
        "p: (0, 1)": "P(A)",
        "q: (0, 1)": "Q(A)",
        "a: positive": "P-mass of an outcome",
        "b: positive": "Q-mass of an outcome",
        "r: positive": "free ratio of P-mass to Q-mass in the tangent",
        "A: positive": "P-mass of the merged outcomes",
        "B: positive": "Q-mass of the merged outcomes",
    },
    theorem=(
        "for all discrete distributions P, Q and every event A: KL(P, Q) = sum_x P(x) log(P(x)/Q(x)) >= 2 "
        "(P(A) - Q(A))^2, with 0 log(0/q) = 0 and p log(p/0) = oo for p > 0, so KL(P, Q) >= 2 TV(P, Q)^2, "
        "TV = max_A |P(A) - Q(A)|; and for every c > 2 some P, Q, A have KL(P, Q) < c (P(A) - Q(A))^2",
        r"\forall P, Q \text{ discrete},\; \forall A : \quad \mathrm{KL}(P \,\|\, Q) = \sum_x P(x) \log "
        r"\frac{P(x)}{Q(x)} \ge 2 \left(P(A) - Q(A)\right)^2 \;\; \left(0 \log \tfrac0q = 0,\; p \log "
        r"\tfrac p0 = \infty\right), \quad \mathrm{KL}(P \,\|\, Q) \ge 2\, \mathrm{TV}(P, Q)^2; \qquad "
        r"\forall c > 2 \;\; \exists P, Q, A : \; \mathrm{KL}(P \,\|\, Q) < c \left(P(A) - Q(A)\right)^2",
    ),
    formula="p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= 2*(p - q)**2",
    steps=(
        "two_outcomes: two outcomes, A and not A",
        FORMULA,
        "merged_outcome: merging outcomes lowers KL: one outcome of masses a and b, r any ratio",
        "a*log(a/(b*r)) >= a - b*r",
        "merged_sum_vanishes: whose right sides add up to 0 at r = sum a / sum b over the merged outcomes",
        "A - B*(A/B) == 0",
        "constant_two_is_best: no constant above 2 will do: q = 1/2, p -> 1/2",
        state_limit(
            "(p*log(2*p) + (1 - p)*log(2*(1 - p)))/(p - 1/2)**2", "2", "p", "low", p="(1/2, 1)"
        ),
    ),
    argument="Merge the outcomes inside A and those outside; the first step is then the claim. With A "
    "where p > q this is 2 TV^2.",
    mutants=(
        "constant 4",
        "p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= 4*(p - q)**2",
        "constant 5/2",
        "p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= (5/2)*(p - q)**2",
    ),
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

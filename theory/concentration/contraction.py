"""Contraction class by class: what the data-dependent contraction lemma needs, and what it cannot give.

The lemma behind the data-dependent bound of Wang, Xu, Yang, He, Cao, Huang (NeurIPS 2023), rederived with
its condition. Checked by: lemmas for two classes of points, and every small class of functions.
"""

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_failure,
    state_quoted,
    steps,
)
from .class_complexity import (
    ContractionBounds,
    balanced_complexity,
    class_complexities,
    contraction_bounds,
    norm_ball_regularity,
    regularity,
)

__all__ = [
    "ContractionBounds",
    "balanced_complexity",
    "class_complexities",
    "contraction_bounds",
    "norm_ball_regularity",
    "regularity",
]

# ------------------------------------------------------------------------------------ statements

_FOUR = dict.fromkeys(("a", "b", "c", "d"), "real")
_SYMBOLS = {
    "p": "pih_y = N_y/N, a class's share of the sample; q = sqrt(p)",
    "m": "mu_y, the loss's Lipschitz constant on the class",
    "r": "Rad_(S_y)(F), complexity on the class's points alone",
    "R": "Rad_S(F), complexity on the sample",
    "k": "kappa",
}

PARTITION = Statement(
    name="contraction.partition",
    title="The complexity on a sample is at most the sum of those on its classes, each weighted by its share",
    source="derived here; the first step of Wang et al.'s data-dependent contraction",
    formula=state_quoted(
        "Rad_S(G) <= sum_y pih_y Rad_(S_y)(G)",
        r"\mathfrak R_S(G) \le \sum_y \hat\pi_y \mathfrak R_{S_y}(G)",
    ),
    steps=steps(
        (
            "a supremum of a sum of two classes' parts is at most the sum of their suprema",
            state("a + c <= Max(a, b) + Max(c, d)", "b + d <= Max(a, b) + Max(c, d)", **_FOUR),
        ),
        (
            "a class's part of the sample mean is its share times its own mean",
            state("(n/N)*(x/n) == x/N", n="positive", N="positive", x="real"),
        ),
        (
            "every class of three functions on three points",
            state_computed("contraction:partition", functions=3, points=3),
        ),
        (
            "equality when the functions on the classes combine freely",
            state("Max(a + c, a + d, b + c, b + d) == Max(a, b) + Max(c, d)", **_FOUR),
        ),
    ),
    argument="For every sign vector; then take the mean. More classes: one after the other.",
    mutants=mutants(
        (
            "weights 1/K for the shares 3/4 and 1/4, all complexity on the head",
            state("(3/4)*r <= r/2", r="positive"),
        ),
        ("always an equality", state("Max(a + c, b + d) == Max(a, b) + Max(c, d)", **_FOUR)),
    ),
    symbols=_SYMBOLS,
    ids=("VS7", "VS7a"),
    functions=("class_complexities", "contraction_bounds"),
)

PER_CLASS = Statement(
    name="contraction.per_class",
    title="On one class a mu_y-Lipschitz loss raises the complexity at most mu_y-fold, sqrt(2) mu_y-fold for "
    "vector outputs",
    source="Maurer (ALT 2016), Corollary 1, on the class's points",
    formula=state_quoted(
        "Rad_(S_y)(G) <= sqrt(2) mu_y Rad_(S_y)(F)",
        r"\mathfrak R_{S_y}(G) \le \sqrt2\, \mu_y\, \mathfrak R_{S_y}(F)",
    ),
    steps=steps(
        (
            "contraction at one point with constant m",
            state(
                "(u1 + p) + (u2 - q) <= (u1 + m*v1) + (u2 - m*v2)",
                given="p - q <= m*(v1 - v2)",
                m="nonnegative",
                **dict.fromkeys(("u1", "u2", "v1", "v2", "p", "q"), "real"),
            ),
        ),
        (
            "a constant factor leaves the supremum",
            state("Max(m*a, m*b) == m*Max(a, b)", m="nonnegative", a="real", b="real"),
        ),
        (
            "single values: every class of three, two points",
            state_computed("rademacher:contraction", points=2),
        ),
        (
            "two outputs: classes of two, two points",
            state_computed("rademacher:vector_contraction", points=2, constant=2),
        ),
    ),
    argument="The contraction statements, applied to the points of class y, where one constant mu_y serves.",
    mutants=mutants(
        (
            "constant mu_y for vector outputs",
            state_computed("rademacher:vector_contraction", points=2, constant=1),
        ),
        (
            "half of mu_y",
            state(
                "(u1 + p) + (u2 - q) <= (u1 + m*v1/2) + (u2 - m*v2/2)",
                given="p - q <= m*(v1 - v2)",
                m="nonnegative",
                **dict.fromkeys(("u1", "u2", "v1", "v2", "p", "q"), "real"),
            ),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "u": "what a function has collected at the other points",
        "v": "its value at this point",
        "p, q": "in the first step: the loss at two functions' values",
    },
    rests_on=("rademacher.scalar_contraction", "rademacher.vector_contraction"),
    ids=("VS7b",),
)

MONOTONE = Statement(
    name="contraction.monotone",
    title="A class's complexity, weighted by its share, is at most that of the whole sample",
    source="derived here",
    formula=state_quoted(
        "pih_y Rad_(S_y)(F) <= Rad_S(F)",
        r"\hat\pi_y \mathfrak R_{S_y}(F) \le \mathfrak R_S(F)",
    ),
    steps=steps(
        (
            "Jensen: adding the other points' parts c, d with either sign cannot lower the mean supremum",
            state("Max(a, b) <= (Max(a + c, b + d) + Max(a - c, b - d))/2", **_FOUR),
        ),
        (
            "every class of three functions on three points",
            state_computed("contraction:partition", functions=3, points=3),
        ),
    ),
    argument="Average over the signs of the other classes, which come in opposite pairs; N_y Rad_(S_y) and "
    "N Rad_S are sums over points.",
    mutants=mutants(
        (
            "without the share",
            state_computed("contraction:unweighted", points=3),
        ),
        (
            "for one sign of the other points",
            state("Max(a, b) <= Max(a + c, b + d)", **_FOUR),
        ),
    ),
    symbols={"a, b": "what two functions collect on the class", "c, d": "elsewhere", "s": "signs"},
    ids=("VS7c",),
)

ALWAYS = Statement(
    name="contraction.always",
    title="Without any condition the loss's complexity is at most sqrt(2) sum_y mu_y Rad_S(F); plain "
    "contraction gives sqrt(2) max_y mu_y Rad_S(F), which is never worse",
    source="derived here",
    formula=state_quoted(
        "Rad_S(G) <= sqrt(2) max_y mu_y Rad_S(F) <= sqrt(2) sum_y mu_y Rad_S(F)",
        r"\mathfrak R_S(G) \le \sqrt2 \max_y \mu_y\, \mathfrak R_S(F) \le "
        r"\sqrt2 \sum_y \mu_y\, \mathfrak R_S(F)",
    ),
    steps=steps(
        (
            "one class's term of the partition",
            state(
                "p*(sqrt(2)*m*r) <= sqrt(2)*m*R",
                given="p*r <= R",
                p="(0, 1)",
                m="nonnegative",
                r="nonnegative",
                R="nonnegative",
            ),
        ),
        (
            "a loss that is mu_y-Lipschitz on each class is max mu-Lipschitz on all points",
            state("Max(m1, m2) <= m1 + m2", m1="nonnegative", m2="nonnegative"),
        ),
        (
            "classes of two functions and their worst losses, exhaustively",
            state_computed("contraction:always", points=3, most=2),
        ),
        (
            "the partition form is never above the sum's: terms p r <= R, two classes",
            state(
                "p*m1*r1 + (1 - p)*m2*r2 <= (m1 + m2)*R",
                given=["p*r1 <= R", "(1 - p)*r2 <= R"],
                p="(0, 1)",
                **dict.fromkeys(("m1", "m2", "r1", "r2", "R"), "nonnegative"),
            ),
        ),
    ),
    argument="Partition, contraction on each class, and monotonicity give the sum; contraction over all "
    "points at once gives the maximum.",
    mutants=mutants(
        (
            "the prior-weighted mean of mu: four points at 1, |w| <= 1, mu = (1, 0), shares 1/2",
            state("1/4 <= (3/8)*(1/2)"),
        ),
        (
            "the smallest mu",
            state("Max(m1, m2) <= Min(m1, m2)", m1="nonnegative", m2="nonnegative"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("contraction.partition", "contraction.per_class", "contraction.monotone"),
    ids=("VS7d",),
    functions=("contraction_bounds",),
)

_REGULAR = {"q": "(0, 1)", "k": "positive", "r": "nonnegative", "R": "nonnegative"}

DATA_DEPENDENT = Statement(
    name="contraction.data_dependent",
    title="If Rad_(S_y)(F) <= kappa Rad_S(F)/sqrt(pih_y) for every class, the loss's complexity is at most "
    "sqrt(2) kappa Rad_S(F) sum_y mu_y sqrt(pih_y)",
    source="Wang et al. (NeurIPS 2023), contraction lemma; the condition and its range are derived here",
    formula=state_quoted(
        "Rad_S(G) <= sqrt(2) kappa Rad_S(F) sum_y mu_y sqrt(pih_y)",
        r"\mathfrak R_S(G) \le \sqrt2\, \kappa\, \mathfrak R_S(F) \sum_y \mu_y \sqrt{\hat\pi_y}",
    ),
    steps=steps(
        (
            "one class's term of the partition, with q = sqrt(pih_y)",
            state(
                "q**2*(sqrt(2)*m*r) <= sqrt(2)*k*R*m*q",
                given="r*q <= k*R",
                m="nonnegative",
                **_REGULAR,
            ),
        ),
        (
            "kappa = 1/sqrt(min pih) always serves, as pih_y Rad_(S_y) <= Rad_S",
            state(
                "r*q <= R/q",
                given="q**2*r <= R",
                q="(0, 1)",
                r="nonnegative",
                R="nonnegative",
            ),
        ),
        (
            "kappa is at least 1/sum_y sqrt(pih_y), as the complexity is at most the partition's",
            state(
                "k*(q1 + q2) >= 1",
                given=["r1*q1 <= k*R", "r2*q2 <= k*R", "R <= q1**2*r1 + q2**2*r2"],
                q1="(0, 1)",
                q2="(0, 1)",
                k="positive",
                r1="nonnegative",
                r2="nonnegative",
                R="positive",
            ),
        ),
        (
            "so the bound's factor is never below the sqrt(pih)-weighted mean of mu",
            state(
                "k*(m1*q1 + m2*q2) >= (m1*q1 + m2*q2)/(q1 + q2)",
                given="k*(q1 + q2) >= 1",
                q1="(0, 1)",
                q2="(0, 1)",
                k="positive",
                m1="nonnegative",
                m2="nonnegative",
            ),
        ),
        (
            "both limits on kappa, exhaustively",
            state_computed("contraction:regularity_range", points=3),
        ),
    ),
    argument="Put the condition into the partition of the complexity. The lower limit on kappa (two classes; "
    "more in the same way) shows that with equal mu the bound is no better than plain contraction: it "
    "gains only if large mu_y sit on small classes.",
    mutants=mutants(
        (
            "pih_y in place of its root: four points at 1, |w| <= 1, mu = (1, 0), shares 1/2",
            state("1/4 <= (3/8)*(1/2)"),
        ),
        (
            "pih_y in place of its root, one term",
            state("q**2*r <= k*R*q**2", given="r*q <= k*R", **_REGULAR),
        ),
        (
            "monotonicity in place of the condition",
            state(
                "q**2*r <= R*q",
                given="q**2*r <= R",
                q="(0, 1)",
                r="nonnegative",
                R="nonnegative",
            ),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("contraction.partition", "contraction.per_class", "contraction.monotone"),
    ids=("VS7e",),
    functions=("regularity", "contraction_bounds"),
)

NEEDS_REGULARITY = Statement(
    name="contraction.data_dependent_needs_regularity",
    title="Without the condition no kappa makes the data-dependent contraction true for all classes of "
    "functions",
    source="derived here; witness: two functions that differ on one tail point only",
    formula=state_failure("1/N <= k*(1/N)*sqrt(1/N)", k="positive", N="integer 1.."),
    steps=steps(
        (
            "three head points, one tail point, functions (0,0,0,1) and (0,0,0,-1), mu = (0, 1): both "
            "complexities are 1/4",
            state_computed("contraction:witness", head=3),
        ),
        (
            "while the bound with kappa = 1 is 1/8",
            state("1/4 > (1/4)*(0*sqrt(3/4) + 1*sqrt(1/4))"),
        ),
        (
            "with one tail point in N the bound with any kappa fails as soon as N > kappa^2",
            state("1/N > k*(1/N)*sqrt(1/N)", given="N > k**2", k="positive", N="positive"),
        ),
        (
            "on four points 1415 of the 3240 classes break it with kappa = 1",
            state_computed("contraction:broken_classes", head=3, broken=1415),
        ),
    ),
    argument="For two functions +-1 on one point of N, Rad_S = 1/N with and without the loss. The factor "
    "sqrt(pih_y) must be earned: the functions' capacity on the tail may not exceed kappa times what "
    "sampling alone would give.",
    mutants=mutants(
        (
            "kappa = 1 for all classes of functions",
            state("1/N <= (1/N)*sqrt(1/N)", N="integer 1.."),
        ),
        (
            "kappa = 3/2 for all classes of functions",
            state("1/N <= (3/2)*(1/N)*sqrt(1/N)", N="integer 1.."),
        ),
    ),
    symbols={"N": "points, one of them in the tail class", "k": "kappa"},
    ids=("VS7f",),
    corrects="The data-dependent contraction with a factor sqrt(pi_y) for each class (Wang et al., NeurIPS "
    "2023), when it is read as holding for every class of functions.",
)

NORM_BALLS = Statement(
    name="contraction.norm_balls",
    title="Linear maps of bounded norm satisfy the condition with kappa = sqrt(2) max_y r_y/r; sqrt(2) is "
    "attained",
    source="derived here from the Khintchine-Kahane inequality",
    formula=state_quoted(
        "kappa <= sqrt(2) max_y r_y/r for {x -> W x : ||W||_F <= Lam}",
        r"\kappa \le \sqrt2\, \max_y r_y / r, \qquad "
        r"r_y^2 = \frac1{N_y} \sum_{i \in S_y} \lVert x_i \rVert^2",
    ),
    steps=steps(
        (
            "class y from above, Lam r_y sqrt(K/(p N)), against the sample from below, "
            "Lam r sqrt(K/N)/sqrt(2)",
            state(
                "sqrt(p)*(L*a*sqrt(K/(p*N))) == (sqrt(2)*a/r)*(L*r*sqrt(K/N)/sqrt(2))",
                p="(0, 1)",
                **dict.fromkeys(("L", "a", "r", "K", "N"), "positive"),
            ),
        ),
        (
            "max r_y is at least r, so this kappa is at least sqrt(2)",
            state("p*a**2 + (1 - p)*b**2 <= Max(a, b)**2", p="(0, 1)", a="positive", b="positive"),
        ),
        (
            "one feature, four points, exhaustively",
            state_computed("contraction:norm_balls", points=4, largest=3, constant="2"),
        ),
        (
            "sqrt(2) is attained: two points at x, one in each class",
            state(
                "sqrt(1/2)*Abs(x) == sqrt(2)*(Abs(x + x) + Abs(x - x))/4",
                x="nonzero",
            ),
        ),
    ),
    argument="The norm ball's complexity lies between 1/sqrt(2) and 1 times Lam r sqrt(K/N), on the sample "
    "and on each class.",
    mutants=mutants(
        (
            "kappa = max r_y/r: two points at x, one in each class",
            state("sqrt(1/2)*Abs(x) <= (Abs(x + x) + Abs(x - x))/4", x="nonzero"),
        ),
        (
            "kappa = max r_y/r, small features",
            state_computed("contraction:norm_balls", points=2, largest=2, constant="1"),
        ),
        (
            "max r_y is at most r",
            state("p*a**2 + (1 - p)*b**2 >= Max(a, b)**2", p="(0, 1)", a="positive", b="positive"),
        ),
    ),
    symbols={**_SYMBOLS, "L": "Lam", "a": "r_y", "r": "rms norm of all features", "K": "outputs"},
    rests_on=("rademacher.norm_ball",),
    ids=("VS7g",),
    functions=("norm_ball_regularity",),
)

STATEMENTS = (
    PARTITION,
    PER_CLASS,
    MONOTONE,
    ALWAYS,
    DATA_DEPENDENT,
    NEEDS_REGULARITY,
    NORM_BALLS,
)

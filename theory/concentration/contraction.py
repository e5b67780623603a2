"""Contraction class by class: what the data-dependent contraction lemma needs, and what it cannot give.

The lemma behind the data-dependent bound of Wang, Xu, Yang, He, Cao, Huang (NeurIPS 2023), rederived with
its condition. Checked by: lemmas for two classes of points, and every small class of functions.
"""

from ..claims.stating import FORMULA, state, state_computed, state_failure, statement
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


PARTITION = statement(
    name="contraction.partition",
    title="The complexity on a sample is at most the sum of those on its classes, each weighted by its share",
    source="derived here; the first step of Wang et al.'s data-dependent contraction",
    ids=("VS7", "VS7a"),
    functions=("class_complexities", "contraction_bounds"),
    where={
        "a: real": "what a first function collects on the first class",
        "b: real": "what a second function collects on the first class",
        "c: real": "what a first function collects on the second class",
        "d: real": "what a second function collects on the second class",
        "n: positive": "points of the class, N_y",
        "N: positive": "points in the sample",
        "x: real": "what a function collects on the class",
        "r: positive": "Rad_(S_y)(F), complexity on the class's points alone",
        "p": "pih_y = N_y/N, a class's share of the sample; q = sqrt(p)",
        "m": "mu_y, the loss's Lipschitz constant on the class",
        "R": "Rad_S(F), complexity on the sample",
        "k": "kappa",
    },
    theorem=(
        "for every class of functions G and sample S, split into the samples S_y of its classes, pih_y = "
        "N_y/N, sum over classes with N_y >= 1: Rad_S(G) <= sum_y pih_y Rad_(S_y)(G)",
        r"S = \bigsqcup_{y} S_y,\; \hat\pi_y = \frac{N_y}{N} > 0 : \quad \hat{\mathfrak R}_S(G) \le "
        r"\sum_{y} \hat\pi_y\, \hat{\mathfrak R}_{S_y}(G) \quad \forall G",
    ),
    steps=(
        "supremum_of_sum: a supremum of a sum of two classes' parts is at most the sum of their suprema",
        ("a + c <= Max(a, b) + Max(c, d)", "b + d <= Max(a, b) + Max(c, d)"),
        "class_share_of_mean: a class's part of the sample mean is its share times its own mean",
        "(n/N)*(x/n) == x/N",
        "three_functions_enumerated: every class of three functions on three points",
        state_computed("contraction:partition", functions=3, points=3),
        "equality_when_free: equality when the functions on the classes combine freely",
        "Max(a + c, a + d, b + c, b + d) == Max(a, b) + Max(c, d)",
    ),
    argument="For every sign vector; then take the mean. More classes: one after the other.",
    mutants=(
        "weights 1/K for the shares 3/4 and 1/4, all complexity on the head",
        "(3/4)*r <= r/2",
        "always an equality",
        "Max(a + c, b + d) == Max(a, b) + Max(c, d)",
    ),
)

PER_CLASS = statement(
    name="contraction.per_class",
    title="On one class a mu_y-Lipschitz loss raises the complexity at most mu_y-fold, sqrt(2) mu_y-fold "
    "for vector outputs",
    source="Maurer (ALT 2016), Corollary 1, on the class's points",
    ids=("VS7b",),
    where={
        "m: nonnegative": "mu_y, the loss's Lipschitz constant on the class",
        "u1, u2: real": "what function 1, 2 has collected at the other points",
        "v1, v2: real": "value of function 1, 2 at this point",
        "p: real": "the loss at the first function's value",
        "q: real": "the loss at the second function's value",
        "a: real": "what a first function has collected",
        "b: real": "what a second function has collected",
        "r": "Rad_(S_y)(F), complexity on the class's points alone",
        "R": "Rad_S(F), complexity on the sample",
        "k": "kappa",
        "u": "what a function has collected at the other points",
        "v": "its value at this point",
    },
    theorem=(
        "G = {(x, y) -> l(f(x), y) : f in F}, l(., y) mu_y-Lipschitz in Euclidean length: Rad_(S_y)(G) <= "
        "mu_y Rad_(S_y)(F) if f has single values, and Rad_(S_y)(G) <= sqrt(2) mu_y Rad_(S_y)(F) if f has "
        "K outputs, Rad_(S_y)(F) = E sup_f (1/N_y) sum_(i in S_y) sum_k s_ik f_k(x_i)",
        r"G = \{(x, y) \mapsto \ell(f(x), y) : f \in F\},\; |\ell(a, y) - \ell(b, y)| \le \mu_y \lVert a - "
        r"b \rVert_2 : \quad \hat{\mathfrak R}_{S_y}(G) \le \sqrt2\, \mu_y\, \hat{\mathfrak R}_{S_y}(F) = "
        r"\sqrt2\, \mu_y\, \mathbb E \sup_{f \in F} \frac{1}{N_y} \sum_{i \in S_y} \sum_{k=1}^K s_{ik} "
        r"f_k(x_i), \qquad \hat{\mathfrak R}_{S_y}(G) \le \mu_y\, \hat{\mathfrak R}_{S_y}(F) \text{ if } K "
        r"= 1",
    ),
    steps=(
        "contraction_at_one_point: contraction at one point with constant m",
        state("(u1 + p) + (u2 - q) <= (u1 + m*v1) + (u2 - m*v2)", given="p - q <= m*(v1 - v2)"),
        "constant_leaves_supremum: a constant factor leaves the supremum",
        "Max(m*a, m*b) == m*Max(a, b)",
        "scalar_enumerated: single values: every class of three, two points",
        state_computed("rademacher:contraction", points=2),
        "two_outputs_enumerated: two outputs: classes of two, two points",
        state_computed("rademacher:vector_contraction", points=2, constant=2),
    ),
    argument="The contraction statements, applied to the points of class y, where one constant mu_y serves.",
    mutants=(
        "constant mu_y for vector outputs",
        state_computed("rademacher:vector_contraction", points=2, constant=1),
        "half of mu_y",
        state("(u1 + p) + (u2 - q) <= (u1 + m*v1/2) + (u2 - m*v2/2)", given="p - q <= m*(v1 - v2)"),
    ),
    rests_on=("rademacher.scalar_contraction", "rademacher.vector_contraction"),
)

MONOTONE = statement(
    name="contraction.monotone",
    title="A class's complexity, weighted by its share, is at most that of the whole sample",
    source="derived here",
    ids=("VS7c",),
    where={
        "a: real": "what a first function collects on the class",
        "b: real": "what a second function collects on the class",
        "c: real": "what the first function collects elsewhere",
        "d: real": "what the second function collects elsewhere",
        "s": "signs",
    },
    theorem=(
        "for every class of functions F, sample S of N points and class y with N_y >= 1 of them, pih_y = "
        "N_y/N: pih_y Rad_(S_y)(F) <= Rad_S(F)",
        r"S_y \subseteq S,\; \hat\pi_y = \frac{N_y}{N} > 0 : \quad \hat\pi_y\, \hat{\mathfrak R}_{S_y}(F) "
        r"\le \hat{\mathfrak R}_S(F) \quad \forall F",
    ),
    steps=(
        "jensen_over_other_signs: Jensen: adding the other points' parts c, d with either sign cannot "
        "lower the mean supremum",
        "Max(a, b) <= (Max(a + c, b + d) + Max(a - c, b - d))/2",
        "three_functions_enumerated: every class of three functions on three points",
        state_computed("contraction:partition", functions=3, points=3),
    ),
    argument="Average over the signs of the other classes, which come in opposite pairs; N_y Rad_(S_y) and "
    "N Rad_S are sums over points.",
    mutants=(
        "without the share",
        state_computed("contraction:unweighted", points=3),
        "for one sign of the other points",
        "Max(a, b) <= Max(a + c, b + d)",
    ),
)

ALWAYS = statement(
    name="contraction.always",
    title="Without any condition the loss's complexity is at most sqrt(2) sum_y mu_y Rad_S(F); plain "
    "contraction gives sqrt(2) max_y mu_y Rad_S(F), which is never worse",
    source="derived here",
    ids=("VS7d",),
    functions=("contraction_bounds",),
    where={
        "p: (0, 1)": "pih_y = N_y/N, a class's share of the sample; q = sqrt(p)",
        "m: nonnegative": "mu_y, the loss's Lipschitz constant on the class",
        "r: nonnegative": "Rad_(S_y)(F), complexity on the class's points alone",
        "m1, m2: nonnegative": "Lipschitz constant of the loss on classes 1, 2",
        "r1, r2: nonnegative": "complexity on classes 1, 2's points alone",
        "R: nonnegative": "Rad_S(F), complexity on the sample",
        "k": "kappa",
    },
    theorem=(
        "G = {(x, y) -> l(f(x), y) : f in F}, l(., y) mu_y-Lipschitz in Euclidean length, for every class "
        "F with K outputs and every sample S, y over its classes: Rad_S(G) <= sqrt(2) max_y mu_y Rad_S(F) "
        "<= sqrt(2) sum_y mu_y Rad_S(F)",
        r"G = \{(x, y) \mapsto \ell(f(x), y) : f \in F\},\; |\ell(a, y) - \ell(b, y)| \le \mu_y \lVert a - "
        r"b \rVert_2 : \quad \hat{\mathfrak R}_S(G) \le \sqrt2\, \max_y \mu_y\; \hat{\mathfrak R}_S(F) \le "
        r"\sqrt2 \sum_y \mu_y\; \hat{\mathfrak R}_S(F) \quad \forall F, S",
    ),
    steps=(
        "one_class_term: one class's term of the partition",
        state("p*(sqrt(2)*m*r) <= sqrt(2)*m*R", given="p*r <= R"),
        "maximum_below_sum: a loss that is mu_y-Lipschitz on each class is max mu-Lipschitz on all points",
        "Max(m1, m2) <= m1 + m2",
        "worst_losses_enumerated: classes of two functions and their worst losses, exhaustively",
        state_computed("contraction:always", points=3, most=2),
        "partition_below_sum: the partition form is never above the sum's: terms p r <= R, two classes",
        state("p*m1*r1 + (1 - p)*m2*r2 <= (m1 + m2)*R", given=["p*r1 <= R", "(1 - p)*r2 <= R"]),
    ),
    argument="Partition, contraction on each class, and monotonicity give the sum; contraction over all "
    "points at once gives the maximum.",
    mutants=(
        "the prior-weighted mean of mu: four points at 1, |w| <= 1, mu = (1, 0), shares 1/2",
        "1/4 <= (3/8)*(1/2)",
        "the smallest mu",
        "Max(m1, m2) <= Min(m1, m2)",
    ),
    rests_on=("contraction.partition", "contraction.per_class", "contraction.monotone"),
)


DATA_DEPENDENT = statement(
    name="contraction.data_dependent",
    title="If Rad_(S_y)(F) <= kappa Rad_S(F)/sqrt(pih_y) for every class, the loss's complexity is at most "
    "sqrt(2) kappa Rad_S(F) sum_y mu_y sqrt(pih_y)",
    source="Wang et al. (NeurIPS 2023), contraction lemma; the condition and its range are derived here",
    ids=("VS7e",),
    functions=("regularity", "contraction_bounds"),
    where={
        "m: nonnegative": "mu_y, the loss's Lipschitz constant on the class",
        "q: (0, 1)": "sqrt(pih_y), root of a class's share",
        "q1: (0, 1)": "sqrt(pih_1), root of class 1's share",
        "q2: (0, 1)": "sqrt(pih_2), root of class 2's share",
        "k: positive": "kappa",
        "r: nonnegative": "Rad_(S_y)(F), complexity on the class's points alone",
        "r1, r2: nonnegative": "complexity on classes 1, 2's points alone",
        "R: nonnegative": "Rad_S(F), complexity on the sample",
        "m1, m2: nonnegative": "Lipschitz constant of the loss on classes 1, 2",
        "p": "pih_y = N_y/N, a class's share of the sample; q = sqrt(p)",
    },
    theorem=(
        "G = {(x, y) -> l(f(x), y) : f in F}, l(., y) mu_y-Lipschitz in Euclidean length, pih_y = N_y/N > "
        "0: if Rad_(S_y)(F) <= kappa Rad_S(F)/sqrt(pih_y) for every class y of the sample, then Rad_S(G) "
        "<= sqrt(2) kappa Rad_S(F) sum_y mu_y sqrt(pih_y); kappa = 1/sqrt(min_y pih_y) always serves, and "
        "if 0 < Rad_S(F) < oo every such kappa is at least 1/sum_y sqrt(pih_y)",
        r"\hat{\mathfrak R}_{S_y}(F) \le \frac{\kappa}{\sqrt{\hat\pi_y}}\, \hat{\mathfrak R}_S(F) \;\; "
        r"\forall y,\; \hat\pi_y = \frac{N_y}{N} > 0 \quad \Longrightarrow \quad \hat{\mathfrak R}_S(\ell "
        r"\circ F) \le \sqrt2\, \kappa\, \hat{\mathfrak R}_S(F) \sum_y \mu_y \sqrt{\hat\pi_y} \quad "
        r"(\ell(\cdot, y) \; \mu_y\text{-Lipschitz}); \qquad \kappa = \frac{1}{\sqrt{\min_y \hat\pi_y}} "
        r"\text{ always serves, and } \kappa \ge \frac{1}{\sum_y \sqrt{\hat\pi_y}} \text{ if } 0 < "
        r"\hat{\mathfrak R}_S(F) < \infty",
    ),
    steps=(
        "one_class_term: one class's term of the partition, with q = sqrt(pih_y)",
        state("q**2*(sqrt(2)*m*r) <= sqrt(2)*k*R*m*q", given="r*q <= k*R"),
        "kappa_always_serves: kappa = 1/sqrt(min pih) always serves, as pih_y Rad_(S_y) <= Rad_S",
        state("r*q <= R/q", given="q**2*r <= R"),
        "kappa_lower_limit: kappa is at least 1/sum_y sqrt(pih_y), as the complexity is at most the "
        "partition's",
        state(
            "k*(q1 + q2) >= 1",
            given=["r1*q1 <= k*R", "r2*q2 <= k*R", "R <= q1**2*r1 + q2**2*r2"],
            R="positive",
        ),
        "factor_above_weighted_mean: so the bound's factor is never below the sqrt(pih)-weighted mean of mu",
        state("k*(m1*q1 + m2*q2) >= (m1*q1 + m2*q2)/(q1 + q2)", given="k*(q1 + q2) >= 1"),
        "kappa_range_enumerated: both limits on kappa, exhaustively",
        state_computed("contraction:regularity_range", points=3),
    ),
    argument="Put the condition into the partition of the complexity. The lower limit on kappa (two "
    "classes; more in the same way) shows that with equal mu the bound is no better than plain "
    "contraction: it gains only if large mu_y sit on small classes.",
    mutants=(
        "pih_y in place of its root: four points at 1, |w| <= 1, mu = (1, 0), shares 1/2",
        "1/4 <= (3/8)*(1/2)",
        "pih_y in place of its root, one term",
        state("q**2*r <= k*R*q**2", given="r*q <= k*R"),
        "monotonicity in place of the condition",
        state("q**2*r <= R*q", given="q**2*r <= R"),
    ),
    rests_on=("contraction.partition", "contraction.per_class", "contraction.monotone"),
)

NEEDS_REGULARITY = statement(
    name="contraction.data_dependent_needs_regularity",
    title="Without the condition no kappa makes the data-dependent contraction true for all classes of "
    "functions",
    source="derived here; witness: two functions that differ on one tail point only",
    ids=("VS7f",),
    corrects="The data-dependent contraction with a factor sqrt(pi_y) for each class (Wang et al., NeurIPS "
    "2023), when it is read as holding for every class of functions.",
    where={
        "k: positive": "kappa",
        "N: integer 1..": "points, one of them in the tail class",
    },
    theorem=(
        "for every kappa > 0 there are a sample S of two classes, a class F of two functions and a loss "
        "mu_y-Lipschitz on class y with Rad_S(G) > kappa Rad_S(F) sum_y mu_y sqrt(pih_y), G = {(x, y) -> "
        "l(f(x), y) : f in F} (N > kappa^2 points, one of the tail, F = +-1 there and 0 elsewhere, mu = "
        "(0, 1))",
        r"\forall \kappa > 0 \;\; \exists S,\; F,\; \ell \text{ with } \ell(\cdot, y) \; "
        r"\mu_y\text{-Lipschitz} : \quad \hat{\mathfrak R}_S(\ell \circ F) > \kappa\, \hat{\mathfrak "
        r"R}_S(F) \sum_y \mu_y \sqrt{\hat\pi_y}",
    ),
    formula=state_failure("1/N <= k*(1/N)*sqrt(1/N)"),
    steps=(
        "witness_complexities: three head points, one tail point, functions (0,0,0,1) and (0,0,0,-1), mu = "
        "(0, 1): both complexities are 1/4",
        state_computed("contraction:witness", head=3),
        "witness_breaks_kappa_one: while the bound with kappa = 1 is 1/8",
        "1/4 > (1/4)*(0*sqrt(3/4) + 1*sqrt(1/4))",
        "any_kappa_breaks: with one tail point in N the bound with any kappa fails as soon as N > kappa^2",
        state("1/N > k*(1/N)*sqrt(1/N)", given="N > k**2", N="positive"),
        "broken_classes_counted: on four points 1415 of the 3240 classes break it with kappa = 1",
        state_computed("contraction:broken_classes", head=3, broken=1415),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="For two functions +-1 on one point of N, Rad_S = 1/N with and without the loss. The factor "
    "sqrt(pih_y) must be earned: the functions' capacity on the tail may not exceed kappa times "
    "what sampling alone would give.",
    mutants=(
        "kappa = 1 for all classes of functions",
        "1/N <= (1/N)*sqrt(1/N)",
        "kappa = 3/2 for all classes of functions",
        "1/N <= (3/2)*(1/N)*sqrt(1/N)",
    ),
)

NORM_BALLS = statement(
    name="contraction.norm_balls",
    title="Linear maps of bounded norm satisfy the condition with kappa = sqrt(2) max_y r_y/r; sqrt(2) is "
    "attained",
    source="derived here from the Khintchine-Kahane inequality",
    ids=("VS7g",),
    functions=("norm_ball_regularity",),
    where={
        "p: (0, 1)": "pih_y = N_y/N, a class's share of the sample; q = sqrt(p)",
        "L: positive": "Lam",
        "a: positive": "r_y",
        "r: positive": "rms norm of all features",
        "K: positive": "outputs",
        "N: positive": "points in the sample",
        "b: positive": "r_y of the other class",
        "x: nonzero": "a single feature's value",
        "m": "mu_y, the loss's Lipschitz constant on the class",
        "R": "Rad_S(F), complexity on the sample",
        "k": "kappa",
    },
    theorem=(
        "F = {x -> W x : W in R^(K x d), |W|_F <= Lam}, r_y^2 = (1/N_y) sum_(i in S_y) |x_i|^2, r^2 = "
        "(1/N) sum_i |x_i|^2 > 0, pih_y = N_y/N > 0: sqrt(pih_y) Rad_(S_y)(F) <= kappa Rad_S(F) for every "
        "class y with kappa = sqrt(2) max_y r_y/r; equality is attained with K = 1 by two points at one x "
        "!= 0, one of each class",
        r"F = \{x \mapsto W x : W \in \mathbb R^{K \times d},\; \lVert W \rVert_F \le \Lambda\},\; r_y^2 = "
        r"\frac{1}{N_y} \sum_{i \in S_y} \lVert x_i \rVert_2^2,\; r^2 = \sum_y \hat\pi_y r_y^2 > 0 : \quad "
        r"\sqrt{\hat\pi_y}\; \hat{\mathfrak R}_{S_y}(F) \le \sqrt2\, \frac{\max_{z} r_{z}}{r}\; "
        r"\hat{\mathfrak R}_S(F) \quad \forall y, \qquad \text{equality for } K = 1 \text{ and two points "
        r"at one } x \ne 0 \text{, one in each class}",
    ),
    steps=(
        "class_against_sample: class y from above, Lam r_y sqrt(K/(p N)), against the sample from below, "
        "Lam r sqrt(K/N)/sqrt(2)",
        "sqrt(p)*(L*a*sqrt(K/(p*N))) == (sqrt(2)*a/r)*(L*r*sqrt(K/N)/sqrt(2))",
        "largest_rms_above_mean: max r_y is at least r, so this kappa is at least sqrt(2)",
        "p*a**2 + (1 - p)*b**2 <= Max(a, b)**2",
        "four_points_enumerated: one feature, four points, exhaustively",
        state_computed("contraction:norm_balls", points=4, largest=3, constant="2"),
        "constant_attained: sqrt(2) is attained: two points at x, one in each class",
        "sqrt(1/2)*Abs(x) == sqrt(2)*(Abs(x + x) + Abs(x - x))/4",
    ),
    argument="The norm ball's complexity lies between 1/sqrt(2) and 1 times Lam r sqrt(K/N), on the sample "
    "and on each class.",
    mutants=(
        "kappa = max r_y/r: two points at x, one in each class",
        "sqrt(1/2)*Abs(x) <= (Abs(x + x) + Abs(x - x))/4",
        "kappa = max r_y/r, small features",
        state_computed("contraction:norm_balls", points=2, largest=2, constant="1"),
        "max r_y is at most r",
        "p*a**2 + (1 - p)*b**2 >= Max(a, b)**2",
    ),
    rests_on=("rademacher.norm_ball",),
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

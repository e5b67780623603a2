"""Random signs: contraction, the Khintchine-Kahane inequality, symmetrisation, with their constants.

Claimed by Ledoux and Talagrand (1991), Maurer (2016), Latala and Oleszkiewicz (1994), Gine and Zinn
(1984). Checked by: lemmas on one coordinate, which give every n, and exhaustive small worlds.
"""

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_limit,
    state_quoted,
    steps,
)

__all__ = ["KHINTCHINE_KAHANE", "SCALAR_CONTRACTION", "SYMMETRISATION", "VECTOR_CONTRACTION"]

_FOUR = dict.fromkeys(("a", "b", "c", "d"), "real")
_PAIR = dict.fromkeys(("u1", "u2", "v1", "v2", "p", "q"), "real")
_SYMBOLS = {
    "s": "signs, independent and fair",
    "a, b": "what two functions of the class have collected, <s, f>",
    "c, d": "the same two functions' share from elsewhere",
    "m": "functions in the class",
    "n": "points",
}

SCALAR_CONTRACTION = Statement(
    name="rademacher.scalar_contraction",
    title="Contraction: L-Lipschitz maps of single values, one for each point, raise the complexity at most "
    "L-fold; with absolute values constant 1 is false",
    source="Ledoux and Talagrand (1991), Theorem 4.12; without absolute values Meir and Zhang (2003)",
    formula=state(
        "(u1 + p) + (u2 - q) <= (u1 + v1) + (u2 - v2)", given="p - q <= v1 - v2", **_PAIR
    ),
    steps=steps(
        (
            "one point, functions 1 and 2 with f_1 >= f_2 there: phi may go",
            state(
                "(u1 + p) + (u2 - q) <= (u1 + v1) + (u2 - v2)", given="p - q <= v1 - v2", **_PAIR
            ),
        ),
        (
            "with f_1 <= f_2 there, the signs change places",
            state(
                "(u1 + p) + (u2 - q) <= (u2 + v2) + (u1 - v1)", given="p - q <= v2 - v1", **_PAIR
            ),
        ),
        (
            "both are below the sum of two suprema",
            state("a + d <= Max(a, b) + Max(c, d)", "b + c <= Max(a, b) + Max(c, d)", **_FOUR),
        ),
        (
            "every class of three on three points",
            state_computed("rademacher:contraction", points=3),
        ),
        (
            "with absolute values a class has ratio 4/3, although |0| = 0",
            state_computed("rademacher:absolute_values", constant="4/3"),
        ),
    ),
    argument="Fix all signs but one: u is what they collect, v the function's value at the point and p, q "
    "those of phi, with |p - q| <= |v1 - v2| after division by L. The sum of the two suprema over s = 1 "
    "and s = -1 is a supremum over pairs of functions, and falls when v replaces phi(v). One point after "
    "the other, for every n; phi(0) = 0 is not needed.",
    mutants=mutants(
        (
            "phi bounded by |v|, not Lipschitz",
            state(
                "(u1 + p) + (u2 - q) <= Max(u1 + v1 + u2 - v2, u1 - v1 + u2 + v2)",
                given=["Abs(p) <= Abs(v1)", "Abs(q) <= Abs(v2)"],
                **_PAIR,
            ),
        ),
        (
            "constant 1 under absolute values",
            state_computed("rademacher:absolute_values", constant="1"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "u": "what a function has collected at the other points",
        "v": "its value at this point",
        "p, q": "phi(v1), phi(v2)",
    },
    ids=("GT3",),
)


KHINTCHINE_KAHANE = Statement(
    name="rademacher.khintchine_kahane",
    title="A signed sum of vectors has mean length between 1/sqrt(2) of its root mean square and all of it",
    source="Latala and Oleszkiewicz (Studia Math. 1994); the constant for numbers is Szarek's (1976)",
    formula=state_quoted(
        "sqrt(sum |x_i|^2 / 2) <= E|sum s_i x_i| <= sqrt(sum |x_i|^2)",
        r"\tfrac{1}{\sqrt2} \Bigl(\sum_i \lVert x_i \rVert^2\Bigr)^{1/2} \le "
        r"\mathbb E \Bigl\lVert \sum_i s_i x_i \Bigr\rVert \le \Bigl(\sum_i \lVert x_i \rVert^2\Bigr)^{1/2}",
    ),
    steps=steps(
        (
            "the mean square: cross terms cancel, in each coordinate",
            state("((x + y)**2 + (x - y)**2)/2 == x**2 + y**2", x="real", y="real"),
        ),
        (
            "above, by Jensen: the tangent of sqrt at r^2, the mean of q",
            state("sqrt(q) <= (r + q/r)/2", q="nonnegative", r="positive"),
        ),
        (
            "below: the n sums with one sign flipped add up to n - 2 times the sum S (n = 3)",
            state(
                "(-x + y + z) + (x - y + z) + (x + y - z) == (3 - 2)*(x + y + z)",
                x="real",
                y="real",
                z="real",
            ),
        ),
        (
            "so, by the triangle inequality, the mean drop of h = |S| over flips is at most h",
            state(
                "(n*h - H)/2 <= h",
                given="H >= (n - 2)*h",
                n="integer 2..",
                h="nonnegative",
                H="nonnegative",
            ),
        ),
        (
            "the operator h -> (n h - H)/2 multiplies the part of h at level k by k",
            state("(n*w - (n - 2*k)*w)/2 == k*w", n="integer 1..", k="integer 0..", w="real"),
        ),
        (
            "as the Walsh functions, level |A|, diagonalise it",
            state_computed("rademacher:walsh", dimensions=4),
        ),
        (
            "h is even, so its levels are 0, 2, 4, ...: each but level 0 weighs at least 2",
            state("k*c**2 >= 2*c**2", k="integer 2..", c="real"),
        ),
        (
            "hence 2 (E h^2 - (E h)^2) <= E h^2, that is E h^2 <= 2 (E h)^2",
            state(
                "m2 <= 2*m1**2", given="2*(m2 - m1**2) <= m2", m1="nonnegative", m2="nonnegative"
            ),
        ),
        (
            "numbers, exhaustively",
            state_computed("rademacher:khintchine", points=4, largest=4, lower="1/2", upper="1"),
        ),
        (
            "the lower constant is attained by two equal vectors",
            state("(Abs(x + x) + Abs(x - x))/2 == sqrt(x**2 + x**2)/sqrt(2)", x="real"),
        ),
    ),
    argument="The upper bound is Jensen's inequality. For the lower one expand h(s) = |sum s_i x_i| in Walsh "
    "functions: E[h (n h - H)/2], with H the sum of h over single flips, is sum |A| c_A^2, at least twice "
    "the variance of h as odd levels vanish, and at most E h^2 by the triangle inequality. Every n and "
    "every norm; only the mean square needs Euclidean lengths.",
    mutants=mutants(
        (
            "lower constant 1",
            state("(Abs(x + y) + Abs(x - y))/2 >= sqrt(x**2 + y**2)", x="real", y="real"),
        ),
        (
            "lower constant sqrt(5)/3 > 1/sqrt(2), whole numbers",
            state_computed("rademacher:khintchine", points=2, largest=2, lower="5/9", upper="1"),
        ),
        (
            "level 1 kept, as if h were not even",
            state("k*c**2 >= 2*c**2", k="integer 1..", c="real"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "h, H": "length of the signed sum; sum of the lengths after each single flip",
        "w, k": "a Walsh function and its level",
        "m1, m2": "E h and E h^2",
    },
    ids=("GT12",),
)


VECTOR_CONTRACTION = Statement(
    name="rademacher.vector_contraction",
    title="Maurer: maps of K outputs that are L-Lipschitz in Euclidean length raise the complexity at most "
    "sqrt(2) L-fold, and sqrt(2) is attained",
    source="Maurer (ALT 2016), Corollary 1",
    formula=state_quoted(
        "E sup_f sum_i s_i phi_i(f(x_i)) <= sqrt(2) L E sup_f sum_ik s_ik f_k(x_i)",
        r"\mathbb E \sup_{f} \sum_i s_i \phi_i(f(x_i)) \le "
        r"\sqrt2 L \, \mathbb E \sup_f \sum_{i,k} s_{ik} f_k(x_i)",
    ),
    steps=steps(
        (
            "two outputs: a difference's length is at most sqrt(2) times its mean signed sum",
            state("x**2 + y**2 <= 2*((Abs(x + y) + Abs(x - y))/2)**2", x="real", y="real"),
        ),
        (
            "one point, p - q at most the mean of w and z over signs, which then leave the supremum",
            state(
                "(u1 + p) + (u2 - q) <= ((u1 + u2 + w) + (u1 + u2 + z))/2",
                given="p - q <= (w + z)/2",
                w="real",
                z="real",
                **dict.fromkeys(("u1", "u2", "p", "q"), "real"),
            ),
        ),
        (
            "the supremum of a mean is at most the mean of suprema",
            state("Max((a + c)/2, (b + d)/2) <= (Max(a, b) + Max(c, d))/2", **_FOUR),
        ),
        (
            "and with w = |v1 - v2| each is a pair of suprema, as in the scalar case",
            state(
                "u1 + u2 + Abs(v1 - v2) <= Max((u1 + v1) + (u2 - v2), (u1 - v1) + (u2 + v2))",
                u1="real",
                u2="real",
                v1="real",
                v2="real",
            ),
        ),
        (
            "classes of two, three points and two outputs, exhaustively",
            state_computed("rademacher:vector_contraction", points=3, constant=2),
        ),
        (
            "sqrt(2) is attained: one point, the functions 0 and (1, -1), phi the length",
            state(
                "(Max(0, sqrt(2)) + Max(0, -sqrt(2)))/2"
                " == sqrt(2)*(Max(0, 1 + 1) + 2*Max(0, 1 - 1) + Max(0, -1 - 1))/4"
            ),
        ),
    ),
    argument="As in the scalar contraction, one point at a time: p - q <= L||f_1 - f_2||, which the lower "
    "Khintchine bound (for every K) puts below sqrt(2) L times the mean of |sum_k s_k (f_1k - f_2k)|; for "
    "each sign vector that is one of two differences, so the supremum over pairs splits again into two.",
    mutants=mutants(
        (
            "constant 1",
            state(
                "(Max(0, sqrt(2)) + Max(0, -sqrt(2)))/2"
                " <= (Max(0, 1 + 1) + 2*Max(0, 1 - 1) + Max(0, -1 - 1))/4"
            ),
        ),
        (
            "constant 1, all classes of two on two points",
            state_computed("rademacher:vector_contraction", points=2, constant=1),
        ),
        (
            "the length below its mean signed sum",
            state("x**2 + y**2 <= ((Abs(x + y) + Abs(x - y))/2)**2", x="real", y="real"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("rademacher.khintchine_kahane", "rademacher.scalar_contraction"),
    ids=("GT4",),
)


SYMMETRISATION = Statement(
    name="rademacher.symmetrisation",
    title="Symmetrisation: the expected largest deviation of means is at most twice the expected complexity, "
    "and 2 is sharp",
    source="Gine and Zinn (Ann. Probab. 1984); constant for one sample derived here",
    formula=state_quoted(
        "E sup_f (P f - P_N f) <= 2 E Rad_S(F)",
        r"\mathbb E \sup_{f \in F} (P f - P_N f) \le 2\, \mathbb E\, \mathfrak R_S(F)",
    ),
    steps=steps(
        (
            "P f is the mean over a second sample, and a supremum of means is below the mean of suprema",
            state("Max((a + c)/2, (b + d)/2) <= (Max(a, b) + Max(c, d))/2", **_FOUR),
        ),
        (
            "exchanging a point and its twin, that is a sign, is free in the mean; then the samples part",
            state("Max(a - c, b - d) <= Max(a, b) + Max(-c, -d)", **_FOUR),
        ),
        (
            "three uniform atoms, samples of two: every class",
            state_computed("rademacher:symmetrisation", weights=[1, 1, 1], sample=2, constant="2"),
        ),
        (
            "three unequal atoms, samples of two: every class",
            state_computed("rademacher:symmetrisation", weights=[1, 2, 3], sample=2, constant="2"),
        ),
        (
            "all binary functions of one atom among m",
            state_computed("rademacher:all_binary_functions", most=7),
        ),
        (
            "any m: f = 1 off the drawn atom deviates by (m - 1)/m, and one draw's complexity is 1/2",
            state("(m - 1)/m == 2*(1 - 1/m)*((0 + 1)/2)", m="integer 2.."),
        ),
        (
            "whose ratio approaches 2",
            state_limit("2*(1 - 1/m)", "2", "m", "high", m="positive"),
        ),
    ),
    argument="E sup (P - P_N) f <= E sup (P'_N - P_N) f = E sup (1/N) sum s_i (f(x'_i) - f(x_i)) <= 2 E Rad; "
    "every N and every class. No constant below 2 will do, by the last three steps.",
    mutants=mutants(
        (
            "constant 1, three uniform atoms and one draw",
            state_computed("rademacher:symmetrisation", weights=[1, 1, 1], sample=1, constant="1"),
        ),
        (
            "constant 19/10, all binary functions of one atom among m",
            state("1 - 1/m <= (19/10)*(1/2)", m="integer 1.."),
        ),
    ),
    symbols=_SYMBOLS,
    ids=("GT5",),
)

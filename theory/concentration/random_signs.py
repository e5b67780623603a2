"""Random signs: contraction, the Khintchine-Kahane inequality, symmetrisation, with their constants.

Claimed by Ledoux and Talagrand (1991), Maurer (2016), Latala and Oleszkiewicz (1994), Gine and Zinn
(1984). Checked by: lemmas on one coordinate, which give every n, and exhaustive small worlds.
"""

from ..claims.stating import FORMULA, state, state_computed, state_limit, statement

__all__ = ["KHINTCHINE_KAHANE", "SCALAR_CONTRACTION", "SYMMETRISATION", "VECTOR_CONTRACTION"]


SCALAR_CONTRACTION = statement(
    name="rademacher.scalar_contraction",
    title="Contraction: L-Lipschitz maps of single values, one for each point, raise the complexity at "
    "most L-fold; with absolute values constant 1 is false",
    source="Ledoux and Talagrand (1991), Theorem 4.12; without absolute values Meir and Zhang (2003)",
    ids=("GT3",),
    where={
        "u1, u2: real": "what function 1, 2 has collected at the other points",
        "v1, v2: real": "value of function 1, 2 at this point",
        "p: real": "phi at function 1's value, over L",
        "q: real": "phi at function 2's value, over L",
        "a: real": "first function at s = 1, u + v",
        "b: real": "second function at s = 1",
        "c: real": "first function at s = -1, u - v",
        "d: real": "second function at s = -1",
        "s": "signs, independent and fair",
        "m": "functions in the class",
        "n": "points",
        "u": "what a function has collected at the other points",
        "v": "its value at this point",
    },
    theorem=(
        "for every class F, points x_1..x_n and phi_i: R -> R with |phi_i(a) - phi_i(b)| <= L |a - b|, L "
        ">= 0: E_s sup_f sum_i s_i phi_i(f(x_i)) <= L E_s sup_f sum_i s_i f(x_i); but some finite F has "
        "E_s max_f |sum_i s_i |f(x_i)|| = (4/3) E_s max_f |sum_i s_i f(x_i)| > 0, although | | is "
        "1-Lipschitz and |0| = 0",
        r"|\phi_i(a) - \phi_i(b)| \le L |a - b| \;\; \forall i, a, b \;\; (L \ge 0) : \quad \mathbb E_s "
        r"\sup_{f \in F} \sum_{i=1}^n s_i \phi_i(f(x_i)) \le L\, \mathbb E_s \sup_{f \in F} \sum_{i=1}^n "
        r"s_i f(x_i); \qquad \exists F \text{ finite} : \; \mathbb E_s \max_{f \in F} \left| \sum_i s_i "
        r"|f(x_i)| \right| = \frac43\, \mathbb E_s \max_{f \in F} \left| \sum_i s_i f(x_i) \right| > 0",
    ),
    formula=state("(u1 + p) + (u2 - q) <= (u1 + v1) + (u2 - v2)", given="p - q <= v1 - v2"),
    steps=(
        "first_function_above: one point, functions 1 and 2 with f_1 >= f_2 there: phi may go",
        FORMULA,
        "first_function_below: with f_1 <= f_2 there, the signs change places",
        state("(u1 + p) + (u2 - q) <= (u2 + v2) + (u1 - v1)", given="p - q <= v2 - v1"),
        "split_into_two_suprema: both are below the sum of two suprema",
        ("a + d <= Max(a, b) + Max(c, d)", "b + c <= Max(a, b) + Max(c, d)"),
        "three_functions_enumerated: every class of three on three points",
        state_computed("rademacher:contraction", points=3),
        "absolute_value_witness: with absolute values a class has ratio 4/3, although |0| = 0",
        state_computed("rademacher:absolute_values", constant="4/3"),
    ),
    argument="Fix all signs but one: u is what they collect, v the function's value at the point and p, q "
    "those of phi, with |p - q| <= |v1 - v2| after division by L. The sum of the two suprema over "
    "s = 1 and s = -1 is a supremum over pairs of functions, and falls when v replaces phi(v). "
    "One point after the other, for every n; phi(0) = 0 is not needed.",
    mutants=(
        "phi bounded by |v|, not Lipschitz",
        state(
            "(u1 + p) + (u2 - q) <= Max(u1 + v1 + u2 - v2, u1 - v1 + u2 + v2)",
            given=["Abs(p) <= Abs(v1)", "Abs(q) <= Abs(v2)"],
        ),
        "constant 1 under absolute values",
        state_computed("rademacher:absolute_values", constant="1"),
    ),
)


KHINTCHINE_KAHANE = statement(
    name="rademacher.khintchine_kahane",
    title="A signed sum of vectors has mean length between 1/sqrt(2) of its root mean square and all of it",
    source="Latala and Oleszkiewicz (Studia Math. 1994); the constant for numbers is Szarek's (1976)",
    ids=("GT12",),
    where={
        "x: real": "a coordinate of the first vector; a number",
        "y: real": "a coordinate of the second vector; a number",
        "q: nonnegative": "squared length of the signed sum",
        "r: positive": "root mean square length",
        "z: real": "a coordinate of the third vector",
        "n: integer 2..": "number of vectors",
        "h: nonnegative": "length of the signed sum, |S|",
        "H: nonnegative": "sum of the lengths after each single flip",
        "k: integer 0..": "level of a Walsh function",
        "w: real": "a Walsh function's value",
        "c: real": "a Walsh coefficient of h",
        "m1: nonnegative": "E h, mean length",
        "m2: nonnegative": "E h^2, mean square length",
        "s": "signs, independent and fair",
        "a, b": "what two functions of the class have collected, <s, f>",
        "d": "the same two functions' share from elsewhere",
        "m": "functions in the class",
    },
    theorem=(
        "for all n and x_1..x_n in R^d, s_i independent fair signs: (1/sqrt 2) (sum_i |x_i|^2)^(1/2) <= E "
        "|sum_i s_i x_i| <= (sum_i |x_i|^2)^(1/2), with Euclidean lengths; the constant 1/sqrt 2 is "
        "attained at n = 2, x_1 = x_2",
        r"\forall n,\; x_1, \dots, x_n \in \mathbb R^d,\; s_i \text{ independent fair signs} : \quad "
        r"\frac{1}{\sqrt2} \left(\sum_{i} \lVert x_i \rVert_2^2\right)^{1/2} \le \mathbb E \left\lVert "
        r"\sum_i s_i x_i \right\rVert_2 \le \left(\sum_i \lVert x_i \rVert_2^2\right)^{1/2}, \qquad "
        r"\text{equality on the left at } n = 2,\; x_1 = x_2",
    ),
    steps=(
        "mean_square_by_coordinates: the mean square: cross terms cancel, in each coordinate",
        "((x + y)**2 + (x - y)**2)/2 == x**2 + y**2",
        "jensen_for_the_root: above, by Jensen: the tangent of sqrt at r^2, the mean of q",
        "sqrt(q) <= (r + q/r)/2",
        "flipped_sums_add_up: below: the n sums with one sign flipped add up to n - 2 times the sum S (n = "
        "3)",
        "(-x + y + z) + (x - y + z) + (x + y - z) == (3 - 2)*(x + y + z)",
        "flip_drop_at_most_length: so, by the triangle inequality, the mean drop of h = |S| over flips is "
        "at most h",
        state("(n*h - H)/2 <= h", given="H >= (n - 2)*h"),
        "operator_eigenvalue: the operator h -> (n h - H)/2 multiplies the part of h at level k by k",
        state("(n*w - (n - 2*k)*w)/2 == k*w", n="integer 1.."),
        "walsh_levels_enumerated: as the Walsh functions, level |A|, diagonalise it",
        state_computed("rademacher:walsh", dimensions=4),
        "even_levels_weigh_two: h is even, so its levels are 0, 2, 4, ...: each but level 0 weighs at "
        "least 2",
        state("k*c**2 >= 2*c**2", k="integer 2.."),
        "second_moment_bound: hence 2 (E h^2 - (E h)^2) <= E h^2, that is E h^2 <= 2 (E h)^2",
        state("m2 <= 2*m1**2", given="2*(m2 - m1**2) <= m2"),
        "numbers_enumerated: numbers, exhaustively",
        state_computed("rademacher:khintchine", points=4, largest=4, lower="1/2", upper="1"),
        "lower_constant_attained: the lower constant is attained by two equal vectors",
        "(Abs(x + x) + Abs(x - x))/2 == sqrt(x**2 + x**2)/sqrt(2)",
    ),
    argument="The upper bound is Jensen's inequality. For the lower one expand h(s) = |sum s_i x_i| in "
    "Walsh functions: E[h (n h - H)/2], with H the sum of h over single flips, is sum |A| c_A^2, "
    "at least twice the variance of h as odd levels vanish, and at most E h^2 by the triangle "
    "inequality. Every n and every norm; only the mean square needs Euclidean lengths.",
    mutants=(
        "lower constant 1",
        "(Abs(x + y) + Abs(x - y))/2 >= sqrt(x**2 + y**2)",
        "lower constant sqrt(5)/3 > 1/sqrt(2), whole numbers",
        state_computed("rademacher:khintchine", points=2, largest=2, lower="5/9", upper="1"),
        "level 1 kept, as if h were not even",
        state("k*c**2 >= 2*c**2", k="integer 1.."),
    ),
)


VECTOR_CONTRACTION = statement(
    name="rademacher.vector_contraction",
    title="Maurer: maps of K outputs that are L-Lipschitz in Euclidean length raise the complexity at most "
    "sqrt(2) L-fold, and sqrt(2) is attained",
    source="Maurer (ALT 2016), Corollary 1",
    ids=("GT4",),
    where={
        "x: real": "difference of the first outputs",
        "y: real": "difference of the second outputs",
        "w: real": "scaled |signed output difference| at one sign vector",
        "z: real": "scaled |signed output difference| at another sign vector",
        "u1, u2: real": "what function 1, 2 has collected at the other points",
        "p: real": "phi at function 1's outputs",
        "q: real": "phi at function 2's outputs",
        "a: real": "first function's value at one sign vector",
        "b: real": "second function's value at that sign vector",
        "c: real": "first function's value at another sign vector",
        "d: real": "second function's value at the other sign vector",
        "v1, v2: real": "signed sum of function 1, 2's outputs at this point",
        "s": "signs, independent and fair",
        "m": "functions in the class",
        "n": "points",
    },
    theorem=(
        "for every class F of maps to R^K, points x_1..x_n and phi_i: R^K -> R with |phi_i(a) - phi_i(b)| "
        "<= L |a - b|_2, s_i and s_ik independent fair signs: E sup_f sum_i s_i phi_i(f(x_i)) <= sqrt(2) L "
        "E sup_f sum_i sum_k s_ik f_k(x_i); equality is attained at n = 1, K = 2, L = 1, f(x_1) in {(0, "
        "0), (1, -1)}, phi = length",
        r"F \subset (\mathbb R^K)^{\mathcal X},\; |\phi_i(a) - \phi_i(b)| \le L \lVert a - b \rVert_2,\; "
        r"s_i, s_{ik} \text{ independent fair signs} : \quad \mathbb E \sup_{f \in F} \sum_{i=1}^n s_i "
        r"\phi_i(f(x_i)) \le \sqrt2\, L\; \mathbb E \sup_{f \in F} \sum_{i=1}^n \sum_{k=1}^K s_{ik} "
        r"f_k(x_i), \qquad \text{equality for } n = 1,\; K = 2,\; f(x_1) \in \{(0,0), (1,-1)\},\; \phi = "
        r"\lVert \cdot \rVert_2,\; L = 1",
    ),
    steps=(
        "length_below_signed_mean: two outputs: a difference's length is at most sqrt(2) times its mean "
        "signed sum",
        "x**2 + y**2 <= 2*((Abs(x + y) + Abs(x - y))/2)**2",
        "signs_leave_the_supremum: one point, p - q at most the mean of w and z over signs, which then "
        "leave the supremum",
        state(
            "(u1 + p) + (u2 - q) <= ((u1 + u2 + w) + (u1 + u2 + z))/2", given="p - q <= (w + z)/2"
        ),
        "supremum_of_mean: the supremum of a mean is at most the mean of suprema",
        "Max((a + c)/2, (b + d)/2) <= (Max(a, b) + Max(c, d))/2",
        "absolute_value_splits: and with w = |v1 - v2| each is a pair of suprema, as in the scalar case",
        "u1 + u2 + Abs(v1 - v2) <= Max((u1 + v1) + (u2 - v2), (u1 - v1) + (u2 + v2))",
        "two_functions_enumerated: classes of two, three points and two outputs, exhaustively",
        state_computed("rademacher:vector_contraction", points=3, constant=2),
        "constant_attained: sqrt(2) is attained: one point, the functions 0 and (1, -1), phi the length",
        "(Max(0, sqrt(2)) + Max(0, -sqrt(2)))/2 == sqrt(2)*(Max(0, 1 + 1) + 2*Max(0, 1 - 1) + Max(0, -1 - "
        "1))/4",
    ),
    argument="As in the scalar contraction, one point at a time: p - q <= L||f_1 - f_2||, which the lower "
    "Khintchine bound (for every K) puts below sqrt(2) L times the mean of |sum_k s_k (f_1k - "
    "f_2k)|; for each sign vector that is one of two differences, so the supremum over pairs "
    "splits again into two.",
    mutants=(
        "constant 1",
        "(Max(0, sqrt(2)) + Max(0, -sqrt(2)))/2 <= (Max(0, 1 + 1) + 2*Max(0, 1 - 1) + Max(0, -1 - 1))/4",
        "constant 1, all classes of two on two points",
        state_computed("rademacher:vector_contraction", points=2, constant=1),
        "the length below its mean signed sum",
        "x**2 + y**2 <= ((Abs(x + y) + Abs(x - y))/2)**2",
    ),
    rests_on=("rademacher.khintchine_kahane", "rademacher.scalar_contraction"),
)


SYMMETRISATION = statement(
    name="rademacher.symmetrisation",
    title="Symmetrisation: the expected largest deviation of means is at most twice the expected "
    "complexity, and 2 is sharp",
    source="Gine and Zinn (Ann. Probab. 1984); constant for one sample derived here",
    ids=("GT5",),
    where={
        "a: real": "first function on the twin sample, signed",
        "b: real": "second function on the twin sample, signed",
        "c: real": "first function on the sample, signed (in the first step at another twin sample)",
        "d: real": "second function on the sample, signed (in the first step at another twin sample)",
        "m: integer 2..": "number of atoms, all equally likely",
        "s": "signs, independent and fair",
        "n": "points",
    },
    theorem=(
        "for every class F of P-integrable functions, N >= 1, S = (X_1..X_N) iid from P: E sup_f (P f - "
        "P_N f) <= 2 E Rad_S(F), Rad_S(F) = E_s sup_f (1/N) sum_i s_i f(X_i); and for every c < 2 some F, "
        "P, N have E sup_f (P f - P_N f) > c E Rad_S(F) (binary functions of one of m uniform atoms, N = "
        "1: the ratio is 2 (1 - 1/m))",
        r"F \subset L^1(P),\; S \sim P^N : \quad \mathbb E \sup_{f \in F} (P f - P_N f) \le 2\, \mathbb "
        r"E\, \hat{\mathfrak R}_S(F), \quad \hat{\mathfrak R}_S(F) = \mathbb E_s \sup_{f \in F} \frac1N "
        r"\sum_{i=1}^N s_i f(X_i); \qquad \forall c < 2 \;\; \exists F, P, N : \; \mathbb E \sup_{f \in F} "
        r"(P f - P_N f) > c\, \mathbb E\, \hat{\mathfrak R}_S(F)",
    ),
    steps=(
        "supremum_of_mean: P f is the mean over a second sample, and a supremum of means is below the mean "
        "of suprema",
        "Max((a + c)/2, (b + d)/2) <= (Max(a, b) + Max(c, d))/2",
        "samples_part: exchanging a point and its twin, that is a sign, is free in the mean; then the "
        "samples part",
        "Max(a - c, b - d) <= Max(a, b) + Max(-c, -d)",
        "uniform_atoms_enumerated: three uniform atoms, samples of two: every class",
        state_computed("rademacher:symmetrisation", weights=[1, 1, 1], sample=2, constant="2"),
        "unequal_atoms_enumerated: three unequal atoms, samples of two: every class",
        state_computed("rademacher:symmetrisation", weights=[1, 2, 3], sample=2, constant="2"),
        "binary_functions_enumerated: all binary functions of one atom among m",
        state_computed("rademacher:all_binary_functions", most=7),
        "one_atom_deviation: any m: f = 1 off the drawn atom deviates by (m - 1)/m, and one draw's "
        "complexity is 1/2",
        "(m - 1)/m == 2*(1 - 1/m)*((0 + 1)/2)",
        "ratio_tends_to_two: whose ratio approaches 2",
        state_limit("2*(1 - 1/m)", "2", "m", "high", m="positive"),
    ),
    argument="E sup (P - P_N) f <= E sup (P'_N - P_N) f = E sup (1/N) sum s_i (f(x'_i) - f(x_i)) <= 2 E "
    "Rad; every N and every class. No constant below 2 will do, by the last three steps.",
    mutants=(
        "constant 1, three uniform atoms and one draw",
        state_computed("rademacher:symmetrisation", weights=[1, 1, 1], sample=1, constant="1"),
        "constant 19/10, all binary functions of one atom among m",
        state("1 - 1/m <= (19/10)*(1/2)", m="integer 1.."),
    ),
)

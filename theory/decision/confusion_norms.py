"""Norms of the confusion matrix: what its spectral norm says of the worst class and of the mean class.

Zhu et al., "Confusion-Aware Spectral Regularizer for Long-Tailed Recognition" (CVPR 2026): ``c_ij =
P(h(X) = i | Y = j)`` off the diagonal, 0 on it, columns weighted by ``lambda_j = (m_j + r)^(-1/2)`` with m_j
the class's relative frequency and r = 1/5. They penalise ``||C Lambda||_2`` for the sake of the worst class,
by ``e_j <= (nu/lambda_j) ||C Lambda||_2 + complexity`` with a constant nu. Read in a public reading note and
in the official script (misswayguy/CAR). Checked by: squares summed over classes, exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real, broadcasting

__all__ = ["error_norms", "frequency_weights"]


@broadcasting
def frequency_weights(class_prior: ArrayLike, smoothing: ArrayLike = 0.2) -> NDArray[np.float64]:
    """Zhu et al.'s class weights ``(pi_y + r)^(-1/2)``.

    ``class_prior`` in [0, 1] and ``smoothing`` r > 0 broadcast. The largest is at most ``sqrt(1 + max pi/r)``
    times the smallest, whatever the imbalance factor.
    """
    share = as_real("class_prior", class_prior, low=0, high=1)
    return 1 / np.sqrt(share + as_real("smoothing", smoothing, low=0, low_open=True))


def error_norms(confusion: ArrayLike) -> NDArray[np.float64]:
    """Balanced error, spectral norm and worst class's error of confusion matrices, shape (..., 3).

    ``confusion``: (..., K, K), K >= 2, in [0, 1], P(predicted i given class j) in row i, column j; the
    diagonal is ignored. The first is at most the second, the third at most ``sqrt(K - 1)`` times the second.

    Raises
    ------
    InputError
        If the last two axes are not square, there is one class, or a class's errors add up to more than 1.
    """
    matrix = as_real("confusion", confusion, low=0, high=1)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or matrix.shape[-1] < 2:
        raise InputError(f"confusion has shape {matrix.shape}: must be (..., K, K), K >= 2")
    wrong = matrix * (1 - np.eye(matrix.shape[-1]))
    errors = wrong.sum(axis=-2)
    if np.any(errors > 1 + 1e-9):
        raise InputError(
            f"confusion has a column of sum {errors.max():g} off its diagonal: must be <= 1"
        )
    spectral = np.linalg.norm(wrong, ord=2, axis=(-2, -1))
    return np.stack([errors.mean(axis=-1), spectral, errors.max(axis=-1)], axis=-1)


# ------------------------------------------------------------------------------------ statements


BALANCED_ERROR = statement(
    name="confusion_norms.balanced_error",
    title="The spectral norm of the confusion matrix bounds the balanced error, with constant one",
    source="norm: Zhu et al. (CVPR 2026); derived here",
    functions=("error_norms",),
    where={
        "r: nonnegative": "sum of a row of C Lambda",
        "m: nonnegative": "mean of the rows' sums, which is that of the columns' sums",
        "a: nonnegative": "error of class 1 of two (b: of class 2)",
        "b: nonnegative": "error of class 2 of two",
        "e: (0, 1)": "error that all classes share",
        "n: [1, oo)": "number of the other classes, K - 1",
    },
    theorem=(
        "for every K >= 2, C in R^(K x K) with c_jj = 0 and c_ij >= 0, weights lambda_j > 0 and e_j = "
        "sum_i c_ij: (1/K) sum_j lambda_j e_j <= ||C diag(lambda)||_2; so the balanced error is at most "
        "||C||_2, with equality where all classes err alike, c_ij = e/(K - 1) for i != j",
        r"\frac1K \sum_{j=1}^K \lambda_j e_j \le \left\| C \operatorname{diag}(\lambda) \right\|_2, \quad "
        r"e_j = \sum_{i=1}^K c_{ij} = \mathbb P(h(X) \ne j\,|\,Y = j) \qquad \forall K \ge 2,\ C \ge 0,\ "
        r"c_{jj} = 0,\ \lambda > 0; \qquad \mathrm{BER}(h) = \frac1K \sum_j e_j \le \|C\|_2,\ \text{ with "
        r"equality if }\ c_{ij} = \frac{e}{K - 1}\ \ \forall i \ne j",
    ),
    formula="r**2 >= 2*m*r - m**2",
    steps=(
        "tangent: row by row, the square is above its tangent at the mean",
        FORMULA,
        "mean_of_tangents: the mean over the rows of the right hand side is m^2",
        "2*m*m - m**2 == m**2",
        "equal_rows: with equality where all rows' sums are the mean",
        state("r**2 == 2*m*r - m**2", given="r == m"),
        "two_classes: two classes: the norm is the larger error",
        "(a + b)/2 <= Max(a, b)",
        "uniform_eigenvalue: errors spread evenly: C is symmetric, takes (1, ..., 1) to e times itself ...",
        "n*(e/n) == e",
        "other_eigenvalues: ... and what is orthogonal to it to -e/(K - 1) times itself, which is no longer",
        "e/n <= e",
    ),
    argument="C Lambda takes the unit vector (1, ..., 1)/sqrt(K) to the rows' sums over sqrt(K), whose "
    "squared length is the mean of r^2, at least m^2, and the norm is no less. m is the sum of all "
    "entries over K, hence the mean of lambda_j e_j.",
    mutants=(
        "with a constant below one: the square above 11/10 of the mean's",
        "r**2 >= 2*m*r - 9/10*m**2",
        "the norm of two classes is their mean error",
        "(a + b)/2 >= Max(a, b)",
        "errors spread evenly: all eigenvalues are equal",
        "e/n == e",
    ),
    rests_on=("balanced_error.bayes_rule",),
)

WORST_CLASS = statement(
    name="confusion_norms.worst_class",
    title="The spectral norm bounds the worst class's error only up to sqrt(K - 1), and can order "
    "classifiers against it",
    source="bound: Zhu et al. (CVPR 2026); constant and witness derived here",
    functions=("error_norms",),
    corrects="The bound of the worst class's error by the spectral norm of the confusion matrix is called "
    "tight: where its complexity term vanishes its constant is at least sqrt(K - 1), 31.6 for 1000 classes, "
    "and a classifier that loses one class altogether can have the smaller norm.",
    where={
        "a: nonnegative": "an entry of the worst class's column",
        "m: nonnegative": "a free level of the tangent",
        "s: nonnegative": "sum of the column, lambda_j e_j",
        "q: nonnegative": "sum of its squares",
        "n: [1, oo)": "number of its entries, K - 1",
        "e: (0, 1)": "error that all classes share, of another classifier",
        "f: positive": "by how much that error exceeds 1/sqrt(K - 1)",
        "x, y: nonnegative": "two entries of a column",
    },
    theorem=(
        "for every K >= 2, C >= 0 with c_jj = 0, lambda > 0, e_j = sum_i c_ij: max_j lambda_j e_j <= "
        "sqrt(K - 1) ||C diag(lambda)||_2, and no smaller constant will do: equality holds if one column "
        "alone is not zero and its entries off the diagonal are equal. At lambda = 1, 1/sqrt(K - 1) < e < "
        "1: a classifier "
        "with one class of error 1, spread evenly over the others, and no other errors has a smaller norm "
        "than one with c_ij = e/(K - 1) for all i != j, whose worst error is e",
        r"\max_j \lambda_j e_j \le \sqrt{K - 1}\, \left\| C \operatorname{diag}(\lambda) \right\|_2 "
        r"\qquad \forall K \ge 2,\ C \ge 0,\ c_{jj} = 0,\ \lambda > 0, \quad \text{sharp}; \qquad A = "
        r"\tfrac{1}{K - 1} (\mathbf 1 - \mathbf e_1) \mathbf e_1^{\top},\ B = \tfrac{e}{K - 1} (\mathbf 1 "
        r"\mathbf 1^{\top} - I),\ \tfrac{1}{\sqrt{K - 1}} < e < 1 : \quad \|A\|_2 = \tfrac{1}{\sqrt{K - "
        r"1}} < e = \|B\|_2,\quad \max_j e_j(A) = 1 > e = \max_j e_j(B)",
    ),
    formula=state("s <= sqrt(n)*sqrt(q)", given="s**2/n <= q"),
    steps=(
        "tangent: entry by entry of the column",
        "2*a*m <= a**2 + m**2",
        "summed_tangents: summed over n = K - 1 entries at their mean, m = s/n",
        "2*s*(s/n) - n*(s/n)**2 == s**2/n",
        "column_by_its_squares: the sum of squares is at most the squared norm",
        FORMULA,
        "sharp: equality for one column of n equal entries 1/n",
        "n*(1/n) == sqrt(n)*sqrt(n*(1/n)**2)",
        "lost_class_has_a_small_norm: a class lost altogether, spread evenly, weighs less than an even "
        "error e > 1/sqrt(K - 1)",
        "sqrt(n*(1/n)**2) < 1/sqrt(n) + f",
        "hundred_and_one_classes: 101 classes: norms 1/10 and 11/100, worst errors 1 and 11/100",
        ("sqrt(100*(1/100)**2) < 11/100", "100*(1/100) > 100*(11/100/100)"),
        "constant_for_a_thousand: 1000 classes",
        "sqrt(999) > 316/10",
    ),
    argument="The length of column j of C Lambda is that of the image of a unit vector, so at most the "
    "norm; its diagonal entry is 0, hence K - 1 entries. One column alone: the norm is its length. The "
    "norm of the even confusion is e by `confusion_norms.balanced_error`: what the penalty bounds with "
    "constant one is the mean of the classes' errors.",
    mutants=(
        "the constant is one",
        "x + y <= sqrt(x**2 + y**2)",
        "the constant is sqrt(K - 3/2), at K = 3",
        "x + y <= sqrt(3/2)*sqrt(x**2 + y**2)",
        "an even error always has the smaller norm",
        "sqrt(n*(1/n)**2) >= e",
    ),
    rests_on=("confusion_norms.balanced_error",),
)

FREQUENCY_WEIGHTS = statement(
    name="confusion_norms.frequency_weights",
    title="Weights (pi_y + r)^(-1/2) differ by at most sqrt(1 + pi_max/r), whatever the imbalance factor",
    source="weights: Zhu et al. (CVPR 2026), r = 1/5; derived here",
    functions=("frequency_weights",),
    corrects="Weights of smoothed frequencies are said to amplify rare classes: at the published "
    "smoothing the largest is at most 1.11 times the smallest on CIFAR-100-LT and 1.03 times on "
    "ImageNet-LT.",
    where={
        "a: [0, 1]": "relative frequency of a class",
        "b: [0, 1]": "of a rarer one",
        "M: [0, 1]": "that of the most frequent",
        "r: positive": "smoothing",
        "x, y: nonnegative": "errors of two classes",
        "f, g: positive": "their weights",
        "s: [1, oo)": "by how much weights can differ",
    },
    theorem=(
        "for every K, relative frequencies 0 <= pi_y <= M <= 1 and r > 0, lambda_y = (pi_y + r)^(-1/2): "
        "max_y lambda_y/min_y lambda_y <= sqrt(1 + M/r), approached as the rarest class's frequency tends "
        "to 0 beside one of M; so at most sqrt(1 + 1/r); and e_y > s e_z with s = sqrt(1 + M/r) gives "
        "lambda_y e_y > "
        "lambda_z e_z",
        r"\lambda_y = (\pi_y + r)^{-1/2},\ 0 \le \pi_y \le M \le 1,\ r > 0 : \quad \frac{\max_y "
        r"\lambda_y}{\min_y \lambda_y} \le \sqrt{1 + \frac Mr} \le \sqrt{1 + \frac1r}; \qquad e_y > "
        r"\sqrt{1 + \tfrac Mr}\; e_z \implies \lambda_y e_y > \lambda_z e_z",
    ),
    formula=state("sqrt((a + r)/(b + r)) <= sqrt(1 + M/r)", given="a <= M"),
    steps=(
        "weights_ratio: the ratio of two weights",
        "(b + r)**(-1/2)/(a + r)**(-1/2) == sqrt((a + r)/(b + r))",
        "spread: is bounded by the most frequent class alone",
        FORMULA,
        "approached: and the bound is what is left where the rarer class vanishes",
        "sqrt((M + r)/(0 + r)) == sqrt(1 + M/r)",
        "order_of_weighted_errors: errors that differ by more than the spread keep their order",
        state("x*f > y*g", given=["x > s*y", "g <= s*f"]),
        "cifar_10: CIFAR-10-LT, 5000 of 12406 images in the largest class, imbalance factor 100",
        "sqrt(1 + (5000/12406)/(1/5)) < 174/100",
        "cifar_100: CIFAR-100-LT, 500 of 10847, imbalance factor 100",
        "sqrt(1 + (500/10847)/(1/5)) < 111/100",
        "imagenet: ImageNet-LT, 1280 of 115846, imbalance factor 256",
        "sqrt(1 + (1280/115846)/(1/5)) < 103/100",
        "counts_instead: counts under the same root would spread by more than 9, had they been meant",
        "sqrt((500 + 1/5)/(5 + 1/5)) > 9",
    ),
    argument="The weights are decreasing in the frequency. The script takes frequencies, as the paper "
    "does, and divides the weights by their mean, which leaves ratios alone.",
    mutants=(
        "the weights spread as the root of the imbalance factor",
        state("sqrt((a + r)/(b + r)) == sqrt(a/b)", b="(0, 1]"),
        "by sqrt(M/r), without the one",
        state("sqrt((a + r)/(b + r)) <= sqrt(M/r)", given="a <= M"),
        "the weighted order of errors is always the plain one",
        state("x*f > y*g", given="x > y"),
    ),
    rests_on=("confusion_norms.worst_class",),
)

STATEMENTS = (BALANCED_ERROR, WORST_CLASS, FREQUENCY_WEIGHTS)

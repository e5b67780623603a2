"""Focal-SAM: which classes its focal weights favour, by how much, and what one shared displacement sees.

Li et al., "Focal-SAM: Focal Sharpness-Aware Minimization for Long-Tailed Classification" (ICML 2025): to the
loss ``L = sum_y L_y``, L_y being class y's part of the mean, they add ``lambda (max_{|eps| <= rho}
L^g(theta + eps) - L^g(theta))`` with ``L^g = sum_y (1 - pi_y)^g L_y``, and climb by ``rho grad L^g/|grad
L^g|``. Read in a public summary and the official script (scongl/Focal-SAM). The theorem of their bound could
not be read.
Checked by: derivatives, intervals, a limit, exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_real, broadcasting

__all__ = ["focal_class_weights"]


@broadcasting
def focal_class_weights(class_prior: ArrayLike, gamma: ArrayLike) -> NDArray[np.float64]:
    """Focal-SAM's weight of an example's part in the ascent, ``(1 - pi_y)^gamma``.

    ``class_prior`` in [0, 1] and ``gamma`` >= 0 broadcast. A class's mean loss weighs ``pi_y`` times as much.
    """
    share = as_real("class_prior", class_prior, low=0, high=1)
    return (1 - share) ** as_real("gamma", gamma, low=0)


# ------------------------------------------------------------------------------------ statements


CLASS_ORDER = statement(
    name="focal_sharpness.class_order",
    title="Focal-SAM's weight of a class's sharpness, pi (1 - pi)^gamma, grows with its frequency up to "
    "1/(1 + gamma)",
    source="weights: Li et al. (ICML 2025), official script; derived here",
    functions=("focal_class_weights",),
    corrects="Focal weights are said to shift the penalty to rare classes: of an example they do; of a "
    "class, at the published exponents, the order is that of frequencies on CIFAR-100-LT and ImageNet-LT, "
    "and on CIFAR-10-LT the largest class still weighs twenty times the smallest.",
    where={
        "p, q: (0, 1)": "frequencies of two classes (in two classes, of the rarer)",
        "g: positive": "gamma",
    },
    theorem=(
        "for all gamma > 0 the weight w(pi) = pi (1 - pi)^gamma of a class's mean loss in L^gamma has "
        "w'(pi) = (1 - pi)^(gamma - 1) (1 - (1 + gamma) pi), so it increases on (0, 1/(1 + gamma)): for "
        "every K, if all pi_y <= 1/(1 + gamma), the more frequent of two classes has the larger weight. K "
        "= 2, unequal frequencies: the rarer class has the larger weight iff gamma > 1",
        r"w(\pi) = \pi (1 - \pi)^\gamma,\ \gamma > 0 : \quad w'(\pi) = (1 - \pi)^{\gamma - 1} \left( 1 - "
        r"(1 + \gamma) \pi \right); \qquad \pi_z < \pi_y \le \tfrac{1}{1 + \gamma} \implies w(\pi_z) < "
        r"w(\pi_y); \qquad K = 2,\ \pi < \tfrac12 : \ w(\pi) > w(1 - \pi) \iff \gamma > 1",
    ),
    formula=state_derivative("p*(1 - p)**g", "p", "(1 - p)**(g - 1)*(1 - (1 + g)*p)"),
    steps=(
        "part_of_a_class: a class of share p whose examples weigh (1 - p)^g: derivative in the share",
        FORMULA,
        "increasing_below: positive below 1/(1 + gamma)",
        state("(1 - p)**(g - 1)*(1 - (1 + g)*p) > 0", given="(1 + g)*p < 1"),
        "decreasing_above: negative above it",
        state("(1 - p)**(g - 1)*(1 - (1 + g)*p) < 0", given="(1 + g)*p > 1"),
        "two_classes_above_one: two classes, gamma > 1: the rarer one's weight is larger",
        state("p*(1 - p)**g > (1 - p)*p**g", p="(0, 1/2)", g="(1, oo)"),
        "two_classes_below_one: gamma < 1: it is smaller",
        state("p*(1 - p)**g < (1 - p)*p**g", p="(0, 1/2)", g="(0, 1)"),
        "two_classes_at_one: gamma = 1: they are equal",
        "p*(1 - p) == (1 - p)*p",
        "cifar_100: CIFAR-100-LT, 500 of 10847 images in the largest class, gamma = 3.2: all classes are "
        "below",
        "500/10847 < 1/(1 + 16/5)",
        "cifar_10: CIFAR-10-LT, gamma = 3: the largest, 5000 of 12406, still weighs twenty times the "
        "smallest, 50",
        "5000/12406*(1 - 5000/12406)**3 > 20*(50/12406*(1 - 50/12406)**3)",
        "cifar_10_is_not_in_order: and less than the second, 2997, which is below 1/(1 + gamma)",
        "5000/12406*(1 - 5000/12406)**3 < 2997/12406*(1 - 2997/12406)**3",
        "imagenet: ImageNet-LT, 1280 of 115846, gamma = .8",
        "1280/115846 < 1/(1 + 4/5)",
    ),
    argument="L_y is the class's part of the mean over the batch, pi_y times the mean over its examples; the "
    "sharpness of L^gamma is that of sum_y w(pi_y) times the class means.",
    mutants=(
        "the rarer class always has the larger weight",
        state("p*(1 - p)**g > q*(1 - q)**g", given="p < q"),
        "the weight increases up to 1/gamma",
        state("(1 - p)**(g - 1)*(1 - (1 + g)*p) > 0", given="g*p < 1"),
        "the derivative of an example's weight alone",
        state_derivative("p*(1 - p)**g", "p", "-g*(1 - p)**(g - 1)"),
    ),
)

WEIGHT_SPREAD = statement(
    name="focal_sharpness.weight_spread",
    title="Focal-SAM's weights of examples differ by at most exp(gamma pi_max/(1 - pi_max)): 1 % on "
    "ImageNet-LT",
    source="weights: Li et al. (ICML 2025), official script; derived here",
    functions=("focal_class_weights",),
    where={
        "h: (0, 1)": "frequency of the most frequent class",
        "t: (0, 1)": "frequency of another class",
        "g: positive": "gamma",
        "c: positive": "a common factor of all weights",
        "r: positive": "radius rho",
        "x: nonzero": "an entry of the ascent's gradient",
        "y: nonnegative": "sum of the squares of the others",
    },
    theorem=(
        "for every K, gamma > 0 and pi_y <= pi_max < 1: the weights (1 - pi_y)^gamma differ by a factor "
        "of at most exp(gamma (pi_max - pi_min)/(1 - pi_max)); and where grad L^gamma is not 0 the "
        "displacement rho grad L^gamma/|grad L^gamma| does not change when all weights are multiplied by "
        "one factor, so it sees "
        "their ratios alone",
        r"\frac{\max_y (1 - \pi_y)^\gamma}{\min_y (1 - \pi_y)^\gamma} \le \exp\left( \gamma\, "
        r"\frac{\pi_{\max} - \pi_{\min}}{1 - \pi_{\max}} \right) \qquad \forall K,\ \gamma > 0; \qquad "
        r"\frac{\rho\, \nabla (c L^\gamma)}{\|\nabla (c L^\gamma)\|} = \frac{\rho\, \nabla "
        r"L^\gamma}{\|\nabla L^\gamma\|} \quad \forall c > 0",
    ),
    formula=state("((1 - t)/(1 - h))**g <= exp(g*(h - t)/(1 - h))", given="t <= h"),
    steps=(
        "spread: of the most frequent class and another",
        FORMULA,
        "factor_cancels: the ascent's length is fixed, entry by entry",
        "r*(c*x)/sqrt((c*x)**2 + c**2*y) == r*x/sqrt(x**2 + y)",
        "cifar_100: CIFAR-100-LT, counts 500 and 5 of 10847, gamma = 3.2",
        "((1 - 5/10847)/(1 - 500/10847))**(16/5) < 117/100",
        "imagenet: ImageNet-LT, 1280 and 5 of 115846, gamma = .8",
        "((1 - 5/115846)/(1 - 1280/115846))**(4/5) < 101/100",
        "doubling: to weigh the rarest twice on ImageNet-LT takes gamma above 60",
        "((1 - 5/115846)/(1 - 1280/115846))**60 < 2",
    ),
    argument="log(1 + x) <= x at x = (h - t)/(1 - h). With class means of equal gradients the ascent is "
    "that of the plain loss; with others it differs from it by what the ratios differ from one.",
    mutants=(
        "the factor grows with the imbalance factor: it is (h/t)^gamma",
        state("((1 - t)/(1 - h))**g >= (h/t)**g", given="t <= h"),
        "without the 1 - h",
        state("((1 - t)/(1 - h))**g <= exp(g*(h - t))", given="t <= h"),
        "a common factor lengthens the ascent",
        "r*(c*x)/sqrt((c*x)**2 + c**2*y) == c*r*x/sqrt(x**2 + y)",
    ),
    rests_on=("focal_sharpness.class_order",),
)

SHARED_DISPLACEMENT = statement(
    name="focal_sharpness.shared_displacement",
    title="One displacement for all classes sees at most their weighted sharpness, and can see almost "
    "nothing of it",
    source="objective: Li et al. (ICML 2025); derived here",
    corrects="Weights on one shared displacement are said to control each class's sharpness: classes that "
    "pull in opposite directions can be sharp while their weighted sum is flat.",
    where={
        "w, v: positive": "weights of two classes",
        "x, y: real": "by how much one displacement raises their losses",
        "X, Y: real": "the most that each can be raised",
        "r: positive": "radius rho",
        "z: real": "the bias that two classes share",
    },
    theorem=(
        "for every K, continuous losses L_y, weights w_y > 0 and rho > 0: max_{|eps| <= rho} sum_y w_y "
        "(L_y(theta + "
        "eps) - L_y(theta)) <= sum_y w_y max_{|eps| <= rho} (L_y(theta + eps) - L_y(theta)). Two equally "
        "frequent classes with losses log(1 + exp(-z)) and log(1 + exp(z)) of a bias z, at z = 0: the "
        "gradient of their sum is 0, the left side over the sum of the weights is at most rho^2/8, the "
        "right side over it at least rho/2, and their ratio tends to 0 with rho",
        r"\max_{\|\varepsilon\| \le \rho} \sum_y w_y \left[ L_y(\theta + \varepsilon) - L_y(\theta) "
        r"\right] \le \sum_y w_y \max_{\|\varepsilon\| \le \rho} \left[ L_y(\theta + \varepsilon) - "
        r"L_y(\theta) \right]; \qquad L_{\pm}(z) = \log\left( 1 + e^{\mp z} \right),\ z = 0 : \quad "
        r"\tfrac12 \left[ L_+(\rho) + L_-(\rho) \right] - \log 2 \le \tfrac{\rho^2}{8}, \quad "
        r"\max_{|\varepsilon| \le \rho} L_{\pm} (\varepsilon) - \log 2 \ge \tfrac{\rho}{2}",
    ),
    formula="(log(1 + exp(r)) + log(1 + exp(-r)))/2 - log(2) <= r**2/8",
    steps=(
        "each_on_its_own: what one displacement does to a class is at most what its own would do",
        state("w*x + v*y <= w*X + v*Y", given=["x <= X", "y <= Y"]),
        "opposite_slopes_cancel: two classes of one bias, equally frequent: at z = 0 the slopes cancel",
        "1/(1 + exp(-0)) - 1/(1 + exp(0)) == 0",
        "slope_of_the_sum: and the slope of the sum is that of twice the mean elsewhere",
        state_derivative(
            "log(1 + exp(z)) + log(1 + exp(-z))", "z", "1/(1 + exp(-z)) - 1/(1 + exp(z))"
        ),
        "seen_together: what the shared displacement sees",
        FORMULA,
        "seen_alone: what each class's own sees",
        "log(1 + exp(r)) - log(2) >= r/2",
        "ratio_vanishes: their ratio",
        state_limit(
            "((log(1 + exp(r)) + log(1 + exp(-r)))/2 - log(2))/(log(1 + exp(r)) - log(2))",
            "0",
            "r",
            "low",
        ),
    ),
    argument="A maximum of a sum is at most the sum of maxima. The witness is a bias between two equally "
    "frequent classes at the minimum of their mean loss, where training takes it; there the ascent "
    "direction is 0/0. Class-wise displacements (CC-SAM) see it, at one gradient more for each class.",
    mutants=(
        "the shared displacement sees half of it at least",
        "((log(1 + exp(r)) + log(1 + exp(-r)))/2 - log(2)) >= (log(1 + exp(r)) - log(2))/2",
        "r^2/9 bounds what it sees",
        "(log(1 + exp(r)) + log(1 + exp(-r)))/2 - log(2) <= r**2/9",
        "the ratio tends to one half",
        state_limit(
            "((log(1 + exp(r)) + log(1 + exp(-r)))/2 - log(2))/(log(1 + exp(r)) - log(2))",
            "1/2",
            "r",
            "low",
        ),
    ),
    rests_on=("focal_sharpness.weight_spread",),
)

STATEMENTS = (CLASS_ORDER, WEIGHT_SPREAD, SHARED_DISPLACEMENT)

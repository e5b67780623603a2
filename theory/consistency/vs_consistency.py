"""Consistency of the VS loss: exponents of weights and offsets that fit, multipliers that never do.

Claimed of the ADRW scheme by Wang et al. (NeurIPS 2023), with a side condition supplied here; the loss is
Kini et al.'s (NeurIPS 2021). Checked by: identities for a pair of classes, exact witnesses, the exponents
of the official script.
"""

from ..claims.stating import FORMULA, state, state_computed, statement

__all__ = []


TWO_EXPONENTS = statement(
    name="vs_consistency.two_exponents",
    title="Weights pi^(-nu) with offsets tau log pi (TLA + ADRW) are consistent iff nu + tau = 1",
    source="loss of Wang et al. (NeurIPS 2023); the condition is derived here",
    ids=("VS11b",),
    corrects="Adding ADRW's weights to the logit adjustment is taken to keep its Fisher consistency: it "
    "does so only with nu + tau = 1, as in one of the eight published settings.",
    where={
        "nu: real": "exponent of the weights",
        "tau: real": "exponent of the offsets",
        "s: nonzero": "1 - nu - tau",
        "t: real": "a free exponent of the mutants",
        "h1: positive": "posterior eta of class 1",
        "h2: positive": "posterior of class 2",
        "p1: positive": "prior pi of class 1",
        "p2: positive": "prior of class 2",
    },
    theorem=(
        "K >= 2, priors pi_y > 0 not all equal, loss pi_y^(-nu) log(1 + sum_(j != y) (pi_j/pi_y)^tau "
        "exp(u_j - u_y)): for all eta_y > 0 its population logits are u*_y = log(eta_y) - (nu + tau) "
        "log(pi_y) + c, and argmax_y u*_y is contained in argmax_y eta_y/pi_y for all such eta iff nu + "
        "tau = 1",
        r"\pi_y > 0 \text{ not all equal},\; \ell_y(u) = \pi_y^{-\nu} \log\left( 1 + \sum_{j \ne y} \left( "
        r"\frac{\pi_j}{\pi_y} \right)^{\tau} e^{u_j - u_y} \right) : \quad u^*(\eta) \in "
        r"\operatorname{argmin}_u \sum_y \eta_y \ell_y(u) \iff u^*_y(\eta) = \log \eta_y - (\nu + \tau) "
        r"\log \pi_y + c, \qquad \left( \operatorname{argmax}_y u^*_y(\eta) \subseteq "
        r"\operatorname{argmax}_y \frac{\eta_y}{\pi_y} \quad \forall \eta > 0 \right) \iff \nu + \tau = 1",
    ),
    formula="log(p1**(-nu)*h1) - tau*log(p1) - (log(p2**(-nu)*h2) - tau*log(p2)) == log((h1/p1)/(h2/p2)) "
    "+ (1 - nu - tau)*log(p1/p2)",
    steps=(
        "logit_difference: population logits differ by the balanced scores' log ratio and (1 - nu - tau) "
        "log(pi_1/pi_2)",
        "log(h1) - nu*log(p1) - tau*log(p1) - (log(h2) - nu*log(p2) - tau*log(p2)) == log(h1/p1) - "
        "log(h2/p2) + (1 - nu - tau)*log(p1/p2)",
        "excess_term_not_zero: unless nu + tau = 1 that last term is not 0 for two different priors",
        state("s*log(p1/p2) != 0", given="p1 > p2"),
        "too_much_correction: too much, nu + tau = 1.15, pi = (.9, .1), eta = (.91, .09): Bayes predicts "
        "1, the loss 2",
        ("(91/100)/(9/10) > (9/100)/(1/10)", "(91/100)/(9/10)**(23/20) < (9/100)/(1/10)**(23/20)"),
        "too_little_correction: too little, nu + tau = 1/2, eta = (.85, .15): Bayes predicts 2, the loss 1",
        ("(85/100)/(9/10) < (15/100)/(1/10)", "(85/100)/(9/10)**(1/2) > (15/100)/(1/10)**(1/2)"),
        "published_settings: of the eight ADRW settings of the official script, one has nu + tau = 1",
        state_computed(
            "consistency:exponent_settings",
            settings=[
                [25, 75],
                [10, 75],
                [10, 100],
                [5, 100],
                [15, 100],
                [10, 100],
                [10, 100],
                [10, 100],
            ],
            expected=1,
        ),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The tilt of the family is alpha pi exp(-Delta) = pi^(1 - nu - tau): constant over classes of "
    "different priors iff nu + tau = 1.",
    mutants=(
        "nu = tau is what matters",
        "log(h1) - 2*t*log(p1) - (log(h2) - 2*t*log(p2)) == log(h1/p1) - log(h2/p2)",
        "nu - tau = 1 is what matters",
        "log(h1) - (1 + 2*t)*log(p1) - (log(h2) - (1 + 2*t)*log(p2)) == log(h1/p1) - log(h2/p2)",
        "all eight settings of the official script are consistent",
        state_computed(
            "consistency:exponent_settings",
            settings=[
                [25, 75],
                [10, 75],
                [10, 100],
                [5, 100],
                [15, 100],
                [10, 100],
                [10, 100],
                [10, 100],
            ],
            expected=8,
        ),
    ),
    rests_on=("offset_family.consistent_iff",),
)

MULTIPLIERS = statement(
    name="vs_consistency.multipliers",
    title="A VS loss with unequal multipliers has no consistent choice of weights and offsets",
    source="loss: Kini et al. (NeurIPS 2021); derived here",
    ids=("VS11d",),
    corrects="No tuning makes a softmax VS loss with unequal multipliers consistent: its population "
    "minimisers do not determine the prediction.",
    where={
        "b: positive": "multiplier beta of a class",
        "u: real": "its logit",
        "z: real": "its adjusted logit, b u + d",
        "b1, b2: positive": "multiplier beta of classes 1, 2",
        "u1, u2: real": "logit of classes 1, 2",
        "c: real": "how far along 1/beta the logits are moved",
        "d: real": "its offset",
        "S: positive": "sum of the exponentials of the adjusted logits",
    },
    theorem=(
        "K >= 2, beta_y > 0 not all equal, loss alpha_y log sum_j exp(beta_j u_j + iota_j - beta_y u_y - "
        "iota_y): for every alpha_y > 0, real iota_y and posterior with all eta_y > 0 the minimisers of "
        "the conditional risk are the line {u* + c (1/beta_1, ..., 1/beta_K) : c real}, and two of them "
        "have disjoint argmax: for large c within argmin_y beta_y, for large -c within argmax_y beta_y; so "
        "no alpha, iota make it consistent",
        r"\beta_y > 0 \text{ not all equal},\; \ell_y(u) = \alpha_y \log \sum_{j} e^{(\beta_j u_j + "
        r"\iota_j) - (\beta_y u_y + \iota_y)} : \quad \forall \alpha > 0,\; \iota \in \mathbb R^K,\; \eta "
        r"> 0 : \quad \operatorname{argmin}_u \sum_y \eta_y \ell_y(u) = \left\{ u^* + c \left( "
        r"\tfrac{1}{\beta_1}, \dots, \tfrac{1}{\beta_K} \right) : c \in \mathbb R \right\}, \qquad "
        r"\operatorname{argmax}_y \left[ u^*_y + \tfrac{c}{\beta_y} \right] \subseteq \begin{cases} "
        r"\operatorname{argmin}_y \beta_y & c \text{ large} \\ \operatorname{argmax}_y \beta_y & -c \text{ "
        r"large} \end{cases}",
    ),
    formula="b*(u + c/b) == b*u + c",
    steps=(
        "shift_along_inverse_multipliers: the loss does not see a shift of the logits along 1/beta: each "
        "adjusted logit moves by c",
        "b*(u + c/b) + d == b*u + d + c",
        "softmax_ignores_common_shift: and a common shift of the adjusted logits leaves the softmax alone "
        "(S: the sum)",
        "exp(z + c)/(S*exp(c)) == exp(z)/S",
        "smaller_multiplier_wins_far_out: far along 1/beta the class of smaller multiplier wins ...",
        state("u1 + c/b1 > u2 + c/b2", given=["b1 < b2", "c*(b2 - b1) > (u2 - u1)*b1*b2"]),
        "larger_multiplier_wins_far_back: ... and far against it the class of larger multiplier",
        state("u1 + c/b1 < u2 + c/b2", given=["b1 < b2", "c*(b2 - b1) < (u2 - u1)*b1*b2"]),
        "two_class_example: example: beta = (1, 1/2), u = (.2, .1) and u + 1/beta = (1.2, 2.1) have equal "
        "losses, and different predictions",
        ("1*(1/5) - (1/2)*(1/10) == 1*(6/5) - (1/2)*(21/10)", "1/5 > 1/10", "6/5 < 21/10"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The minimisers of the conditional risk are a whole line u* + c/beta. Its two ends predict "
    "different classes, whatever the posterior, the weights and the offsets: which of the two a "
    "network predicts is decided by regularisation or by the optimiser, not by the loss. Setting "
    "the multipliers to one at the end of training removes this freedom.",
    mutants=(
        "the flat direction is the all-ones vector",
        "b1*(u1 + c) - b2*(u2 + c) == b1*u1 - b2*u2",
        "the class of larger multiplier wins far along 1/beta",
        state("u1 + c/b1 < u2 + c/b2", given=["b1 < b2", "c*(b2 - b1) > (u2 - u1)*b1*b2"]),
        "a shift along 1/beta never changes the prediction",
        state("u1 + c/b1 > u2 + c/b2", given=["u1 > u2"]),
    ),
)

STATEMENTS = (TWO_EXPONENTS, MULTIPLIERS)

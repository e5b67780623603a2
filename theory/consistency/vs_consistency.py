"""Consistency of the VS loss: exponents of weights and offsets that fit, multipliers that never do.

Claimed of the ADRW scheme by Wang et al. (NeurIPS 2023), with a side condition supplied here; the loss is
Kini et al.'s (NeurIPS 2021). Checked by: identities for a pair of classes, exact witnesses, the exponents
of the official script.
"""

from ..claims.statement import Statement, mutants, state, state_computed, steps

__all__ = []

_TWO_EXPONENTS = {f"{letter}{k}": "positive" for letter in "hp" for k in (1, 2)}
_OFFICIAL_SETTINGS = [
    *([25, 75], [10, 75], [10, 100], [5, 100]),
    *([15, 100], [10, 100], [10, 100], [10, 100]),
]

TWO_EXPONENTS = Statement(
    name="vs_consistency.two_exponents",
    title="Weights pi^(-nu) with offsets tau log pi (TLA + ADRW) are consistent iff nu + tau = 1",
    source="loss of Wang et al. (NeurIPS 2023); the condition is derived here",
    formula=state(
        "log(p1**(-nu)*h1) - tau*log(p1) - (log(p2**(-nu)*h2) - tau*log(p2))"
        " == log((h1/p1)/(h2/p2)) + (1 - nu - tau)*log(p1/p2)",
        nu="real",
        tau="real",
        **_TWO_EXPONENTS,
    ),
    steps=steps(
        (
            "population logits differ by the balanced scores' log ratio and (1 - nu - tau) log(pi_1/pi_2)",
            state(
                "log(h1) - nu*log(p1) - tau*log(p1) - (log(h2) - nu*log(p2) - tau*log(p2))"
                " == log(h1/p1) - log(h2/p2) + (1 - nu - tau)*log(p1/p2)",
                nu="real",
                tau="real",
                **_TWO_EXPONENTS,
            ),
        ),
        (
            "unless nu + tau = 1 that last term is not 0 for two different priors",
            state(
                "s*log(p1/p2) != 0",
                given="p1 > p2",
                s="nonzero",
                p1="positive",
                p2="positive",
            ),
        ),
        (
            "too much, nu + tau = 1.15, pi = (.9, .1), eta = (.91, .09): Bayes predicts 1, the loss 2",
            state(
                "(91/100)/(9/10) > (9/100)/(1/10)",
                "(91/100)/(9/10)**(23/20) < (9/100)/(1/10)**(23/20)",
            ),
        ),
        (
            "too little, nu + tau = 1/2, eta = (.85, .15): Bayes predicts 2, the loss 1",
            state(
                "(85/100)/(9/10) < (15/100)/(1/10)",
                "(85/100)/(9/10)**(1/2) > (15/100)/(1/10)**(1/2)",
            ),
        ),
        (
            "of the eight ADRW settings of the official script, one has nu + tau = 1",
            state_computed(
                "consistency:exponent_settings",
                settings=_OFFICIAL_SETTINGS,
                expected=1,
            ),
        ),
    ),
    argument="The tilt of the family is alpha pi exp(-Delta) = pi^(1 - nu - tau): constant over classes "
    "of different priors iff nu + tau = 1.",
    mutants=mutants(
        (
            "nu = tau is what matters",
            state(
                "log(h1) - 2*t*log(p1) - (log(h2) - 2*t*log(p2)) == log(h1/p1) - log(h2/p2)",
                t="real",
                **_TWO_EXPONENTS,
            ),
        ),
        (
            "nu - tau = 1 is what matters",
            state(
                "log(h1) - (1 + 2*t)*log(p1) - (log(h2) - (1 + 2*t)*log(p2))"
                " == log(h1/p1) - log(h2/p2)",
                t="real",
                **_TWO_EXPONENTS,
            ),
        ),
        (
            "all eight settings of the official script are consistent",
            state_computed(
                "consistency:exponent_settings",
                settings=_OFFICIAL_SETTINGS,
                expected=8,
            ),
        ),
    ),
    symbols={
        "h1": "posterior eta of class 1",
        "p1": "prior pi of class 1",
        "nu": "exponent of the weights",
        "tau": "exponent of the offsets",
        "s": "1 - nu - tau",
    },
    rests_on=("offset_family.consistent_iff",),
    ids=("VS11b",),
    corrects="Adding ADRW's weights to the logit adjustment is taken to keep its Fisher consistency: it "
    "does so only with nu + tau = 1, as in one of the eight published settings.",
)

MULTIPLIERS = Statement(
    name="vs_consistency.multipliers",
    title="A VS loss with unequal multipliers has no consistent choice of weights and offsets",
    source="loss: Kini et al. (NeurIPS 2021); derived here",
    formula=state("b*(u + c/b) == b*u + c", b="positive", u="real", c="real"),
    steps=steps(
        (
            "the loss does not see a shift of the logits along 1/beta: each adjusted logit moves by c",
            state("b*(u + c/b) + d == b*u + d + c", b="positive", u="real", c="real", d="real"),
        ),
        (
            "and a common shift of the adjusted logits leaves the softmax alone (S: the sum)",
            state("exp(z + c)/(S*exp(c)) == exp(z)/S", z="real", c="real", S="positive"),
        ),
        (
            "far along 1/beta the class of smaller multiplier wins ...",
            state(
                "u1 + c/b1 > u2 + c/b2",
                given=["b1 < b2", "c*(b2 - b1) > (u2 - u1)*b1*b2"],
                b1="positive",
                b2="positive",
                u1="real",
                u2="real",
                c="real",
            ),
        ),
        (
            "... and far against it the class of larger multiplier",
            state(
                "u1 + c/b1 < u2 + c/b2",
                given=["b1 < b2", "c*(b2 - b1) < (u2 - u1)*b1*b2"],
                b1="positive",
                b2="positive",
                u1="real",
                u2="real",
                c="real",
            ),
        ),
        (
            "example: beta = (1, 1/2), u = (.2, .1) and u + 1/beta = (1.2, 2.1) have equal losses, "
            "and different predictions",
            state(
                "1*(1/5) - (1/2)*(1/10) == 1*(6/5) - (1/2)*(21/10)",
                "1/5 > 1/10",
                "6/5 < 21/10",
            ),
        ),
    ),
    argument="The minimisers of the conditional risk are a whole line u* + c/beta. Its two ends predict "
    "different classes, whatever the posterior, the weights and the offsets: which of the two a network "
    "predicts is decided by regularisation or by the optimiser, not by the loss. Setting the multipliers "
    "to one at the end of training removes this freedom.",
    mutants=mutants(
        (
            "the flat direction is the all-ones vector",
            state(
                "b1*(u1 + c) - b2*(u2 + c) == b1*u1 - b2*u2",
                b1="positive",
                b2="positive",
                u1="real",
                u2="real",
                c="real",
            ),
        ),
        (
            "the class of larger multiplier wins far along 1/beta",
            state(
                "u1 + c/b1 < u2 + c/b2",
                given=["b1 < b2", "c*(b2 - b1) > (u2 - u1)*b1*b2"],
                b1="positive",
                b2="positive",
                u1="real",
                u2="real",
                c="real",
            ),
        ),
        (
            "a shift along 1/beta never changes the prediction",
            state(
                "u1 + c/b1 > u2 + c/b2",
                given=["u1 > u2"],
                b1="positive",
                b2="positive",
                u1="real",
                u2="real",
                c="real",
            ),
        ),
    ),
    symbols={
        "b": "multiplier beta of a class",
        "u": "its logit",
        "d": "its offset",
        "z": "its adjusted logit, b u + d",
        "c": "how far along 1/beta the logits are moved",
    },
    ids=("VS11d",),
    corrects="No tuning makes a softmax VS loss with unequal multipliers consistent: its population "
    "minimisers do not determine the prediction.",
)

STATEMENTS = (TWO_EXPONENTS, MULTIPLIERS)

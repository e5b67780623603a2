"""The CVS loss: vector scaling by class factors that are fitted again, epoch after epoch.

Wang et al., "A Unified Perspective for Loss-Oriented Imbalanced Learning via Localization" (TPAMI 48(1),
2026, the journal version of their NeurIPS 2023 paper). The loss and the fit are those of their official
script (wang22ti/DDC); the paper's own theorem on consistency could not be read, and nothing here is said
of it. First stage: ``-log softmax_y(u pi^gamma/kappa)``; second: ``-pi_y^(-nu) log softmax_y(u + tau
log(pi/kappa))``. After each epoch kappa is fitted anew to the plain logits of training examples, so that
``softmax(kappa u)`` in the first stage, ``kappa softmax(u)`` in the second have the least calibration error.
Checked by: identities, signs, exact witnesses.
"""

from ..claims.stating import FORMULA, state, state_derivative, statement

__all__ = []


SECOND_STAGE = statement(
    name="cvs.second_stage",
    title="The second stage of CVS is consistent iff its factors are powers of the prior: kappa^tau = "
    "pi^(nu + tau - 1)",
    source="loss: Wang et al. (TPAMI 2026), official script; derived here",
    where={
        "nu: real": "exponent of the weights",
        "tau: positive": "strength of the offsets",
        "s: nonzero": "1 - nu - tau",
        "k1, k2: positive": "factor kappa of classes 1, 2",
        "u1, u2: real": "logit of classes 1, 2",
        "h1, h2: positive": "posterior of classes 1, 2",
        "p1, p2: positive": "prior of classes 1, 2",
    },
    theorem=(
        "K >= 2, pi_y, kappa_y > 0, tau > 0, loss pi_y^(-nu) log(1 + sum_(j != y) (pi_j kappa_y/(pi_y "
        "kappa_j))^tau exp(u_j - u_y)): for all eta_y > 0 its population logits are u*_y = log(eta_y) - "
        "(nu + tau) log(pi_y) + tau log(kappa_y) + c, and argmax_y u*_y is contained in argmax_y "
        "eta_y/pi_y for all such eta iff kappa_y^tau = C pi_y^(nu + tau - 1) for all y and one C > 0",
        r"\ell_y(u) = \pi_y^{-\nu} \log\left( 1 + \sum_{j \ne y} \left( "
        r"\frac{\pi_j\,\kappa_y}{\pi_y\,\kappa_j} \right)^{\tau} e^{u_j - u_y} \right),\ \pi, \kappa, "
        r"\tau > 0 : \quad u^*_y(\eta) = \log \eta_y - (\nu + \tau) \log \pi_y + \tau \log \kappa_y + c, "
        r"\qquad \left( \operatorname{argmax}_y u^*_y(\eta) \subseteq \operatorname{argmax}_y "
        r"\frac{\eta_y}{\pi_y} \quad \forall \eta > 0 \right) \iff \exists C > 0 :\ \kappa_y^\tau = C\, "
        r"\pi_y^{\nu + \tau - 1} \quad \forall y",
    ),
    formula="log(p1**(-nu)*h1) - tau*log(p1/k1) - (log(p2**(-nu)*h2) - tau*log(p2/k2)) == "
    "log((h1/p1)/(h2/p2)) + (1 - nu - tau)*log(p1/p2) + tau*log(k1/k2)",
    steps=(
        "pairwise_form: one wrong class's term, with offsets tau log(pi/kappa)",
        "exp(u2 + tau*log(p2/k2) - (u1 + tau*log(p1/k1))) == (p2*k1/(p1*k2))**tau*exp(u2 - u1)",
        "logit_difference: population logits log(alpha eta) - Delta differ by the balanced scores' log ratio "
        "and what prior and factors leave",
        FORMULA,
        "powers_of_the_prior_suffice: nothing is left at kappa = pi^((nu + tau - 1)/tau)",
        "(1 - nu - tau)*log(p1/p2) + tau*log(p1**((nu + tau - 1)/tau)/p2**((nu + tau - 1)/tau)) == 0",
        "one_factor_for_all: one kappa for all classes leaves something unless nu + tau = 1",
        state("s*log(p1/p2) + tau*log(k1/k1) != 0", given="p1 > p2"),
        "unequal_factors_leave_something: and with nu + tau = 1 unequal factors do",
        state("tau*log(k1/k2) != 0", given="k1 > k2"),
        "script_at_equal_factors: the script's nu = .15, tau = .9 at equal factors, pi = (.9, .1), eta = "
        "(.905, .095): Bayes predicts 1, the loss 2",
        (
            "(905/1000)/(9/10) > (95/1000)/(1/10)",
            "(905/1000)/(9/10)**(21/20) < (95/1000)/(1/10)**(21/20)",
        ),
    ),
    argument="CVS's second stage is the family of weights alpha = pi^(-nu) and offsets Delta = tau log(pi/"
    "kappa), consistent iff alpha pi exp(-Delta) = pi^(1 - nu - tau) kappa^tau is the same for all classes.",
    mutants=(
        "exponents that add up to one suffice, whatever the factors",
        state(
            "log(p1**(-nu)*h1) - tau*log(p1/k1) - (log(p2**(-nu)*h2) - tau*log(p2/k2)) == "
            "log((h1/p1)/(h2/p2))",
            given="nu + tau == 1",
        ),
        "the factors enter with the offsets' sign",
        "log(p1**(-nu)*h1) - tau*log(p1/k1) - (log(p2**(-nu)*h2) - tau*log(p2/k2)) == "
        "log((h1/p1)/(h2/p2)) + (1 - nu - tau)*log(p1/p2) - tau*log(k1/k2)",
        "kappa = pi^(nu + tau - 1), without the root",
        "(1 - nu - tau)*log(p1/p2) + tau*log(p1**(nu + tau - 1)/p2**(nu + tau - 1)) == 0",
    ),
    rests_on=("offset_family.consistent_iff", "vs_consistency.two_exponents"),
)

RECALIBRATED = statement(
    name="cvs.recalibrated",
    title="CVS refitted until it is calibrated corrects the power (nu + tau)/(1 + tau) of the prior: it is "
    "consistent iff nu = 1",
    source="loss and fit: Wang et al. (TPAMI 2026), official script; derived here",
    where={
        "nu: real": "exponent of the weights",
        "tau: positive": "strength of the offsets",
        "p: (0, 1)": "prior of a class (p1, p2: of classes 1, 2)",
        "p1, p2: (0, 1)": "prior of classes 1, 2",
        "h: (0, 1)": "posterior of a class (h1, h2: of classes 1, 2)",
        "h1, h2: (0, 1)": "posterior of classes 1, 2",
        "k: positive": "factor kappa of a class",
        "l: real": "log of a class's prior",
        "d: nonzero": "by how much a class's log kappa is off the fixed point",
        "o: positive": "odds of being right at two points, where classes 1 and 2 are predicted",
        "f: positive": "factor of class 1 against class 2",
    },
    theorem=(
        "K >= 2, pi_y > 0 not all equal, tau > 0, u(kappa)_y = log(eta_y) - (nu + tau) log(pi_y) + tau "
        "log(kappa_y): the factors kappa' with kappa'_y softmax_y(u(kappa)) proportional to eta_y for all "
        "eta > 0 are kappa' = C pi^(nu + tau) kappa^(-tau); up to C, kappa' = kappa only at kappa = "
        "pi^((nu + tau)/(1 + tau)); the iteration kappa -> kappa' tends to it from every kappa > 0 iff "
        "tau < 1; and there u_y = log(eta_y) - ((nu + tau)/(1 + tau)) log(pi_y) + c, whose argmax is "
        "contained in argmax_y eta_y/pi_y for all eta > 0 iff nu = 1",
        r"\tau > 0,\ \pi\ \text{not constant}: \quad \kappa' \odot \operatorname{softmax}(u(\kappa)) "
        r"\propto \eta\ \ \forall \eta > 0 \iff \kappa' "
        r"\propto \pi^{\nu + \tau} \kappa^{-\tau}, \quad u(\kappa)_y = \log \eta_y - (\nu + \tau) \log "
        r"\pi_y + \tau \log \kappa_y; \qquad \kappa' \propto \kappa \iff \kappa \propto \pi^{\frac{\nu + "
        r"\tau}{1 + \tau}},\ \text{reached from all } \kappa > 0 \iff \tau < 1; \qquad u_y = \log \eta_y "
        r"- \frac{\nu + \tau}{1 + \tau} \log \pi_y + c,\ \text{ consistent} \iff \nu = 1",
    ),
    formula="log(h1) - (nu + tau)*log(p1) + tau*log(p1**((nu + tau)/(1 + tau))) == log(h1) - (nu + tau)/(1 + "
    "tau)*log(p1)",
    steps=(
        "refit: what a calibrated refit makes of the factors, class by class",
        "h/(h*p**(-(nu + tau))*k**tau) == p**(nu + tau)*k**(-tau)",
        "fixed_point: it leaves one power of the prior alone",
        "p**(nu + tau)*(p**((nu + tau)/(1 + tau)))**(-tau) == p**((nu + tau)/(1 + tau))",
        "deviation: and turns a deviation d in log kappa into - tau d",
        "(nu + tau)*l - tau*((nu + tau)/(1 + tau)*l + d) == (nu + tau)/(1 + tau)*l - tau*d",
        "deviations_die_out: deviations shrink by the factor tau < 1 ...",
        state("Abs(-tau*d) == tau*Abs(d) < Abs(d)", tau="(0, 1)"),
        "or_do_not: ... and do not for tau >= 1",
        state("Abs(-tau*d) >= Abs(d)", tau="[1, oo)"),
        "power_that_is_corrected: at the fixed point",
        FORMULA,
        "short_of_one: that power falls short of 1 by (1 - nu)/(1 + tau)",
        "1 - (nu + tau)/(1 + tau) == (1 - nu)/(1 + tau)",
        "script_exponents: at the script's nu = 3/20, tau = 9/10 it is 21/38",
        "(3/20 + 9/10)/(1 + 9/10) == 21/38",
        "script_witness: there pi = (.9, .1), eta = (.8, .2): Bayes predicts 2, the loss 1",
        ("(8/10)/(9/10) < (2/10)/(1/10)", "(8/10)/(9/10)**(21/38) > (2/10)/(1/10)**(21/38)"),
        "first_refit_at_tau_one: tau = 1, from equal factors: the first refit makes the loss's scores "
        "those of cross-entropy",
        "log(h) - (nu + 1)*log(p) + 1*log(p**(nu + 1)) == log(h)",
        "confidences_of_two_classes: two points, one of each class predicted, with equal odds of being "
        "right: how the sum of the largest scores moves with a factor ...",
        state_derivative("o*f/(1 + o*f) + o/(o + f)", "f", "o/(1 + o*f)**2 - o/(o + f)**2"),
        "largest_scores_hide_it: ... not at all at f = 1, to first order",
        "o/(1 + o*1)**2 - o/(o + 1)**2 == 0",
    ),
    argument="The scores of `cvs.second_stage` are calibrated for the training distribution when each "
    "class's factor is its posterior over its score; the fit's calibration error is then 0. In logs the "
    "refit is affine with slope - tau. Assumed: the loss is minimised between refits, and these factors "
    "are found. The script's fit need not find them: it minimises the error of the largest score alone, "
    "in which a class that is trusted too much and one that is trusted too little can cancel where they "
    "share a bin, stops after 50 steps without a better one, and holds factors in [.1, 10], a ratio of 100 "
    "where 126 can be asked; run on ten Gaussian classes of imbalance factor 100 (two distances, one "
    "seed), it made of the factors a power of at most .04 of the prior where exact calibration asks for "
    "1.05. A refit that asks for scores that match the training labels takes the adjustment, which is "
    "wanted, for miscalibration: the better it works, the more it takes back.",
    mutants=(
        "the fixed point is the prior itself",
        "p**(nu + tau)*p**(-tau) == p",
        "the refit keeps the whole correction",
        "log(h1) - (nu + tau)*log(p1) + tau*log(p1**((nu + tau)/(1 + tau))) == log(h1) - (nu + tau)*log(p1)",
        "exponents that add up to one are what is needed: the power is then 1",
        state("(nu + tau)/(1 + tau) == 1", given="nu + tau == 1"),
        "the refits settle at tau = 1 as well",
        state("Abs(-tau*d) < Abs(d)", tau="(0, 1]"),
    ),
    rests_on=("cvs.second_stage",),
)

FIRST_STAGE = statement(
    name="cvs.first_stage",
    title="The first stage of CVS, refitted until it is calibrated, alternates between two losses and is "
    "consistent in neither",
    source="loss and fit: Wang et al. (TPAMI 2026), official script; derived here",
    where={
        "g: positive": "exponent gamma of the multipliers",
        "p: (0, 1)": "prior of a class",
        "h: (0, 1)": "posterior of a class",
        "k: positive": "factor kappa of a class",
        "b: positive": "multiplier pi^gamma/kappa of a class",
        "c: real": "how far along 1/b the logits are moved",
        "u: real": "logit of a class",
    },
    theorem=(
        "K >= 2, pi_y > 0 not all equal, gamma > 0, loss -log softmax_y(b u) with b = pi^gamma/kappa: "
        "with unequal b its population minimisers are a line that predicts at least two classes; with "
        "equal b they predict argmax_y eta_y, which is argmax_y eta_y/pi_y not for all eta. For each of its "
        "minimisers u = (log(eta) + c)/b the factors kappa' with softmax(kappa' u) = eta for all eta > 0 are "
        "kappa' = b, so refits from kappa give kappa, pi^gamma/kappa, kappa, ...: from kappa = 1, "
        "multipliers pi^gamma and 1 in turn; only kappa = pi^(gamma/2) stays, with multipliers "
        "pi^(gamma/2)",
        r"\ell_y(u) = -\log \operatorname{softmax}_y(b \odot u),\ b = \pi^\gamma / \kappa,\ u^* \in \left\{ "
        r"\frac{\log \eta + c}{b} : c \in \mathbb R \right\} : \quad \operatorname{softmax}(\kappa' \odot "
        r"u^*) = \eta\ \ \forall \eta > "
        r"0 \iff \kappa' = b, \qquad \kappa \to \frac{\pi^\gamma}{\kappa} \to \kappa \to \cdots, \qquad "
        r"\text{fixed} \iff \kappa = \pi^{\gamma/2}; \qquad \pi \text{ not constant},\ \gamma > 0: \text{ "
        r"for "
        r"no } \kappa \text{ is every } u^* \text{ consistent}",
    ),
    formula="p**g/(p**g/k) == k",
    steps=(
        "refit: the factors that calibrate the minimiser are the multipliers",
        "(p**g/k)*(log(h)/(p**g/k)) == log(h)",
        "two_refits: two refits give back the factors",
        FORMULA,
        "from_equal_factors: from equal factors the multipliers after the first refit are equal: "
        "cross-entropy",
        "p**g/(p**g/1) == 1",
        "fixed_factors: what stays",
        "p**g/p**(g/2) == p**(g/2)",
        "line_of_minimisers: unequal multipliers: the loss does not see a move of the logits along 1/b",
        "b*(u + c/b) == b*u + c",
        "equal_multipliers_witness: equal multipliers: pi = (.9, .1), eta = (.8, .2)",
        ("8/10 > 2/10", "(8/10)/(9/10) < (2/10)/(1/10)"),
    ),
    argument="Unequal multipliers: `vs_consistency.multipliers`. Equal ones: cross-entropy, whose scores "
    "are the posterior's. Assumed as in `cvs.recalibrated`. What is added along the line leaves softmax(b "
    "u) = eta, so the refit is the same for all minimisers.",
    mutants=(
        "the refit settles at once",
        "p**g/(p**g/k) == p**g/k",
        "the factors that stay are pi^gamma",
        "p**g/p**g == p**g",
        "the flat direction is the all-ones vector",
        "b*(u + c) == b*u + c",
    ),
    rests_on=("vs_consistency.multipliers", "cvs.recalibrated"),
)

STATEMENTS = (SECOND_STAGE, RECALIBRATED, FIRST_STAGE)

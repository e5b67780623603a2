"""PAC-Bayes bounds of sharpness: how many examples a network of k parameters needs before they say anything.

The bound of sharpness-aware minimisation (Foret et al., ICLR 2021) takes a Gaussian about the weights, a
Gaussian prior about 0, and adds ``sqrt(KL/(2 (n - 1)))`` to the loss at the worst displacement. The theorem
of Li et al. (Focal-SAM, ICML 2025) could not be read; this holds of every bound of that form.
Checked by: intervals, exact witnesses.
"""

from ..claims.stating import FORMULA, state, statement

__all__ = []


VACUOUS = statement(
    name="sharpness_bound.vacuous",
    title="A Gaussian PAC-Bayes bound of sharpness is vacuous up to n = 1 + k log(1 + |w|^2/rho^2)/4 "
    "examples",
    source="bound: Foret et al. (ICLR 2021), form of McAllester; constants derived here",
    where={
        "s: positive": "variance of the prior over that of the Gaussian",
        "x: nonnegative": "|w|^2 over k times the Gaussian's variance",
        "z: nonnegative": "|w|^2/rho^2",
        "k: positive": "number of parameters",
        "n: (1, oo)": "number of examples",
        "d: nonnegative": "log(1/delta) and what else the bound adds",
    },
    theorem=(
        "for every k, n >= 2, w in R^k, rho > 0, Q = N(w, sigma^2 I) with k sigma^2 <= rho^2 and every "
        "prior P = N(0, tau^2 I): KL(Q, P) >= (k/2) log(1 + |w|^2/rho^2); so sqrt((KL(Q, P) + d)/(2 (n - "
        "1))) with d >= 0 is at least sqrt(k log(1 + |w|^2/rho^2)/(4 (n - 1))), which is at least 1, the "
        "range of the error, whenever k log(1 + |w|^2/rho^2) >= 4 (n - 1): with |w| >= rho, for all n <= "
        "1 + k log(2)/4",
        r"\mathrm{KL}\left( \mathcal N(w, \sigma^2 I_k) \,\middle\|\, \mathcal N(0, \tau^2 I_k) \right) "
        r"\ge \frac k2 \log\left( 1 + \frac{\|w\|^2}{\rho^2} \right) \quad \forall \tau,\ k \sigma^2 \le "
        r"\rho^2; \qquad \sqrt{\frac{\mathrm{KL} + d}{2 (n - 1)}} \ge 1 \quad \text{if } d \ge 0,\ k "
        r"\log\left( 1 + \frac{\|w\|^2}{\rho^2} \right) \ge 4 (n - 1)",
    ),
    formula="(1 + x)/s - 1 + log(s) >= log(1 + x)",
    steps=(
        "best_prior: twice the divergence per parameter, at any variance of the prior",
        FORMULA,
        "reached: with equality at the prior's best variance",
        "(1 + x)/(1 + x) - 1 + log(1 + x) == log(1 + x)",
        "narrow_gaussians_cost_more: a Gaussian within the radius, x >= |w|^2/rho^2",
        state("log(1 + x) >= log(1 + z)", given="x >= z"),
        "vacuous: few examples: the term is at least one",
        state("sqrt((k/2*log(1 + z) + d)/(2*(n - 1))) >= 1", given="k*log(1 + z) >= 4*(n - 1)"),
        "resnet_32_on_cifar_100: 470004 parameters and all 10847 examples of CIFAR-100-LT at |w| = rho",
        "sqrt(470004/2*log(2)/(2*10846)) > 27/10",
        "a_class_of_five: and for a class of 5 examples on its own",
        "sqrt(470004/2*log(2)/(2*4)) > 142",
    ),
    argument="2 KL/k = (sigma^2 + |w|^2/k)/tau^2 - 1 + log(tau^2/sigma^2), s = tau^2/sigma^2, x = "
    "|w|^2/(k sigma^2). That k sigma^2 is at most rho^2, so that the Gaussian lies within the radius on "
    "average, is assumed. A smaller sharpness term cannot help: it is added to a term that is at least 1. "
    "That the bound is vacuous says nothing against the method.",
    mutants=(
        "the best prior's divergence is x",
        "(1 + x)/s - 1 + log(s) >= x",
        "as many examples as parameters are needed: with fewer it is vacuous whatever the norm",
        state("sqrt((k/2*log(1 + z) + d)/(2*(n - 1))) >= 1", given="k >= n - 1"),
        "half the condition is enough",
        state("sqrt((k/2*log(1 + z) + d)/(2*(n - 1))) >= 1", given="k*log(1 + z) >= 2*(n - 1)"),
    ),
)

STATEMENTS = (VACUOUS,)

# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Five claims of the literature that are not quite true
#
# **Question.** Which well-known statements about imbalanced learning are false, or true only in part, and how
# can I see it for myself?
#
# Each section gives the claim, a counterexample small enough to check by hand, a picture, and what is true
# instead. The verdicts are computed while you read; nothing here is quoted from memory.

# %%
import matplotlib.pyplot as plt
import numpy as np
from counterpoise.theory import recheck, statements

plt.rcParams["figure.figsize"] = (6, 3.2)


def verdict(name):
    """Prove a statement of the catalogue, let the second program check the proof, say the result."""
    statement = statements()[name]
    certificate = statement.verify()
    print(
        f"{statement.title}\n-> {certificate.status}, {recheck(certificate).status} by the second program"
    )
    if statement.corrects:
        print(f"Corrects: {statement.corrects}")


# %% [markdown]
# ## 1. "Recall collapses once $\log\eta > \Delta\sqrt{\kappa}$"
#
# Two Gaussian classes at distance $\Delta$, majority over minority $\eta$, and $\kappa$ training examples per
# dimension. The published boundary of collapse is $\log\eta = \Delta\sqrt\kappa$. For linear discriminant
# analysis it can be compared with the exact point where minority recall falls below one half.

# %%
from counterpoise.theory.high_dimension import (
    half_recall_log_imbalance,
    published_log_boundary,
    sharp_constant,
)

kappa = np.geomspace(0.05, 50, 60)
Delta = 2.0
exact = [half_recall_log_imbalance(k, Delta) for k in kappa]
plt.loglog(kappa, np.exp(exact), color="black", label="exact: recall falls to 1/2")
plt.loglog(kappa, np.exp(published_log_boundary(kappa, Delta)), ":", label="published boundary")
plt.loglog(kappa, np.exp(sharp_constant() * Delta * np.sqrt(kappa)), "--", label="0.743 of it")
plt.xlabel(r"$\kappa$, examples per dimension")
plt.ylabel(r"imbalance $\eta$")
plt.legend(frameon=False)
plt.show()

# %%
from counterpoise.theory.high_dimension import plug_in_rates

recall, specificity = plug_in_rates(5.0, 1.0, 2.0)
print(f"Delta = 2, kappa = 1, eta = 5: recall {recall:.3f}, specificity {specificity:.3f}")
print(f"published boundary: eta = {np.exp(published_log_boundary(1.0, 2.0)):.2f}")

# %% [markdown]
# At $\eta = 5$ recall is already far below one half, although the boundary is at $7.39$. The boundary is
# *sufficient* for collapse, always late, and the best constant in front of it is $0.743187$, not $1$.

# %%
verdict("lda.published_boundary_is_sufficient")
verdict("lda.published_boundary_is_not_necessary")
verdict("regimes.sharp_constant")

# %% [markdown]
# ## 2. "Margins proportional to $n^{-1/4}$ are optimal, and the same holds for many classes"
#
# For two classes this is a theorem: shifting the boundary moves margin from one class to the other. With
# three classes a shift has to respect every pair at once, and the $n^{-1/4}$ margins cannot be reached.

# %%
from counterpoise.theory.margins import (
    equal_pairwise_margins,
    margin_tradeoff,
    optimal_margins,
    reachable,
)

counts = [1000, 100, 10]
pairwise = np.ones((3, 3)) - np.eye(3)  # every pair of classes is separated by margin 1
wanted = optimal_margins(counts, total=3.0)
print("n^(-1/4) margins:", wanted.round(3))
print("reachable by shifting the boundaries:", reachable(pairwise, wanted).holds)
scaled = wanted * 2 / (wanted[1] + wanted[2])  # the largest multiple that every pair allows
candidates = {
    "no shift": np.ones(3),
    "n^(-1/4), scaled\nto be reachable": scaled,
    "best reachable": equal_pairwise_margins(counts),
}
values = {name: margin_tradeoff(own, counts) for name, own in candidates.items()}
plt.bar(list(values), list(values.values()), color=["0.6", "tab:red", "tab:green"])
plt.ylabel(r"bound, $\sum_j 1/(g_j\sqrt{n_j})$")
plt.ylim(0.4, 0.48)
plt.show()
print({name.replace("\n", " "): round(value, 5) for name, value in values.items()})

# %%
verdict("margin_feasibility.no_quarter_power")

# %% [markdown]
# ## 3. "Adding re-weighting to logit adjustment keeps it Fisher consistent"
#
# With weights $\pi_y^{-\nu}$ and offsets $\tau\log\pi_y$ the trained classifier predicts the largest
# $\eta_y/\pi_y^{\nu+\tau}$. The balanced Bayes rule is $\eta_y/\pi_y$. So the two exponents must add to 1.

# %%
prior = np.array([0.9, 0.1])
posterior = np.array([0.91, 0.09])
for s in (1.0, 1.15):
    print(
        f"nu + tau = {s}: scores {(posterior / prior**s).round(3)}, "
        f"predicts class {1 + np.argmax(posterior / prior**s)}"
    )

# %%
from counterpoise.theory.adjustment import regret_bound_wrong_exponent

exponent = np.linspace(0, 2, 201)
plt.plot(exponent, regret_bound_wrong_exponent(100.0, exponent), color="black")
plt.xlabel(r"$\nu + \tau$")
plt.ylabel("regret that can result\n(imbalance 100)")
plt.show()
verdict("vs_consistency.two_exponents")

# %% [markdown]
# ## 4. "Each class contributes to the complexity with a factor $\sqrt{\pi_y}$"
#
# This is how the data-dependent bound earns its name. Take four training points, the last one in the rare
# class, and two functions that differ only there.

# %%
from counterpoise.theory.concentration import rademacher_complexity

functions = np.array([[0, 0, 0, 1], [0, 0, 0, -1]])
loss = functions * np.array([0, 0, 0, 1])  # a loss that only looks at the rare class
left, right = rademacher_complexity(loss), rademacher_complexity(functions) * np.sqrt(1 / 4)
print(f"complexity of the loss: {left}; claimed upper bound: {right}")

# %%
tail = 2.0 ** np.arange(1, 11)
plt.loglog(tail, 1 / tail, "o-", color="black", label="complexity of the loss")
plt.loglog(
    tail, 1 / tail**1.5, "s--", color="tab:red", label=r"claimed bound, $\sqrt{\pi_y}$ times"
)
plt.xlabel("training points, one of them in the rare class")
plt.legend(frameon=False)
plt.show()
verdict("contraction.data_dependent_needs_regularity")

# %% [markdown]
# The factor is right for linear functions of bounded norm, whose capacity is spread evenly. For functions
# whose capacity sits on the tail it is not earned.
#
# ## 5. "Minority precision increases with imbalance"
#
# That depends on the test set. On a test set as imbalanced as the training set it *falls*, towards one half;
# on a balanced test set it rises to one.

# %%
from counterpoise.theory.gaussian import precision

eta = np.geomspace(1, 1e4, 80)

plt.semilogx(eta, precision(eta, Delta), color="black", label="test set as imbalanced")
plt.semilogx(
    eta,
    precision(eta, Delta, evaluation_eta=1.0),
    "--",
    color="tab:blue",
    label="balanced test set",
)
plt.xlabel(r"imbalance $\eta$")
plt.ylabel("minority precision")
plt.legend(frameon=False)
plt.show()
verdict("gaussian_curves.matched_precision_decreases")

# %% [markdown]
# ## What was learned
#
# | Said | True |
# |---|---|
# | collapse at $\log\eta > \Delta\sqrt\kappa$ | collapse is certain from $0.743187\,\Delta\sqrt\kappa$ on |
# | $n^{-1/4}$ margins for any number of classes | for two classes; for three they cannot be reached |
# | weights on top of logit adjustment stay consistent | exactly when $\nu + \tau = 1$ |
# | $\sqrt{\pi_y}$ contraction | under a regularity condition, not in general |
# | precision increases with imbalance | on a balanced test set; on a matched one it falls to $1/2$ |
#
# The full list of corrections, with proofs, is in the table of the theory (`theory/README.md`).

# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Verify a bound in five minutes
#
# **Question.** A paper says that margins should be proportional to $n^{-1/4}$. How do I know that this
# is right, without trusting the paper, and without trusting this package?
#
# The claim is that of Cao et al. (NeurIPS 2019): two classes with $n_1$ and $n_2$ examples share a margin
# budget $B$. The part of the error bound that depends on the split is
# $\frac{1}{g_1\sqrt{n_1}} + \frac{1}{g_2\sqrt{n_2}}$, and it is smallest at $g_j \propto n_j^{-1/4}$.
#
# ## 1. Read it
#
# A claim is an object with a name. It shows itself as mathematics.

# %%
from counterpoise.theory import recheck, select

ldam = select(["margins.ldam_two_class"])[0]
ldam

# %% [markdown]
# ## 2. Put numbers in
#
# A frequent class with 1000 examples, a rare one with 10. Class 1 gets the share $t$ of the budget.

# %%
ldam.evaluate(t=0.25, B=1.0, n1=1000, n2=10)

# %% [markdown]
# The left side is the bound at this split, the right side the smallest value that the claim allows. A
# picture of all splits shows the same thing, and where the false exponents would lead.

# %%
import matplotlib.pyplot as plt
import numpy as np

n1, n2 = 1000, 10
t = np.linspace(0.02, 0.98, 400)
curve = ldam.evaluate(t=t, B=1.0, n1=n1, n2=n2)
fig, ax = plt.subplots(figsize=(6, 3.2))
ax.plot(t, curve["left"], color="black", label="the bound at each split")
ax.axhline(curve["right"][0], color="0.6", linestyle=":", label="claimed minimum")
for exponent, marker in ((-1 / 4, "o"), (-1 / 2, "s"), (0, "^")):
    share = n1**exponent / (n1**exponent + n2**exponent)
    value = ldam.evaluate(t=share, B=1.0, n1=n1, n2=n2)["left"]
    ax.plot(share, value, marker, markersize=8, label=f"exponent {exponent:g}")
ax.set(xlabel="share of the margin given to the frequent class", ylabel="bound", ylim=(0.4, 2))
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# ## 3. Prove it
#
# A picture shows one pair $(n_1, n_2)$. `verify` decides the claim for all positive numbers at once. Every
# step of the argument gets its own verdict; the whole is as strong as its weakest step.

# %%
certificate = ldam.verify()
print(certificate)
for step in certificate.parts:
    print("-", step.detail, "|", step.status, "by", ", ".join(step.engines))

# %% [markdown]
# ## 4. Do not trust the prover
#
# The certificate holds evidence: which identities were used, into which boxes the domain was cut. A second
# program, which shares no mathematics with the first, goes through it line by line.

# %%
recheck(certificate)

# %% [markdown]
# If somebody changes the evidence, or writes another claim above it, the second program says so.

# %%
from dataclasses import replace

forged = replace(certificate.parts[0], claim=("1/(t*B*sqrt(n1)) >= 10",))
recheck(forged)

# %% [markdown]
# ## 5. Attack it
#
# Would a wrong exponent have been noticed? The catalogue keeps typical mistakes beside each claim, and each
# must fall to a concrete counterexample: numbers that you can put into the formula by hand.

# %%
for attempt in ldam.attack():
    print(f"{attempt.detail:45} {attempt.status}: {attempt.counterexample['text'][:60]}")

# %% [markdown]
# ## What was learned
#
# - The exponent $-1/4$ is right for two classes, for every pair of sizes, and the proof was checked by a
#   second program.
# - The exponents $-1/3$, $-1/2$, $0$ and $1/4$ are wrong, each with numbers that show it.
# - What this does **not** say: that the bound is tight, or that a loss with these margins is consistent.
#   Those are other claims, with other verdicts; `counterpoise.theory.contents()` lists them all.

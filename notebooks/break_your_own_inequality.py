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
# # State your own inequality and try to break it
#
# **Question.** I have an inequality in mind and do not know whether it holds. Can a program tell me, and
# if it does not hold, can it show me where?
#
# The example: class-balanced weights use the effective number $E_n = \frac{1-\beta^n}{1-\beta}$ of Cui et al.
# (CVPR 2019). A class with $n+k$ examples counts $E_{n+k}/E_n$ times as much as one with $n$. How large can
# that ratio be?
#
# ## 1. A guess
#
# "The effective number softens the imbalance: the ratio is at most the square root of the ratio of the
# counts." Two lines state it: the relation, and where each symbol lives.

# %%
from counterpoise.theory import claim

guess = claim(
    "(1 - b**(n + k))/(1 - b**n) <= sqrt((n + k)/n)", b="(0, 1)", n="[1, oo)", k="[0, oo)"
)
guess

# %%
verdict = guess.verify()
print(verdict)

# %% [markdown]
# Refuted, with numbers. Do not take the program's word for it; put them in. The guess fails there by less
# than a ten-thousandth, but an inequality holds or does not.

# %%
from fractions import Fraction

point = {name: float(Fraction(value)) for name, value in verdict.counterexample["values"].items()}
print(point)
guess.evaluate(**point)

# %% [markdown]
# ## 2. Look at it
#
# How badly does it fail? Near $\beta = 1$ the effective number is the count itself, so nothing is softened
# there: for 1000 examples against 10 the ratio comes near 100, where the guess allows 10.

# %%
import matplotlib.pyplot as plt
import numpy as np

fig, ax = plt.subplots(figsize=(6, 3.2))
b = 1 - np.logspace(-4, -0.3, 200)
values = guess.evaluate(b=b, n=10, k=990)
ax.semilogx(1 - b, values["left"], color="black", label="ratio of effective numbers")
ax.axhline(values["right"][0], color="tab:red", linestyle="--", label="the guess, square root")
ax.axhline(100, color="0.5", linestyle=":", label="ratio of the counts")
ax.set(xlabel=r"$1-\beta$", ylabel="1000 examples against 10")
ax.set_yscale("log")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# ## 3. A better guess
#
# The picture suggests: never more than the ratio of the counts, never less than 1.

# %%
better = claim(
    ["n*(1 - b**(n + k)) <= (n + k)*(1 - b**n)", "1 - b**(n + k) >= 1 - b**n"],
    b="(0, 1)",
    n="[1, oo)",
    k="[0, oo)",
)
better.verify()

# %% [markdown]
# Proved, for all $\beta$, $n$ and $k$ at once. Is it sharp? Let the program change one place of the formula
# at a time, and see which changes it can refute. A change that is *true as well* marks a place where the
# claim gives something away.

# %%
from counterpoise.theory.catalogue import mutations

for words, changed in mutations(better, limit=8):
    print(f"{changed.verify(seconds=5).status:8}  {words}")

# %% [markdown]
# ## 4. Hypotheses
#
# A claim may have conditions. They are checked for sense: hypotheses that no point satisfies would prove
# anything, so they prove nothing here.

# %%
print(claim("1/p <= IF/q", given="p >= q/IF", p="(0, 1)", q="(0, 1)", IF="[1, oo)").verify().status)

# %%
from counterpoise.theory.foundation.validation import InputError

for relation, options in (
    ("x > y", {"x": "real"}),
    ("x + 1", {"x": "real"}),
    ("x > 0", {"given": ["x > 1", "x < 0"], "x": "real"}),
):
    try:
        claim(relation, **options).verify()
    except InputError as error:
        print(error)

# %% [markdown]
# ## What was learned
#
# - The first guess was wrong: by a hair at the point that was found, by a factor of ten in the picture, since
#   near $\beta = 1$ nothing is softened.
# - The right statement is $1 \le E_{n+k}/E_n \le (n+k)/n$, and it is proved.
# - The same two lines work for any inequality in arithmetic, exponentials, logarithms, hyperbolic functions
#   and the normal distribution function. The answer can be `unknown`; it is never a guess.

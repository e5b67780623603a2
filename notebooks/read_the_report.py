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
# # Read the report
#
# **Question.** `counterpoise demo` ended with a page, or a colleague sent me one. What do *proved*,
# *assembled*, *holds* and *no statement predicts this* mean there, and how do I check a number of it myself?
#
# The page is made from files: proofs, simulations, training runs. A small run of each is enough to see how it
# is put together (on the command line: `simulate`, `coverage`, `train`, then `report`).
#
# ## 1. Something to report

# %%
import tempfile
from pathlib import Path

from counterpoise.methods.training import Recipe, run
from counterpoise.simulations.folder import cover_into, simulate_into

folder = Path(tempfile.mkdtemp())
simulate_into(folder, [1, 10, 100], [0.3, 3], [2], draws=200, seed=0)
cover_into(folder, [110, 330], imbalance_factor=10, sets=200, delta=0.05, seed=0)
run(Recipe(methods=("ce", "la", "ldam-drw"), seeds=3, epochs=12), folder / "training")
sorted(path.name for path in folder.iterdir())

# %% [markdown]
# ## 2. The findings
#
# The page begins with one sentence for each part, computed from the files. Statements come with their stored
# proofs, which the second program has checked again.

# %%
from counterpoise.paper_figs import findings, load_evidence
from counterpoise.theory import select
from counterpoise.theory.catalogue import attack_all, recheck_stored

chosen = select(["margins", "lda"])
evidence = load_evidence(folder).with_proofs(recheck_stored(chosen), attack_all(chosen))
for sentence in findings(evidence):
    print("-", sentence)

# %% [markdown]
# - **kernel**: Coq's kernel accepted it, from the axioms that are named.
# - **proved**: every step was decided by an engine and confirmed by the second one.
# - **assembled**: every step is proved, prose joins them to the theorem shown. No engine read the prose.
# - **checked**, **cited**: a step rests on numerics, or on the literature.

# %%
from collections import Counter

Counter(certificate.tier.name for certificate in evidence.certificates)

# %% [markdown]
# ## 3. The ledger
#
# A row says what a statement predicts for these data, what was measured, and whether the interval decides. A
# measurement that no statement predicts has no verdict, however welcome it is. A prediction may fail: that
# of the logits is about the population's optimum, from which twelve epochs on 294 digits are far.

# %%
from counterpoise.paper_figs.ledger import ledger

for row in ledger(evidence):
    print(f"{row.verdict or 'not predicted':14} {row.prediction}")

# %% [markdown]
# ## 4. Check a number yourself
#
# The gain of logit adjustment is a mean of paired differences with a t interval. The members are in
# `results.json`; three lines compute it again.

# %%
import numpy as np
from counterpoise.methods.training import load_results
from scipy import stats

results = load_results(folder / "training")
accuracy = {
    name: np.array([m.balanced_accuracy for m in results.members if m.method == name])
    for name in ("ce", "la")
}
difference = accuracy["la"] - accuracy["ce"]
half = stats.t.ppf(0.975, len(difference) - 1) * stats.sem(difference)
print(
    f"{difference.mean():+.3f} [{difference.mean() - half:+.3f}, {difference.mean() + half:+.3f}]"
)
summary = next(row for row in results.summary if row.method == "la")
print(f"{summary.difference_to_ce:+.3f} [{summary.interval[0]:+.3f}, {summary.interval[1]:+.3f}]")

# %% [markdown]
# And a proof: the certificate goes through the second program, a forged one does not.

# %%
from dataclasses import replace

from counterpoise.theory import recheck

certificate = next(c for c in evidence.certificates if c.name == "margins.ldam_two_class")
print(recheck(certificate).status)
step = certificate.parts[0]
print(recheck(replace(step, claim=(step.claim[0].replace(">=", "<="),))).status)

# %% [markdown]
# ## 5. The page

# %%
from counterpoise.paper_figs import write_report

write_report(folder / "report.html", evidence)
page = (folder / "report.html").read_text(encoding="utf-8")
print(
    f"{len(page) / 1e6:.1f} MB, opens offline:",
    "http://" not in page.replace("http://www.w3.org", ""),
)

# %% [markdown]
# ## What was learned
#
# - A status is that of the weakest step; *assembled* says that prose joins the steps.
# - A ledger row is a prediction only if a statement implies it; *undecided* means that the interval does not
#   decide.
# - Every number of the page can be computed again from the files beside it.

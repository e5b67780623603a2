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
# # Map your own data before you train
#
# **Question.** Which of my classes will imbalance cost, how much of that does a threshold repair, and would
# more examples help?
#
# A classifier that must estimate where its classes lie errs in two ways. Its threshold sits in the wrong
# place: logit adjustment and its relatives move it. And its direction is wrong, because few examples say
# little about a mean in many dimensions: no threshold repairs that. `plan` says how much of each, class by
# class.
#
# ## 1. From counts alone
#
# Two classes, 100 features, means three standard deviations apart.

# %%
from counterpoise.simulations import plan, plan_table

print(plan_table(plan([5000, 50], num_features=100, separation=3.0), ["frequent", "rare"]))

# %% [markdown]
# Recall is lost, and nearly all of it comes back with the threshold. In 2,000 features the same counts and
# distance are another matter:

# %%
(rare,) = plan([5000, 50], num_features=2000, separation=3.0)
print(
    f"threshold {rare.threshold_part:.3f}, direction {rare.direction_part:.3f}, Bayes {rare.bayes_part:.3f}"
)
for remedy in rare.remedies:
    print(
        f"{remedy.name:17} recall {remedy.recall:.2f}  balanced error {remedy.balanced_error:.3f}"
    )

# %% [markdown]
# ## 2. From features, with intervals
#
# Handwritten digits, long-tailed: 120 zeros down to two nines. Distances are estimated in the pooled
# within-class covariance; sixteen principal components leave enough examples for it.

# %%
from counterpoise.methods.data import load
from counterpoise.simulations import estimate_separation
from sklearn.decomposition import PCA

digits = load("digits", imbalance_factor=60)
rows = PCA(16, random_state=0).fit_transform(digits.train_images.flatten(1).numpy())
found = estimate_separation(rows, digits.train_labels.numpy())
plans = plan(found.class_counts, found.num_features, found)
print(plan_table(plans, digits.class_names))

# %% [markdown]
# A regime with `to` in it is what the interval of the distance leaves open.
#
# ## 3. Is it so?
#
# The plug-in rule that the plan speaks of, on test digits: the share of each class that is found, beside the
# plan. The plan knows one rival a class, the rule meets nine.

# %%
import numpy as np
from scipy.stats import spearmanr
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

pca = PCA(16, random_state=0).fit(digits.train_images.flatten(1).numpy())
test, truth = pca.transform(digits.test_images.flatten(1).numpy()), digits.test_labels.numpy()
rule = LinearDiscriminantAnalysis().fit(rows, digits.train_labels.numpy())
recall = [np.mean(rule.predict(test[truth == p.label]) == p.label) for p in plans]
planned = [p.remedies[0].recall for p in plans]
for p, one, other in zip(plans, planned, recall, strict=True):
    print(
        f"{digits.class_names[p.label]}: {p.class_count:3} examples, planned {one:.2f}, measured {other:.2f}"
    )
print(f"rank correlation {spearmanr(planned, recall).statistic:.2f}")

# %% [markdown]
# The order is mostly the plan's, the level is not: more rivals take more. `paper_figs/results/plans.md` holds
# the same comparison for trained networks on CIFAR-10-LT features and on Shuttle.
#
# ## 4. As a picture

# %%
from counterpoise.paper_figs.plans.bars import draw

picture = draw(plans, digits.class_names)
print(picture.finding)
picture.figure

# %% [markdown]
# ## What was learned
#
# - `counterpoise plan --class-counts ... --num-features ... --separability ...`, or `--data FILE`, prints
#   this in a shell, and `--figure` draws it.
# - A threshold repairs what it repairs for nothing: take logit adjustment first.
# - What is lost with the direction wants examples, fewer features, or better ones.

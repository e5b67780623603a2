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
# # Which loss for my data?
#
# **Question.** My classes have 900, 90 and 10 examples. Which loss do I train with, and what must I not do?
#
# Three things decide: what you want to be right about, how often the loss sees each class, and what has been
# corrected already. `advise` takes them and answers with what follows from statements whose steps are proved;
# where no statement speaks, it says so.
#
# ## 1. Ask

# %%
from counterpoise import advise

counts = [900, 90, 10]
advice = advise(counts)
print(advice.loss)
for line in advice.lines[:5]:
    print(f"{line.topic:12} {line.advice}\n{'':12} {line.why}")

# %% [markdown]
# Every line names what it follows from, and `print(advice)` shows all of them.

# %%
advice.statements

# %% [markdown]
# ## 2. See whether it is so
#
# Three Gaussian classes in the plane, drawn with those counts: the answer can be held against a test set in
# which all classes are equally frequent. `LogisticRegression` plays the network.

# %%
import numpy as np
from counterpoise.methods import LogitAdjustedClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

centres = np.array([[0.0, 1.2], [-1.0, -0.6], [1.0, -0.6]])


def draw(class_counts, rng):
    labels = np.repeat(np.arange(3), class_counts)
    return centres[labels] + rng.normal(size=(len(labels), 2)), labels


test_x, test_y = draw([20000] * 3, np.random.default_rng(0))


def balanced_accuracies(make, draws=20):
    """Balanced accuracy over independent training sets."""
    found = []
    for seed in range(draws):
        x, y = draw(counts, np.random.default_rng(1 + seed))
        found.append(balanced_accuracy_score(test_y, make().fit(x, y).predict(test_x)))
    return np.array(found)


plain = LogisticRegression()
weighted = LogisticRegression(class_weight="balanced")
rules = {
    "plain": lambda: plain,
    "class weights": lambda: weighted,
    "logit adjustment": lambda: LogitAdjustedClassifier(plain),
}
accuracy = {name: balanced_accuracies(make) for name, make in rules.items()}
for name, values in accuracy.items():
    half = 2.09 * values.std(ddof=1) / np.sqrt(len(values))
    print(f"{name:18} {values.mean():.3f} ± {half:.3f}")

# %% [markdown]
# Weights and adjustment are two ways to the same population rule, as the advice says; plain training is not.
#
# ## 3. What must not be done
#
# Both at once. The statement says where the decisions end up, argmax of $\eta_y/\pi_y^2$, and what that can
# cost; the classifier warns.

# %%
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    twice = balanced_accuracies(lambda: LogitAdjustedClassifier(weighted))
print(f"corrected twice    {twice.mean():.3f} ± {2.09 * twice.std(ddof=1) / np.sqrt(20):.3f}")
print(caught[0].message)

# %%
from counterpoise.theory import statements

statements()["balanced_softmax.double_correction"]

# %% [markdown]
# ## 4. Another aim, another sampling, another answer
#
# Costs, a metric, batches that are drawn class by class, a population in which the classes have other shares:
# they all act through the offset.

# %%
for words, arguments in {
    "accuracy": {"metric": "accuracy"},
    "balanced accuracy, class-balanced batches": {"sampled": "class-balanced"},
    "a missed class costs 1, 2, 20": {"costs": [1, 2, 20]},
    "accuracy where classes have shares 5 : 3 : 2": {
        "metric": "accuracy",
        "target_prior": [5, 3, 2],
    },
}.items():
    print(f"{words:46} {advise(counts, **arguments).loss}")

# %% [markdown]
# The loss itself is one line in a training script:

# %%
import torch

criterion = advice.loss.build()
logits, target = torch.tensor([[2.0, 0.5, 0.0], [1.0, 0.0, 1.0]]), torch.tensor([0, 2])
criterion, criterion(logits, target)

# %% [markdown]
# ## 5. What it cannot know

# %%
for line in advice.unknown:
    print(f"{line.topic:12} {line.advice}\n{'':12} {line.why}")

# %% [markdown]
# ## What was learned
#
# - For balanced accuracy and batches as the data come: logit adjustment with $\tau = 1$, in the loss or after
#   training; class weights $1/\pi$ have the same optimum.
# - One correction, not two: exponents of weights, sampling and offset add up.
# - The answer changes with the aim, the sampling and the population, always through one offset.
# - Which of the consistent ways wins on finite data is a question for an experiment, not for a theorem.

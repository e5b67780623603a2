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
# # Watch the bound while you train
#
# **Question.** Generalization bounds for the balanced risk are made of class terms: how sure is the
# network of each class's examples, how many are there, how large is the last layer? Which class is the
# bound made of, and does a method's weight follow it, as has been said?
#
# ## 1. Three lines in your own loop
#
# A `BoundWatch` sees what the training passes answer anyway; no pass is added.

# %%
import torch
from counterpoise.methods import BoundWatch, LogitAdjustedLoss
from counterpoise.methods.data import load

data = load("digits", imbalance_factor=10)
images = data.prepared(data.train_images).flatten(1)
labels, counts = data.train_labels, data.class_counts.numpy()

torch.manual_seed(0)
body = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU())
head = torch.nn.Linear(64, 10)
criterion = LogitAdjustedLoss(counts)
optimizer = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.05, momentum=0.9)

watch = BoundWatch(counts, criterion, head=head)  # one
for _ in range(10):
    for index in torch.randperm(len(labels)).split(32):
        features = body(images[index])
        logits = head(features)
        optimizer.zero_grad()
        criterion(logits, labels[index]).backward()
        optimizer.step()
        watch.see(logits, labels[index], features=features)  # two
    watch.end_epoch()  # three

table = watch.table()
columns = ["class", "count", "p_min", "p_q05", "p_mean", "curve_min", "curve_mean", "mean_margin"]
print(table[table.epoch == 10][columns].round(3).to_string(index=False))

# %% [markdown]
# `p_min` is the least probability that an example's own class had in the epoch, `p_q05` the 5 % quantile
# and `p_mean` the mean; `curve_*` is $B'_y = \sqrt{\pi_y}\,(1 - p_y)$. The minimum is what the theorem
# asks for, and what moves least: one hard example holds it down.
#
# ## 2. What the bounds make of it

# %%
bounds = ["union", "data_dependent", "stratified"]
print(table.groupby("epoch")[bounds].first().iloc[[0, 4, 9]].round(1).to_string())

# %% [markdown]
# All three bound the same thing, the balanced risk of the clipped loss, which is at most $\log 2$ itself:
# here they are far too large to promise anything. That is the state of the theory, and it is why they are
# an **instrument**: the norm is that of a layer which was learnt, on features that were learnt from the
# same examples, so no class of functions was fixed in advance. What can be read is their *composition*:

# %%
last = table[table.epoch == 10]
terms = last[["union_risk", "union_complexity", "union_deviation"]]
share = terms.sum(axis=1) / last["union"]
for label, n, part in zip(last["class"], last["count"], share, strict=True):
    print(f"class {label}, n = {n:3}: {100 * part:4.1f} % of the union bound")

# %% [markdown]
# ## 3. Any run can be watched
#
# `run(..., watch="bound")` leaves the same table as `bound.csv` beside the results, which it does not
# change. Density-ratio weights are said to move inversely to $B'$.

# %%
import tempfile

from counterpoise.methods.training import Recipe, load_bound, run
from counterpoise.paper_figs import bound_watch

recipe = Recipe(methods=("density-ratio",), imbalance_factor=10, seeds=1, epochs=8, defer=0.25)
with tempfile.TemporaryDirectory() as folder:
    run(recipe, folder, watch="bound")
    watched = load_bound(folder)

figure = bound_watch.draw(watched, "density-ratio")
figure.figure

# %% [markdown]
# Weights jump when they begin to act and then hardly move, while $B'$ falls with training, in frequent
# and in rare classes: over these epochs a correlation says when weights begin, more than what they
# follow.
#
# ## 4. Where it is a certificate
#
# A linear class of a norm fixed in advance, on fixed features, looked at between two steps: the
# assumptions of the theorem, and then every bound holds with probability $1 - \delta$. The levels at
# which the loss is clipped are chosen by the data, and that choice is paid for.

# %%
import numpy as np
from counterpoise.theory.bounds import norm_ball, vs_certificate

norm = 3.0
linear = torch.nn.Linear(64, 10, bias=False)
certified = BoundWatch(counts, criterion, norm=norm)
optimizer = torch.optim.SGD(linear.parameters(), lr=0.5)
for _ in range(20):
    with torch.no_grad():  # back into the ball
        linear.weight *= min(1.0, norm / float(linear.weight.norm()))
    logits = linear(images)
    certified.see(logits, labels, features=images)
    rows = certified.end_epoch()
    optimizer.zero_grad()
    criterion(logits, labels).backward()
    optimizer.step()

radii, offset = [row["radius"] for row in rows], criterion.offset.numpy()
found = logits.detach().double().numpy(), labels.numpy()
exact = float(vs_certificate(*found, norm_ball(norm, radii), offset=offset).total)
print(f"stratified bound {rows[0]['stratified']:.3f}, by vs_certificate {exact:.3f}")
bool(np.isclose(rows[0]["stratified"], exact, rtol=1e-5))

# %% [markdown]
# ## What was learned
#
# - Three lines watch a loop: construct, `see` after each batch, `end_epoch` after each epoch.
# - The minimal probability of a class is one example's: read the quantile and the mean beside it.
# - With learnt features the bounds are an instrument: their sizes promise nothing, their composition says
#   which classes they are made of.
# - With a fixed linear class they are certificates, and the stratified one is the smallest.

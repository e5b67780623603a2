"""Where the linear class is fixed and the truth known, the watched bounds are certificates at every epoch."""

import numpy as np
import pytest
import torch
from counterpoise.methods import BoundWatch, LogitAdjustedLoss
from counterpoise.simulations.sign_world import SignWorld, draw_flips
from counterpoise.theory.concentration import clopper_pearson
from counterpoise.theory.vector_scaling import clipped_loss, vs_loss

BOUNDS = ("union", "data_dependent", "stratified", "weighted")
DELTA = 0.05


def train(world, flipped, criterion, epochs=6, lr=4.0):
    """Rows of a watch and the heads, along projected gradient descent in the ball from full batches."""
    signs, target = [], []
    for label, (count, turned) in enumerate(zip(world.class_counts, flipped, strict=True)):
        own = np.full(int(count), 1.0 - 2 * label)
        own[: int(turned)] *= -1
        signs.append(own)
        target += [label] * int(count)
    features, target = torch.tensor(np.concatenate(signs))[:, None], torch.tensor(target)
    head = torch.nn.Linear(1, 2, bias=False).double()
    torch.nn.init.zeros_(head.weight)
    watch, heads = BoundWatch(world.class_counts, criterion, norm=world.norm, delta=DELTA), []
    for _ in range(epochs):
        logits = head(features)
        watch.see(logits, target, features=features)
        watch.end_epoch()
        heads.append(head.weight.detach().numpy()[:, 0].copy())
        (gradient,) = torch.autograd.grad(criterion(logits, target), head.weight)
        with torch.no_grad():
            head.weight -= lr * gradient
            head.weight *= min(1.0, world.norm / head.weight.norm().item())
    return watch.rows, heads


def true_risk(world, head, offset, levels):
    """The balanced risk of the adjusted loss, clipped at a level for each class, over the population."""
    logits = np.array([head, -head])  # of either sign
    risks = []
    for label, flip in enumerate(world.flip):
        losses = vs_loss(logits, np.full(2, label), offset=offset)
        straight, turned = clipped_loss(losses, levels[label])[:: 1 - 2 * label]
        risks.append((1 - flip) * straight + flip * turned)
    return np.mean(risks)


@pytest.mark.parametrize(("tau", "nu"), [(0.0, 1.0), (1.0, 0.0)])
def test_every_bound_lies_above_the_true_balanced_risk_along_training(tau, nu):
    world, sets = SignWorld.of(110, 10.0), 25
    weight = (world.class_counts / 110) ** -nu
    criterion = LogitAdjustedLoss(world.class_counts, tau=tau, weight=weight)
    offset = criterion.offset.numpy()
    violated, below = dict.fromkeys(BOUNDS, 0), 0
    for flipped in draw_flips(world, sets, np.random.default_rng(3)):
        rows, heads = train(world, flipped, criterion)
        by_epoch = [rows[i : i + 2] for i in range(0, len(rows), 2)]
        truth = np.array([
            true_risk(world, head, offset, [row["level"] for row in own])
            for head, own in zip(heads, by_epoch, strict=True)
        ])  # fmt: skip
        for bound in BOUNDS:
            violated[bound] += np.any(truth > [own[0][bound] for own in by_epoch])
        empirical = np.array([sum(row["union_risk"] for row in own) for own in by_epoch])
        below += np.any(truth > empirical)
    # the empirical risks alone are exceeded on many sets, so that a bound without its terms would fail
    assert below > sets / 3
    for bound, count in violated.items():
        low, _ = clopper_pearson(count, sets)
        assert low <= DELTA, bound

"""What a method of the registry predicts once it is trained to its optimum on a finite population.

The logits of every point are free. The loss is the registry's own, with the constants of its plan's last
stage and the classes as that stage draws them; what follows ``+`` acts on a linear head over one-hot
features, whose weights are these logits. A batch is the population. Minima by L-BFGS in float64 from
several starts; of a flat valley, as of multipliers, the end nearest to zero logits. Checked by: closed
forms of `theory.consistency`, another minimiser, and linear programs.
"""

from collections.abc import Callable
from itertools import product
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog, minimize, root
from torch import Tensor, nn

from ...methods.losses import (
    BalancedContrastiveLoss,
    BalPoELoss,
    EqualizationLoss,
    InfluenceBalancedLoss,
    KCLLoss,
    LADELoss,
    LDAMHingeLoss,
    MarginSoftmaxLoss,
    PaCoLoss,
    ProCoLoss,
    RebalancedLoss,
    RIDELoss,
    SADELoss,
    SeesawLoss,
)
from ...methods.protocols import FirstStage, Stage
from ...methods.registry import Method, base_of, method_of
from ...methods.training import Recipe
from ...theory.foundation.validation import InputError
from .finite import FiniteWorld

__all__ = ["Optimum", "Unreachable", "population_optimum", "trained_loss"]

LEARNT = ("crt", "disalign", "lws", "mislas")  # rules that train a second stage by random batches
_FAR = 4.0  # logit of a class at the starts other than zero
_BOX, _CUTS, _CLOSE = 20.0, 500, 1e-9  # of cutting planes

_Array = NDArray[np.float64]
_Risk = Callable[[Tensor], Tensor]


class Unreachable(InputError):
    """A method whose training is no function of logits and classes alone."""


class Optimum(NamedTuple):
    """Logits (X, K), and how near they are to an optimum.

    ``gradient`` is the largest entry of a point's gradient there, of risks per point, over the size of
    the gradient at zero logits (at least 1e-9 where that is none); of cutting planes it is the gap between
    the risk and a proven lower bound.
    """

    logits: _Array
    gradient: float

    @property
    def predicted(self) -> NDArray[np.intp]:
        """The class of largest logit at every point, (X,)."""
        return self.logits.argmax(axis=1)

    @property
    def margin(self) -> float:
        """Least distance of a point's largest logit to its second largest."""
        ordered = np.sort(self.logits, axis=1)
        return float((ordered[:, -1] - ordered[:, -2]).min())


def population_optimum(method: str, world: FiniteWorld) -> Optimum:
    """The optimum of a method of the registry, by its key as in `Recipe.methods`.

    Raises
    ------
    Unreachable
        If examples get weights that training finds, points are mixed, a second stage is trained by random
        batches, or a loss binds the logits to more than they are: to embeddings, or to a mean that passes
        no gradient.

    Examples
    --------
    >>> world = FiniteWorld(((90, 5), (10, 5)))
    >>> population_optimum("ce", world).predicted, population_optimum("la", world).predicted
    (array([0, 0]), array([0, 1]))
    >>> population_optimum("ce+la", world).predicted
    array([0, 1])
    """
    row = method_of(method)
    if row.source != Method.source:
        raise Unreachable(f"method = {method!r}: its weights of examples are found in training")
    if row.mixup:
        raise Unreachable(f"method = {method!r}: its points are mixed")
    if row.second and row.rule in LEARNT:
        raise Unreachable(f"method = {method!r}: its second stage is trained by random batches")
    criterion, stage = trained_loss(method, world.class_counts)
    if isinstance(criterion, RIDELoss):
        raise Unreachable(
            f"method = {method!r}: nothing bounds its divergence of experts from below"
        )
    if isinstance(criterion, PaCoLoss):
        raise Unreachable(
            f"method = {method!r}: one softmax is over logits and embeddings together"
        )
    sizes = world.class_counts / world.class_counts.sum()
    joint = world.counts / world.class_counts * stage.drawn(sizes)
    found = _optimum(criterion, joint / joint.sum(axis=1, keepdims=True), world)
    return found if not row.second else found._replace(logits=_after(row, found.logits, world))


def trained_loss(method: str, class_counts: ArrayLike) -> tuple[nn.Module, Stage]:
    """The loss per example with the constants of the last stage of its plan, and that stage.

    >>> loss, stage = trained_loss("inverse-frequency", [90, 10])
    >>> loss.weight.round(decimals=9).tolist(), stage.sampling_exponent
    ([0.2, 1.8], 1.0)
    """
    trained, recipe = method_of(base_of(method)), Recipe()
    plan = trained.build_schedule(class_counts, recipe.defer_epoch, recipe.epochs)
    stage = plan.stage(recipe.epochs - 1)
    criterion = trained.build_loss(class_counts)
    stage.configure(criterion)
    return criterion, stage


def _optimum(criterion: nn.Module, posterior: _Array, world: FiniteWorld) -> Optimum:
    match criterion:
        case LADELoss() | RebalancedLoss():  # which in eval() is its mean over the draws
            return _of_batch(criterion.eval(), world)
        case (
            BalPoELoss() | SADELoss()
        ):  # free experts: each has its own optimum, and their mean predicts
            each = [_optimum(own, posterior, world) for own in criterion.each]
            mean = np.mean([own.logits for own in each], axis=0)
            return Optimum(mean, max(own.gradient for own in each))
        case (
            BalancedContrastiveLoss() | KCLLoss() | ProCoLoss()
        ):  # embeddings that are free bind no logits
            return _optimum(
                MarginSoftmaxLoss(offset=criterion.offset, reduction="none"), posterior, world
            )
        case LDAMHingeLoss():
            return _by_cuts(criterion, posterior)
        case SeesawLoss():
            criterion.eval().seen.copy_(torch.from_numpy(world.class_counts))
            return _at_rest(criterion, posterior)
        case InfluenceBalancedLoss(detach_factor=True):
            return _at_rest(criterion, posterior)
    classes = posterior.shape[1]
    starts = np.stack([np.zeros(classes), *(_FAR * np.eye(classes))])
    many = len(starts), *posterior.shape
    every = np.broadcast_to(posterior, many).reshape(-1, classes)
    risk = _risk(criterion, every, len(starts))
    found, gradient = _least(risk, np.repeat(starts, len(posterior), axis=0))
    risks = risk(torch.from_numpy(found)).detach().numpy().reshape(many[:2])
    # A start wins by more than rounding: zero logits first, for the end of a valley nearest to them.
    best = (risks <= risks.min(axis=0) + 1e-9 * np.abs(risks).max(axis=0)).argmax(axis=0)
    chosen = best, np.arange(len(posterior))
    return Optimum(
        found.reshape(many)[chosen], float(gradient.reshape(many[:2])[chosen].max(initial=0.0))
    )


# ------------------------------------------------------------------------------------ risks of rows


def _risk(criterion: nn.Module, posterior: _Array, starts: int = 1) -> _Risk:
    """The conditional risk of rows of logits (N, K) at these posteriors, all points for each start."""
    share, classes = torch.tensor(posterior), posterior.shape[1]
    label = torch.arange(classes).repeat(len(share))
    parts: list[Tensor] = []
    if "features" in getattr(criterion, "needs", ()):
        # A point's features have one of the sizes 1/4 to 4: what is said holds for any.
        sizes = 2.0 ** (torch.arange(len(share) // starts, dtype=share.dtype) % 5 - 2).repeat(
            starts
        )
        parts = [sizes.repeat_interleave(classes).unsqueeze(1)]

    def losses(own: nn.Module, logits: Tensor) -> Tensor:
        return own(logits.repeat_interleave(classes, dim=0), label, *parts).view(-1, classes)

    if isinstance(criterion, EqualizationLoss):
        masks = _masks(criterion)
        return lambda z: (share * sum(chance * losses(own, z) for chance, own in masks)).sum(dim=1)
    return lambda z: (share * losses(criterion, z)).sum(dim=1)


def _masks(criterion: EqualizationLoss) -> list[tuple[float, nn.Module]]:
    """Every set of rare classes that can be left out, and its probability: the draws, enumerated."""
    rare = np.flatnonzero(criterion.rare.numpy())
    found = []
    for out in product((False, True), repeat=len(rare)):
        own = EqualizationLoss(np.ones(len(criterion.rare)), gamma=1.0, reduction="none")
        own.rare[rare[list(out)]] = 1.0
        gamma = criterion.gamma
        found.append((gamma ** sum(out) * (1 - gamma) ** (len(out) - sum(out)), own))
    return found


def _gradient(risk: _Risk, logits: _Array) -> tuple[float, _Array]:
    z = torch.tensor(logits, requires_grad=True)
    value = risk(z).sum()
    value.backward()
    assert z.grad is not None
    return value.item(), z.grad.numpy()


def _least(risk: _Risk, start: _Array) -> tuple[_Array, _Array]:
    """Minima from these starts, (N, K), and the relative size of the gradients there, (N,)."""

    def value(flat: _Array) -> tuple[float, _Array]:
        risks, gradient = _gradient(risk, flat.reshape(start.shape))
        return risks, gradient.ravel()

    options = {"maxiter": 5000, "maxfun": 20_000, "ftol": 0.0, "gtol": 1e-10, "maxcor": 30}
    found = minimize(value, start.ravel(), jac=True, method="L-BFGS-B", options=options).x
    logits = found.reshape(start.shape)
    scale = np.abs(_gradient(risk, np.zeros_like(start))[1]).max(initial=1e-9)
    return logits, np.abs(_gradient(risk, logits)[1]).max(axis=1) / scale


def _of_batch(criterion: nn.Module, world: FiniteWorld) -> Optimum:
    """Of a loss of the whole batch, in which every example of the population is a row."""
    points, classes = world.counts.shape
    at, label = np.divmod(np.repeat(np.arange(points * classes), world.counts.ravel()), classes)
    place, target = torch.from_numpy(at), torch.from_numpy(label)
    found, gradient = _least(
        lambda z: criterion(z[place], target).mean() * points,
        np.zeros((points, classes)),
    )
    return Optimum(found, float(gradient.max()))


def _at_rest(criterion: nn.Module, posterior: _Array) -> Optimum:
    """Where the expected gradient vanishes, of a loss whose factors pass none; it sums to zero."""
    rested = [_rested(_risk(criterion, own[None]), len(own)) for own in posterior]
    return Optimum(np.stack([z for _, z in rested]), max(size for size, _ in rested))


def _rested(risk: _Risk, classes: int) -> tuple[float, _Array]:
    """The first of several starts that leads there, with the size of what is left of the gradient."""

    def field(free: _Array) -> _Array:
        return _gradient(risk, np.append(free, 0.0)[None])[1][0, :-1]

    scale = np.abs(field(np.zeros(classes - 1))).max(initial=1e-9)
    best = np.inf, np.zeros(classes)
    for start in (np.zeros(classes), *(_FAR * np.eye(classes)), *(2 * _FAR * np.eye(classes))):
        found = root(field, (start - start[-1])[:-1], method="hybr", options={"xtol": 1e-12}).x
        left = np.abs(field(found)).max() / scale
        best = min(best, (float(left), np.append(found, 0.0)), key=lambda pair: pair[0])
        if best[0] <= _CLOSE:
            break
    return best


def _by_cuts(criterion: nn.Module, posterior: _Array) -> Optimum:
    """Of a piecewise linear convex risk: Kelley's cutting planes, which end at a minimum."""
    found = [_cut(_risk(criterion, own[None]), len(own)) for own in posterior]
    return Optimum(np.stack([z for z, _ in found]), max(gap for _, gap in found))


def _cut(risk: _Risk, classes: int) -> tuple[_Array, float]:
    at, best, planes, heights = np.zeros(classes), (np.inf, np.zeros(classes)), [], []
    bounds = [(-_BOX, _BOX)] * (classes - 1) + [(0, 0), (None, None)]  # the last class at logit 0
    least = -np.inf
    for _ in range(_CUTS):
        value, slope = _gradient(risk, at[None])
        best = min(best, (value, at), key=lambda pair: pair[0])
        planes.append([*slope[0], -1.0])
        heights.append(slope[0] @ at - value)
        solved = linprog(np.eye(classes + 1)[-1], A_ub=planes, b_ub=heights, bounds=bounds)
        at, least = solved.x[:-1], solved.fun
        if best[0] - least <= _CLOSE:
            break
    return best[1], best[0] - least


# ------------------------------------------------------------------------------------ after training


def _after(row: Method, logits: _Array, world: FiniteWorld) -> _Array:
    """What a rule makes of a linear head over one-hot features, whose weights are the logits."""
    points, classes = world.counts.shape
    at, label = np.divmod(np.repeat(np.arange(points * classes), world.counts.ravel()), classes)
    z, features = torch.from_numpy(logits), torch.eye(points, dtype=torch.float64)
    head = nn.Linear(points, classes, bias=False, dtype=torch.float64)
    head.weight.data.copy_(z.T)
    place, target = torch.from_numpy(at), torch.from_numpy(label)
    network: Any = SimpleNamespace(head=head)
    first = FirstStage(
        network, z[place], features[place], target, world.class_counts, (z[place], target)
    )
    with torch.no_grad():
        return row.build_rule()(first)(z, features).numpy()

"""All that the catalogue predicts of a recipe on its data, by kinds, before anything is trained.

Between methods whose optima are known every pair is predicted, in both of their weights; of the others
only that they do not exceed those. Nothing else is predicted, and the rules say why. Checked by: rules of
finite populations, which keep every prediction, and methods without any.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from ...theory.claims.pins import PINS
from ...theory.foundation.columns import columns
from ..registry import base_of
from ..results.prediction_file import Prediction, Predictions, Rule
from ..results.records import encode
from ..training import Recipe
from .kinds import KINDS
from .rules import rule_of, training_shape

__all__ = ["predict_recipe", "predictions_between", "table"]

BASELINE = "ce"


def predict_recipe(recipe: Recipe) -> Predictions:
    """What the catalogue predicts of a recipe's methods on its data.

    Raises
    ------
    InputError
        If the data cannot be loaded: predictions are about its class counts.

    Examples
    --------
    >>> found = predict_recipe(Recipe(methods=("ce", "la", "focal")))
    >>> [(p.kind, p.method, p.rival) for p in found.predictions][:2]
    [('best at its weights', 'ce', 'la'), ('best at its weights', 'ce', 'focal')]
    """
    data = recipe.dataset(0)
    counts = tuple(data.class_counts.tolist())
    rules = tuple(rule_of(method, counts, recipe) for method in recipe.methods)
    shapes = {method: training_shape(method, counts, recipe) for method in recipe.methods}
    return Predictions(
        recipe=recipe.to_dict(),
        class_counts=counts,
        subset=data.subset,
        catalogue=hashlib.sha256(PINS.read_bytes()).hexdigest(),
        rules=rules,
        kinds=encode({name: kind._asdict() for name, kind in KINDS.items()}),
        predictions=tuple(
            p
            for p in predictions_between(rules)
            if shapes[p.method] is None or shapes[p.method] != shapes[p.rival or p.method]
        ),
    )


def predictions_between(rules: Sequence[Rule]) -> Iterator[Prediction]:
    """All predictions about methods of these rules, in the order of the kinds."""
    for method in rules:
        for rival in rules:
            if method is not rival and method.recall_weights and not _same(method, rival):
                yield _of("best at its weights", method, rival)
    for place, method in enumerate(rules):
        for rival in rules[:place]:
            if method.recall_weights and _same(method, rival):
                yield _of("same rule", method, rival)
    plain = next((rule for rule in rules if rule.method == BASELINE), None)
    for method in rules:
        if plain is None or method is plain or _same(method, plain):
            continue
        yield from _against(method, plain)


def _against(method: Rule, plain: Rule) -> Iterator[Prediction]:
    """What is predicted of a method against plain cross-entropy alone."""
    tail, head = _two_kinds(method, plain)
    if tail:
        yield _of("tail gains", method, plain, tail)
        yield _of("head pays", method, plain, head)
    if method.log_tilt and plain.log_tilt and base_of(method.method) != plain.method:
        yield _of("shift sign", method, plain)
        yield _of("shift size", method, plain)
        if base_of(method.method) == method.method:
            yield _of("fades", method, plain)


def _of(kind: str, method: Rule, rival: Rule, classes: tuple[int, ...] = ()) -> Prediction:
    return Prediction(kind=kind, method=method.method, rival=rival.method, classes=classes)


def _same(one: Rule, other: Rule) -> bool:
    """Whether two optima are one rule."""
    if one.recall_weights is None or other.recall_weights is None:
        return False
    return bool(np.allclose(one.recall_weights, other.recall_weights, rtol=1e-4))


def _two_kinds(method: Rule, plain: Rule) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The classes that a method weighs more than its rival and the others, where there are but two kinds."""
    if method.recall_weights is None or plain.recall_weights is None:
        return (), ()
    weights = np.log([method.recall_weights, plain.recall_weights])
    ratio = weights[0] - weights[1]
    tail = ratio > (ratio.max() + ratio.min()) / 2
    if any(np.ptp(row[part]) > 1e-4 for row in weights for part in (tail, ~tail)):
        return (), ()
    return tuple(np.flatnonzero(tail).tolist()), tuple(np.flatnonzero(~tail).tolist())


def table(predictions: Predictions) -> str:
    """The methods with what their optima are best at, and how many predictions of each kind follow."""
    lines = [("method", "its optimum is best at", "because of")]
    lines += [(r.method, _best_at(r), ", ".join(r.statements) or r.why) for r in predictions.rules]
    found = Counter(prediction.kind for prediction in predictions.predictions)
    kinds = [(kind, str(found[kind])) for kind in KINDS if found[kind]]
    return columns(lines[1:], lines[0]) + "\n\n" + columns(kinds, ("prediction", "how many"))


def _best_at(rule: Rule) -> str:
    if rule.recall_weights is None:
        return "-"
    if np.ptp(rule.recall_weights) < 1e-6:
        return "balanced accuracy"
    first, *_, last = rule.recall_weights
    return f"recalls weighted {first:.3g} … {last:.2g}"

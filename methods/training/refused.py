"""What of a recipe does not go together, refused when it is read: before data are loaded or a folder is made.

Each pair would else be found out by the first step, or by no one. What only the data say, such as their
shape, `Recipe.dataset` refuses. Checked by: every pair of a method with an optimiser and a head, which trains
or is refused.
"""

from typing import TYPE_CHECKING

from ...theory.foundation.validation import InputError
from ..data import DATASETS
from ..models.heads import ONE_LAYER, parts_of
from ..optim import needs_of
from ..registry import Method, method_of

if TYPE_CHECKING:
    from .recipe import Recipe

__all__ = ["check_pairs"]


def check_pairs(recipe: "Recipe") -> None:
    """Refuse what does not go together.

    Raises
    ------
    InputError
        If there is such a pair: the first that is found.
    """
    named = DATASETS.get(recipe.data)
    for method in recipe.methods:
        row = method_of(method)
        head = recipe.head or row.head
        _check_optimizer(method, row, recipe.optimizer or row.optimizer, head)
        if ":" not in (recipe.model or ""):  # a user's network may answer more than its head
            _check_head(method, row, head)
        if row.joint and recipe.batch_size < 2:
            raise InputError(
                f"batch_size = {recipe.batch_size}: {method} contrasts the images of a batch, at least 2"
            )
        if row.draws and _drawn_by_class(row, recipe):
            raise InputError(
                f"method = {method!r}: its plan draws examples by class, and its weights draw them by rates "
                "that they learn: choose one"
            )
        if named is not None and named.clouds:
            _check_clouds(method, row, recipe)


def _drawn_by_class(row: Method, recipe: "Recipe") -> bool:
    """Whether a plan draws, in some epoch, other shares of the classes than those of the data."""
    plan = row.build_schedule((2, 1), recipe.defer_epoch, recipe.epochs)
    stages = [plan.stage(epoch) for epoch in range(recipe.epochs)]
    return any(stage.sampling_exponent != 1 or stage.balanced_share for stage in stages)


def _check_optimizer(method: str, row: Method, optimizer: str, head: str) -> None:
    needs = needs_of(optimizer)
    if row.mixup and "class_counts" in needs:
        raise InputError(
            f"optimizer = {optimizer!r} weighs examples by class, and those that {method} mixes are of two: "
            "use another"
        )
    if "classifier" in needs and (head not in ONE_LAYER or row.joint):
        raise InputError(
            f"optimizer = {optimizer!r} moves a last layer that answers logits alone, once a pass: {method} "
            f"has the head {head!r}"
        )


def _check_head(method: str, row: Method, head: str) -> None:
    asked = getattr(row.build_loss((2, 1)), "needs", ())
    asked = (*asked, "embedding") if row.joint else asked
    missing = [name for name in asked if name != "features" and name not in parts_of(head)]
    if missing:
        raise InputError(
            f"head = {head!r}: {method} reads {missing[0]!r}, which that of {row.head!r} answers"
        )
    if row.second and getattr(row.build_rule(), "needs_head", False) and head not in ONE_LAYER:
        raise InputError(
            f"method = {method!r}: +{row.rule} reads the weight of a last layer, and the head {head!r} has "
            "several"
        )


def _check_clouds(method: str, row: Method, recipe: "Recipe") -> None:
    """A label a point: what takes whole examples by class, or parts of them, is not made for that."""
    for asked, why in (
        (row.mixup, "are not mixed in pairs"),
        (row.looks_ahead, "that are held out are not drawn by class"),
        (_drawn_by_class(row, recipe), "cannot be drawn by class"),
        (row.joint, "are no images, of which there are views"),
    ):
        if asked:
            raise InputError(
                f"method = {method!r}: clouds of {recipe.data} hold several classes, and {why}"
            )

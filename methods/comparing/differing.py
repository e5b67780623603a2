"""What sets one run apart from another, or from a protocol, in words.

Checked by: recipes changed in one field.
"""

from collections.abc import Collection, Mapping
from typing import Any

from ..data import DATASETS
from ..training.recipe import Recipe

__all__ = ["DATA_FIELDS", "differences", "filled"]

DATA_FIELDS = (
    "data", "label", "profile", "imbalance_factor", "subset", "label_noise", "validation",
)  # fmt: skip
"""What decides, with the seed, which examples a run trains and is measured on."""
_APART = ("methods", "seeds")


def filled(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """All fields of a recipe that may be an older version's; the profile and factor that counted.

    >>> filled({"data": "shuttle"})["profile"], filled({"data": "digits"})["epochs"]
    ('as-is', 40)
    """
    found = {**Recipe().to_dict(), **recipe}
    data = DATASETS.get(found["data"])
    found["profile"] = found["profile"] or (data.profile if data else "as-is")
    if found["profile"] == "as-is":
        found["imbalance_factor"] = None
    return found


def differences(
    recipe: Mapping[str, Any], other: Mapping[str, Any], only: Collection[str] = ()
) -> list[str]:
    """The fields in which a recipe differs from another, of those that the other one has, or of ``only``.

    Methods and seeds are not among them.

    >>> differences({"epochs": 30, "lr": 0.1}, {"epochs": 200, "lr": 0.1})
    ['epochs 30 in place of 200']
    """
    own, its = filled(recipe), filled(other)
    return [
        f"{name.replace('_', ' ')} {_shown(own[name])} in place of {_shown(its[name])}"
        for name in own
        if name not in _APART and name in (only or other) and own[name] != its[name]
    ]


def _shown(value: Any) -> str:
    if value is None or value == {}:
        return "by default"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_shown(own)}" for key, own in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)

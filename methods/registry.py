"""Every method of this floor, one row each: what it changes, who proposed it, what is proved, how it trains.

Rows stand in the modules of the methods, as ``METHODS = (Method(...),)``, and are collected from the text
of the files, so that reading them loads no torch. A new method is a new module: recipes, the command
line, figures and README.md follow. Checked by: a loss added to a copy of the package, every row trained,
alone or after another, or with a reason why not, and every statement it names.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .calls import literal, made, settings_of, told
from .declared import ROOMS, declared, modules

if TYPE_CHECKING:
    import torch
    from torch import nn

    from ..theory.foundation.arrays import ArrayLike
    from .protocols import Rule, Schedule, WeightSource

__all__ = ["METHODS", "ROWS", "RULES", "Method", "base_of", "method_of"]


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method; in a module's ``METHODS`` all values are literals, as they are read from the text.

    Parameters
    ----------
    name
        The class or function, in the module of the row.
    weight, margin, link
        What it does to ``α_y ψ(log softmax_y(β z + Δ − m_y e_y))``.
    paper
        Who proposed it.
    consistent
        Whether its population optimum minimises the balanced error.
    balanced
        Whether that holds, for every population, of what a recipe trains by the key in the last stage of
        its plan, or of cross-entropy and then the rule; None if no statement says.
    statements
        The statements of the theory that prove it.
    key
        What recipes, results and the command line call it; empty if no recipe trains it.
    title, label, colour
        In words; short, for figures; and the colour there, a name in `counterpoise.paper_figs.style`.
    loss, schedule, source
        How a recipe makes the loss, a `Criterion`; the plan over epochs, of class weights, margins and
        how examples are drawn; and the weights of single examples: calls of public names of
        `counterpoise.methods` with literals, such calls, and what is given: ``class_counts`` and
        ``num_classes`` to all; ``generator``, of what a loss draws; ``start``, the epoch at which a
        second stage begins; ``epochs`` to a plan, ``num_features`` and ``seed`` to a source.
    rule, second
        Of what is done after training: what follows ``+`` in the name of a method trained so, and the
        call that makes it, a `Rule`.
    untrained
        Why a recipe can name it neither alone nor after ``+``.
    head, optimizer
        Names from `counterpoise.methods.HEADS` and `counterpoise.methods.optim.OPTIMIZERS`, unless a
        recipe names others.
    needs_validation
        Whether weights or a rule learn from a validation split.
    trains_on_validation
        Whether its images are training images as well, as the setting ``validation=true`` has it: what a
        method that learns from them is held against.
    mixup
        Of the law Beta(alpha, alpha) of the share in which training images are mixed in pairs, alpha, as the
        setting ``mixup=1.0`` has it; 0: not at all.
    joint, least_area
        The weight of a self-supervised loss of two views of every image, which is added to the loss, as the
        setting ``joint=0.5`` has it; 0: there is none. And the smallest share of an image that a view keeps,
        as in `counterpoise.methods.self_supervised.contrast_view`.
    module
        Where the row stands, ``"losses.focal"``; the registry fills it in.

    Examples
    --------
    >>> la = METHODS["la"]
    >>> la.name, la.consistent, la.balanced
    ('LogitAdjustedLoss', 'only if τ = 1, the default', True)
    >>> la.build_loss([90, 10])
    LogitAdjustedLoss(...)
    """

    name: str
    weight: str
    margin: str
    link: str
    paper: str
    consistent: str
    statements: tuple[str, ...]
    balanced: bool | None = None
    key: str = ""
    title: str = ""
    label: str = ""
    colour: str = ""
    loss: str = "MarginSoftmaxLoss()"
    head: str = "linear"
    schedule: str = "Unscheduled()"
    source: str = "UniformWeights()"
    optimizer: str = "sgd"
    rule: str = ""
    second: str = ""
    untrained: str = ""
    needs_validation: bool = False
    trains_on_validation: bool = False
    mixup: float = 0.0
    joint: float = 0.0
    least_area: float = 0.1
    module: str = ""

    @property
    def implementation(self) -> Any:
        """The class or function itself."""
        return getattr(import_module(f".{self.module}", __package__), self.name)

    @property
    def looks_ahead(self) -> bool:
        """Whether weights are learnt from steps before they are taken."""
        return hasattr(self.build_source((2, 1), 1, 0), "look_ahead")

    @property
    def draws(self) -> bool:
        """Whether batches are drawn by what is learnt from steps before they are taken."""
        return hasattr(self.build_source((2, 1), 1, 0), "draw")

    def build_loss(
        self, class_counts: "ArrayLike", generator: "torch.Generator | None" = None
    ) -> "nn.Module":
        """The loss per example of a data set with these class counts; draws are the generator's."""
        given = {**_counted(class_counts), "generator": generator}
        return made(self.loss, given, reduction="none")

    def build_schedule(self, class_counts: "ArrayLike", start: int, epochs: int = 1) -> "Schedule":
        """The plan over epochs, whose second stage begins at ``start``."""
        return made(self.schedule, {**_counted(class_counts), "start": start, "epochs": epochs})

    def build_source(
        self, class_counts: "ArrayLike", num_features: int, start: int, seed: int = 0
    ) -> "WeightSource":
        """Where the weights of single examples come from."""
        given = {
            **_counted(class_counts),
            "num_features": num_features,
            "start": start,
            "seed": seed,
        }
        return made(self.source, given)

    def build_rule(self) -> "Rule":
        """What is done after training."""
        return made(self.second, {})


def _counted(class_counts: "ArrayLike") -> dict[str, Any]:
    return {"class_counts": class_counts, "num_classes": len(class_counts)}  # type: ignore[arg-type]


def _rows() -> tuple[Method, ...]:
    found = []
    for room in ROOMS:
        for path in modules(room):
            table = declared(path).get("METHODS", ast.Tuple([]))
            for call in getattr(table, "elts", ()):
                said = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
                found.append(Method(**said, module=f"{room}.{path.stem}"))
    return tuple(found)


def _by(name: str, rows: tuple[Method, ...]) -> Mapping[str, Method]:
    found: dict[str, Method] = {}
    for row in rows:
        key = getattr(row, name)
        if key in found:
            raise ValueError(f"{row.module} and {found[key].module} both hold {key!r}")
        if key:
            found[key] = row
    return MappingProxyType(found)


ROWS = _rows()
"""All methods, by room and module."""
METHODS = _by("key", ROWS)
"""The methods that a recipe can name, by key."""
RULES = _by("rule", ROWS)
"""What can follow ``+`` in the name of a method: done once it is trained."""

AFTER = re.compile(r"\+(?=[a-z])")  # not the sign of 1e+3


def base_of(key: str) -> str:
    """The method that is trained for a key: what stands before ``+``.

    >>> base_of("ldam-drw+crt@epochs=5"), base_of("la@tau=0.5")
    ('ldam-drw', 'la@tau=0.5')
    """
    return AFTER.split(key, maxsplit=1)[0]


def method_of(key: str) -> Method:
    """The method that a recipe calls so: a key of `METHODS`, with settings, with a rule after training.

    ``la@tau=0.5`` is ``la`` with tau = 0.5; several settings have commas between. ``ce+crt`` is ``ce``
    with its classifier trained again, a rule of `RULES`, which takes settings likewise. Settings are
    the numbers, switches (``true``, ``false``) and words that the calls of the row take; a method that
    weighs no single examples takes the weights of one that does: ``focal@weights=density-ratio``. With
    ``ce@validation=true`` a method that learns nothing from validation images trains on them as well;
    ``la@mixup=1.0`` trains on images mixed in pairs; ``la@joint=0.5,least_area=0.3`` learns from two views
    of each image besides, without labels.

    Raises
    ------
    InputError
        If the method or the rule is unknown, a setting is none of theirs, or has a value that is none.

    >>> method_of("la@tau=0.5").loss
    'LogitAdjustedLoss(class_counts, tau=0.5)'
    >>> method_of("ce+tau-norm@tau=0.5").title
    'Cross-entropy, then tau-normalisation (tau = 0.5)'
    >>> method_of("focal@weights=density-ratio").source
    'DensityRatioWeights(class_counts, num_features, start=start)'
    """
    from ..theory.foundation.validation import InputError, one_of  # which loads NumPy

    base, *after = AFTER.split(key, maxsplit=1)
    name, marked, settings = base.partition("@")
    if name in RULES and name not in METHODS:
        raise InputError(f"method = {key!r}: {name} is done after a training, such as ce+{name}")
    row = METHODS[one_of("method", name, METHODS)]
    if marked:
        row = _told(row, name, settings, ("loss", "schedule", "source"))
        row.build_loss((2, 1))
        row.build_schedule((2, 1), 0)
        row.build_source((2, 1), 1, 0)
    if not after:
        return replace(row, key=key)
    name, marked, settings = after[0].partition("@")
    rule = RULES[one_of("rule after +", name, RULES)]
    if marked:
        rule = _told(rule, name, settings, ("second",))
        rule.build_rule()
    if row.trains_on_validation:
        _refuse_both(key, rule)
    return replace(
        row,
        key=key,
        rule=rule.rule,
        second=rule.second,
        title=f"{row.title}, then {rule.title[0].lower()}{rule.title[1:]}",
        label=f"{row.label} + {rule.label}",
        balanced=rule.balanced if row is METHODS["ce"] else None,
        needs_validation=row.needs_validation or rule.needs_validation,
    )


def _refuse_both(key: str, row: Method) -> None:
    """Refuse a method that would learn from validation images what it has been trained on."""
    from ..theory.foundation.validation import InputError

    if row.needs_validation:
        raise InputError(
            f"method = {key!r}: learns from the validation split, which cannot be training images as well"
        )


def _jointly(row: Method, key: str, values: dict[str, Any]) -> Method:
    """The row with a self-supervised loss beside its own, if the settings ask for it; they are taken out."""
    from ..theory.foundation.validation import InputError, as_number

    joint = as_number("joint", values.pop("joint", row.joint), low=0)
    if not joint and "least_area" in values:
        raise InputError(f"method = {key!r}: least_area is of the views of joint, which is 0")
    area = values.pop("least_area", row.least_area)
    area = as_number("least_area", area, low=0, high=1, low_open=True)
    if not joint:
        return row
    heads = {Method.head: "embedded", "embedded": "embedded", "projected": "projected"}
    if row.head not in heads:
        raise InputError(
            f"method = {key!r}: joint contrasts embeddings, which are beside a linear head, not {row.head!r}"
        )
    return replace(row, joint=joint, least_area=area, head=heads[row.head])


def _told(row: Method, name: str, settings: str, calls: tuple[str, ...]) -> Method:
    """The row with settings in its calls, and in its words."""
    from ..theory.foundation.validation import InputError, as_number, one_of

    known: dict[str, Any] = {}
    for call in calls:
        known = {**settings_of(getattr(row, call)), **known}
    if "source" in calls:
        if row.source == Method.source:
            known |= {"weights": "uniform", "mixup": 0.0}
        known |= {} if row.needs_validation else {"validation": False}
        known |= {"joint": 0.0, "least_area": 0.1}
    values = {}
    for setting in settings.split(","):
        argument, _, text = setting.partition("=")
        one_of(f"setting of {name}", argument, known)
        try:
            values[argument] = literal(text, known[argument])
        except ValueError:
            kind = "true or false" if isinstance(known[argument], bool) else "a number"
            raise InputError(
                f"method = {name + '@' + settings!r}: {setting!r} must be a name, = and {kind}"
            ) from None
    words = settings.replace("=", " = ").replace(",", ", ")
    trains_on_validation = values.pop("validation", row.trains_on_validation)
    mixup = as_number("mixup", values.pop("mixup", row.mixup), low=0)
    row = _jointly(row, f"{name}@{settings}", values)
    if weights := values.pop("weights", None):
        weighing = {key: other for key, other in METHODS.items() if other.source != Method.source}
        other = weighing[one_of("weights", weights, weighing)]
        row = replace(row, source=other.source, needs_validation=other.needs_validation)
        calls = tuple(call for call in calls if call != "source")
        if mixup:
            raise InputError(
                f"method = {name + '@' + settings!r}: weights are of examples, not of mixed ones"
            )
    if trains_on_validation:
        _refuse_both(f"{name}@{settings}", row)
    return replace(
        row,
        trains_on_validation=trains_on_validation,
        mixup=mixup,
        needs_validation=trains_on_validation or row.needs_validation,
        title=f"{row.title} ({words})",
        label=f"{row.label} ({words})",
        balanced=None,
        **{call: told(getattr(row, call), values) for call in calls},
    )

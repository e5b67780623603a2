"""Every method of this floor, one row each: what it changes, who proposed it, what is proved, how it trains.

Rows stand in the modules of the methods, as ``METHODS = (Method(...),)``, and are collected from the text
of the files, so that reading them loads no torch. A new method is a new module: recipes, the command
line, figures and README.md follow. Checked by: a loss added to a copy of the package, every row built
and trained, and every statement it names.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from inspect import signature
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .declared import ROOMS, declared, modules

if TYPE_CHECKING:
    from torch import nn

    from ..theory.foundation.arrays import ArrayLike
    from .protocols import Schedule, WeightSource

__all__ = ["METHODS", "ROWS", "Method", "method_of"]


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
    statements
        The statements of the theory that prove it.
    key
        What recipes, results and the command line call it; empty if no recipe trains it.
    title, label, colour
        In words; short, for figures; and the colour there, a name in `counterpoise.paper_figs.style`.
    loss, schedule, source
        How a recipe makes the loss, a `Criterion`; the plan over epochs, of class weights, margins and
        how examples are drawn; and the weights of single examples: calls of public names of
        `counterpoise.methods` with literals, such calls, ``class_counts``, ``num_classes``,
        ``num_features`` and ``start``, the epoch at which a second stage begins.
    head, optimizer
        Names from `counterpoise.methods.HEADS` and `counterpoise.methods.optim.OPTIMIZERS`, unless a
        recipe names others.
    needs_validation
        Whether the weights learn from accuracies on a validation split.
    module
        Where the row stands, ``"losses.focal"``; the registry fills it in.

    Examples
    --------
    >>> la = METHODS["la"]
    >>> la.name, la.consistent
    ('LogitAdjustedLoss', 'only if τ = 1, the default')
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
    key: str = ""
    title: str = ""
    label: str = ""
    colour: str = ""
    loss: str = "MarginSoftmaxLoss()"
    head: str = "linear"
    schedule: str = "Unscheduled()"
    source: str = "UniformWeights()"
    optimizer: str = "sgd"
    needs_validation: bool = False
    module: str = ""

    @property
    def implementation(self) -> Any:
        """The class or function itself."""
        return getattr(import_module(f".{self.module}", __package__), self.name)

    def build_loss(self, class_counts: "ArrayLike") -> "nn.Module":
        """The loss per example of a data set with these class counts."""
        return _made(self.loss, _counted(class_counts), reduction="none")

    def build_schedule(self, class_counts: "ArrayLike", start: int) -> "Schedule":
        """The plan over epochs, whose second stage begins at ``start``."""
        return _made(self.schedule, {**_counted(class_counts), "start": start})

    def build_source(
        self, class_counts: "ArrayLike", num_features: int, start: int
    ) -> "WeightSource":
        """Where the weights of single examples come from."""
        given = {**_counted(class_counts), "num_features": num_features, "start": start}
        return _made(self.source, given)


def _counted(class_counts: "ArrayLike") -> dict[str, Any]:
    return {"class_counts": class_counts, "num_classes": len(class_counts)}  # type: ignore[arg-type]


def _made(call: str, given: Mapping[str, Any], **options: Any) -> Any:
    """``Name(argument, key=argument)``: a public name called with literals and with what is given."""
    public = import_module("..methods", __package__)

    def made(node: ast.expr, **options: Any) -> Any:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            raise ValueError(f"{call}: must be a call, such as 'FocalLoss(gamma=2.0)'")
        named = {keyword.arg: value(keyword.value) for keyword in node.keywords if keyword.arg}
        make: Callable[..., Any] = getattr(public, node.func.id)
        return make(*map(value, node.args), **named, **options)

    def value(argument: ast.expr) -> Any:
        match argument:
            case ast.Call():
                return made(argument)
            case ast.Name(id=name) if name in given:
                return given[name]
            case ast.Name():
                raise NameError(f"{call}: only {', '.join(given)} are known here")
        return ast.literal_eval(argument)

    return made(ast.parse(call, mode="eval").body, **options)


def _rows() -> tuple[Method, ...]:
    found = []
    for room in ROOMS:
        for path in modules(room):
            table = declared(path).get("METHODS", ast.Tuple([]))
            for call in getattr(table, "elts", ()):
                said = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
                found.append(Method(**said, module=f"{room}.{path.stem}"))
    return tuple(found)


def _by_key(rows: tuple[Method, ...]) -> Mapping[str, Method]:
    trained: dict[str, Method] = {}
    for row in rows:
        if row.key in trained:
            raise ValueError(f"{row.module} and {trained[row.key].module} both hold {row.key!r}")
        if row.key:
            trained[row.key] = row
    return MappingProxyType(trained)


ROWS = _rows()
"""All methods, by room and module."""
METHODS = _by_key(ROWS)
"""The methods that a recipe can name, by key."""


def method_of(key: str) -> Method:
    """The method that a recipe calls so: a key of `METHODS`, or one with settings of its loss.

    ``la@tau=0.5`` is ``la`` with tau = 0.5; several settings have commas between.

    Raises
    ------
    InputError
        If the method is unknown, or a setting is no number or not one that its loss takes.

    >>> method_of("la@tau=0.5").loss
    'LogitAdjustedLoss(class_counts, tau=0.5)'
    """
    from ..theory.foundation.validation import InputError, one_of  # which loads NumPy

    name, marked, settings = key.partition("@")
    row = METHODS[one_of("method", name, METHODS)]
    if not marked:
        return row
    call = ast.parse(row.loss, mode="eval").body
    assert isinstance(call, ast.Call)  # as every row's
    known = _parameters(row)
    given = {word.arg: word for word in call.keywords}
    for setting in settings.split(","):
        argument, _, number = setting.partition("=")
        one_of(f"setting of {name}", argument, known)
        try:
            value = ast.Constant(float(number))
        except ValueError:
            raise InputError(
                f"method = {key!r}: {setting!r} must be a name, = and a number"
            ) from None
        given[argument] = ast.keyword(arg=argument, value=value)
    call.keywords = list(given.values())
    words = settings.replace("=", " = ").replace(",", ", ")
    return replace(
        row,
        key=key,
        loss=ast.unparse(call),
        title=f"{row.title} ({words})",
        label=f"{row.label} ({words})",
    )


def _parameters(row: Method) -> list[str]:
    """The numbers that a row's loss can be told: its parameters with a number for a default."""
    called = ast.parse(row.loss, mode="eval").body
    assert isinstance(called, ast.Call)
    assert isinstance(called.func, ast.Name)
    public = import_module("..methods", __package__)
    parameters = signature(getattr(public, called.func.id)).parameters.values()
    return [
        p.name
        for p in parameters
        if isinstance(p.default, float | int) and p.name != "ignore_index"
    ]

"""Calls as the rows of the registry write them: made with what is given, or told other settings.

``"LDAMLoss(class_counts, max_margin=0.5)"`` is a public name of `counterpoise.methods` with literals, such
calls and names that are given. Checked by: every row, built and trained, and settings of all their kinds.
"""

import ast
import math
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from inspect import signature
from typing import Any

__all__ = ["literal", "made", "settings_of", "told"]

NO_SETTINGS = (
    "ignore_index",
    "normalize",
    "reduction",
)  # how a loss is summed, which a recipe decides
SWITCH = {"true": True, "false": False}


def made(call: str, given: Mapping[str, Any], **options: Any) -> Any:
    """What ``Name(argument, key=argument)`` returns; ``options`` are further arguments of the outermost.

    >>> made("power_weights(class_counts, nu=1.0)", {"class_counts": (3, 1)}).tolist()
    [0.5, 1.5]
    """

    def called(node: ast.expr, **options: Any) -> Any:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            raise ValueError(f"{call}: must be a call, such as 'FocalLoss(gamma=2.0)'")
        named = {keyword.arg: value(keyword.value) for keyword in node.keywords if keyword.arg}
        return _public(node.func)(*map(value, node.args), **named, **options)

    def value(argument: ast.expr) -> Any:
        match argument:
            case ast.Call():
                return called(argument)
            case ast.Name(id=name) if name in given:
                return given[name]
            case ast.Name():
                raise NameError(f"{call}: only {', '.join(given)} are known here")
        return ast.literal_eval(argument)

    return called(ast.parse(call, mode="eval").body, **options)


def settings_of(call: str) -> dict[str, Any]:
    """What a call, and the calls inside it, can be told, with the values that stand.

    >>> settings_of("DeferredReweighting(class_counts, 0, power_weights(class_counts))")
    {'nu': 0.25}
    """
    found: dict[str, Any] = {}
    for node in _calls(ast.parse(call, mode="eval")):
        found = {**_settings(node), **found}
    return found


def told(call: str, settings: Mapping[str, Any]) -> str:
    """The call with settings, each wherever it is one.

    >>> told("LogitAdjustedLoss(class_counts)", {"tau": 0.5})
    'LogitAdjustedLoss(class_counts, tau=0.5)'
    """
    tree = ast.parse(call, mode="eval")
    for node in _calls(tree):
        known, words = _settings(node), {word.arg: word for word in node.keywords}
        for name, value in settings.items():
            if name in known:
                words[name] = ast.keyword(arg=name, value=ast.Constant(value))
        node.keywords = list(words.values())
    return ast.unparse(tree)


def literal(text: str, like: Any) -> Any:
    """The value that a setting's text stands for, of the kind of the value that it replaces.

    Raises
    ------
    ValueError
        If it is none.

    >>> literal("3", 10), literal("3", 0.5), literal("true", False), literal("cosine", "euclidean")
    (3, 3.0, True, 'cosine')
    """
    if isinstance(like, bool):
        if text not in SWITCH:
            raise ValueError(text)
        return SWITCH[text]
    if isinstance(like, int) and text.lstrip("-").isdigit():
        return int(text)
    try:
        number = float(text)
    except ValueError:
        if isinstance(like, str) and text:
            return text
        raise
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _settings(node: ast.Call) -> dict[str, Any]:
    """The numbers, switches and words that a call takes, or that stand in it."""
    parameters = signature(_public(node.func)).parameters.values()
    found = {parameter.name: parameter.default for parameter in parameters}
    for word in node.keywords:
        if word.arg:
            found[word.arg] = word.value.value if isinstance(word.value, ast.Constant) else None
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, bool | int | float | str) and name not in NO_SETTINGS
    }


def _public(function: ast.expr) -> Callable[..., Any]:
    assert isinstance(function, ast.Name)
    return getattr(import_module("..methods", __package__), function.id)

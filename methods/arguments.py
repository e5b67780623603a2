"""Calls with arguments that are not there: one line with the class's name and what was perhaps meant.

The authors' scripts spell the same parameters in many ways; their names are known here as hints, and
accepted nowhere. Checked by: every loss and source of weights called with names that are not theirs.
"""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, wraps
from inspect import signature
from typing import Any, NamedTuple, ParamSpec, TypeVar, get_args, get_type_hints

from ..theory.foundation.validation import InputTypeError

__all__ = ["named_arguments"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

# Other people's names, in lower case, for ours; of several, the first that the function has is meant.
_OURS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            *("cls_num_list", "cls_nums", "cls_num", "class_num_list", "img_num_list"),
            *("img_num_per_cls", "samples_per_cls", "samples_per_class", "sample_per_class", "spc"),
            *(
                "num_per_cls",
                "num_samples_per_class",
                "n_per_class",
                "freq",
                "frequencies",
                "counts",
            ),
            *("class_freq", "class_frequency", "class_count", "prior", "priors", "class_prior"),
            *("base_probs", "adjustments", "pi", "n", "label_counts", "cls_counts"),
        ),
        ("class_counts", "positive_counts", "class_weights"),
    ),
    **dict.fromkeys(("pos_counts", "num_pos", "pos_count"), ("positive_counts", "class_counts")),
    **dict.fromkeys(
        ("no_of_classes", "num_class", "n_classes", "nb_classes", "classes", "c", "k"),
        ("num_classes",),
    ),
    **dict.fromkeys(
        (
            *("per_cls_weights", "cls_weight", "cls_weights", "class_weight", "class_weights"),
            *("weights", "alpha", "w"),
        ),
        ("weight", "class_weights", "class_weight"),
    ),
    **dict.fromkeys(("pos_weight", "positive_weight"), ("positive_weight", "alpha", "weight")),
    **dict.fromkeys(("s", "scaling", "temp", "temperature"), ("scale", "tau", "gamma")),
    **dict.fromkeys(("m", "max_m", "margin", "margins", "delta"), ("max_margin", "target_margin")),
    **dict.fromkeys(("delta_list", "iota_list", "logit_adj", "bias"), ("offset", "tau")),
    **dict.fromkeys(("tro", "tau_norm", "adjustment"), ("tau",)),
    **dict.fromkeys(("exponent", "power", "q"), ("nu", "tau", "exponent", "gamma")),
    **dict.fromkeys(("focusing", "focusing_parameter", "gama"), ("gamma",)),
    **dict.fromkeys(("loss_type", "loss"), ("base",)),
    **dict.fromkeys(("lambda_", "lam", "lamb", "lambd"), ("threshold", "remine_lambda", "ridge")),
    **dict.fromkeys(("eps", "smoothing", "label_smooth", "smooth"), ("epsilon", "label_smoothing")),
    **dict.fromkeys(("smooth_head",), ("head",)),
    **dict.fromkeys(("smooth_tail",), ("tail",)),
    **dict.fromkeys(("estim_loss_weight", "lade_weight"), ("alpha",)),
    **dict.fromkeys(("size_average", "reduce"), ("reduction",)),
    **dict.fromkeys(("ignore_label", "ignore", "ignored_index"), ("ignore_index",)),
    **dict.fromkeys(("drw_epoch", "defer_epoch", "start_epoch", "epoch", "warm_epoch"), ("start",)),
    **dict.fromkeys(("feat_dim", "feature_dim", "dim", "in_features"), ("num_features",)),
    **dict.fromkeys(("decay", "ema"), ("momentum",)),
    **dict.fromkeys(("total", "num_samples", "n_samples", "num_instances"), ("num_examples",)),
    **dict.fromkeys(("positive", "pos", "positive_label"), ("pos_label",)),
    **dict.fromkeys(("logit", "input", "inputs", "pred", "preds", "output", "x"), ("logits",)),
    **dict.fromkeys(("label", "labels", "targets", "y", "y_true"), ("target",)),
}


class _Taken(NamedTuple):
    """What a function takes, without the object of a method of construction."""

    by_place: tuple[str, ...]
    required: tuple[str, ...]
    known: tuple[str, ...]
    any_name: bool
    any_number: bool


def named_arguments(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The function, which tells a call that does not fit what is wrong, by an `InputTypeError`.

    A method ``__init__`` is called by its object's class. Options typed ``Unpack[Options]`` are those
    of that type; of any others nothing is known.
    """
    constructs = function.__name__ == "__init__"

    @wraps(function)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        called = type(args[0]).__name__ if constructs else function.__name__
        mistake = _mistake(_taken(function, constructs), args[constructs:], kwargs)
        if mistake:
            raise InputTypeError(f"{called} {mistake}")
        return function(*args, **kwargs)

    return checked


@cache
def _taken(function: Callable[..., Any], constructs: bool) -> _Taken:
    every = list(signature(function).parameters.values())[constructs:]
    by_place = tuple(
        p.name for p in every if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    )
    own = (*by_place, *(p.name for p in every if p.kind is p.KEYWORD_ONLY))
    options = [p.name for p in every if p.kind is p.VAR_KEYWORD]
    typed = get_args(get_type_hints(function).get(options[0])) if options else ()
    return _Taken(
        by_place=by_place,
        required=tuple(p.name for p in every if p.name in own and p.default is p.empty),
        known=(*own, *(get_type_hints(typed[0]) if typed else ())),
        any_name=bool(options) and not typed,
        any_number=any(p.kind is p.VAR_POSITIONAL for p in every),
    )


def _mistake(taken: _Taken, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """What is wrong with a call, empty if nothing is."""
    for name in kwargs:
        if name not in taken.known and not taken.any_name:
            return f"takes no argument {name!r}; {_hint(name, taken.known)}"
    if len(args) > len(taken.by_place) and not taken.any_number:
        if not taken.by_place:
            return f"takes all arguments by name: {', '.join(taken.known) or 'it has none'}"
        shown = ", ".join(taken.by_place)
        return f"takes {len(taken.by_place)} by position ({shown}): {len(args)} were given"
    placed = taken.by_place[: len(args)]
    for name in placed:
        if name in kwargs:
            return f"was given {name!r} twice, by position and by name"
    missing = [name for name in taken.required if name not in placed and name not in kwargs]
    return f"needs {' and '.join(missing)}" if missing else ""


def _hint(name: str, known: Sequence[str]) -> str:
    meant = [ours for ours in _OURS.get(name.lower(), ()) if ours in known][:1]
    near = meant or get_close_matches(name.lower(), known, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known: {', '.join(known)}" if known else "it takes none"

"""The tables of methods in README.md: what each changes, what is proved of it, how a recipe trains it.

``python -m counterpoise.methods.table`` writes the file, and the rooms' lists of modules that type checkers
follow. Rows come from the registry, parameters from the signatures and statements from the theory's
modules, so that none can go stale. Checked by: the files equal what is written here, and the template of
a new loss works.
"""

import inspect
import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from .calls import settings_of
from .declared import ROOMS, declared, modules
from .registry import METHODS, ROWS, RULES, Method

__all__ = ["README", "faces", "render"]

README = Path(__file__).with_name("README.md")

# Of every method of a kind, or of how it is run: not what tells methods apart.
_COMMON = {
    "estimator",
    "features",
    "generator",
    "ignore_index",
    "label_smoothing",
    "logits",
    "normalize",
    "num_replicas",
    "num_samples",
    "random_state",
    "rank",
    "reduction",
    "seed",
    "self",
    "target",
}

_HEAD = """# Methods

Almost every loss is `α_y ψ(log softmax_y(β z + Δ − m_y e_y))`: a weight, a margin and a link. π is the class
prior, n the class counts, K the number of classes. The last column says whether the method's population
optimum minimises the balanced error, and which statement of the theory proves it; `counterpoise verify NAME`
checks that statement again.

This file is written by `python -m counterpoise.methods.table`.
"""
_SECTIONS = {
    "losses": "Losses",
    "weights": "Weights and schedules",
    "posthoc": "After training",
    "sampling": "Sampling",
}
_COLUMNS = (
    "method",
    "weight",
    "margin",
    "link",
    "parameters and defaults",
    "paper",
    "consistent for balanced error",
)


_TRAINED = """
## Trained by a recipe

`counterpoise train --method KEY`, or `Recipe(methods=(KEY, ...))`. A loss without weights or margins is
cross-entropy; `start` is the epoch at which deferred weights begin. Weights marked † learn from
accuracies on a validation split. Balanced: whether the optimum over all logits, in the last stage of the
plan, minimises the balanced error of every population; – where no statement says. What was found on finite
populations: [consistency](../paper_figs/results/consistency.md). Numbers, switches and words that the calls
take are settings: `la@tau=0.5`, `drs@exponent=0.5`, `lade@form=official`. `mixup` is `ce@mixup=1.0`: images
mixed in pairs, a setting of every method that weighs no single examples. `ce@joint=0.5,least_area=0.3` adds
half the contrast of two views of every image (joint self-supervision), for methods with a linear head.

"""
_RULES = """
### Then

What follows `+` is done once a method is trained, for any method: `ce+la`, `ldam-drw+crt@epochs=5`. The
training is done once a seed for all that is made of it (`ce`, `ce+la`, `ce+crt`), which a member beside it
never changes. Second stages train on the features of the training images as they are, by class-aware
sampling (`balanced=false` and `+disalign`: as they come), with stochastic gradient descent from the recipe's
rate (`lr`, or the setting) along a cosine to zero, and the recipe's batch size, momentum and decay; the body,
in evaluation mode, stays, but that `+mislas` predicts by a copy whose running means are of images drawn by
class: MiSLAS is `mixup+mislas`. A cosine head's logits count times its loss's scale. What is measured is what
is predicted with; the curve is that of the training. `+tuned-la` makes a validation split, as † does.
Balanced: of cross-entropy and then the rule.

"""
_UNTRAINED = """
### Not by a recipe

"""
_TRAINED_COLUMNS = (
    "key",
    "method",
    "loss",
    "head",
    "schedule",
    "weights of examples",
    "optimiser",
    "balanced",
)
_VERDICTS = {True: "yes", False: "no", None: "–"}
_TEMPLATE = """
## A new method

It takes one file, with its row, in the folder it belongs to (`losses/`, `sampling/`, `weights/`, ...), and
a test. From then on `counterpoise.methods` exports the names in its `__all__`, recipes and the command
line train it by its key, and figures show its label; `python -m counterpoise.methods.table` adds it to the
tables above and to what type checkers see.
`losses/half_adjusted.py`, for example:

```python
\"""Half of logit adjustment, a loss to copy from.

Source: ours. Checked by: it is cross-entropy with half the log prior added to the logits.
\"""

from typing import Unpack

from numpy.typing import ArrayLike

from ...theory.vector_scaling import logit_adjustment_offset
from ..registry import Method
from .module import COUNTED, LossOptions, MarginSoftmaxLoss

__all__ = ["HalfAdjustedLoss"]

METHODS = (
    Method(
        name="HalfAdjustedLoss",
        weight="1",
        margin="Δ = ½ log π",
        link="−log",
        paper="ours",
        consistent="no",
        statements=("offset_family.consistent_iff",),
        key="half-adjusted",
        balanced=False,
        title="Half of logit adjustment",
        label="half LA",
        colour="sky",
        loss="HalfAdjustedLoss(class_counts)",
    ),
)


class HalfAdjustedLoss(MarginSoftmaxLoss):
    \"""``-log softmax_y(z + log(pi)/2)``.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.
    \"""

    arguments = COUNTED

    def __init__(self, class_counts: ArrayLike, **options: Unpack[LossOptions]) -> None:
        super().__init__(offset=logit_adjustment_offset(class_counts, 0.5), **options)
```
"""


def render() -> str:
    """The whole file, from the registry, the signatures and the theory's statements.

    Raises
    ------
    AttributeError
        If a row names a method that does not exist.
    LookupError
        If a row names a statement that does not exist.
    """
    parts = [_HEAD]
    for room, title in _SECTIONS.items():
        rows = [_row(row) for row in ROWS if row.module.startswith(f"{room}.")]
        parts.append(f"\n## {title}\n\n{_table(_COLUMNS, rows)}")
    trained = [_trained(METHODS[key]) for key in sorted(METHODS)]
    parts += [_TRAINED, _table(_TRAINED_COLUMNS, trained)]
    after = [_after(RULES[rule]) for rule in sorted(RULES)]
    parts += [_RULES, _table(("rule", "what", "settings", "balanced"), after)]
    reasons = dict.fromkeys(row.untrained for row in ROWS if row.untrained)
    others = [_line((reason, _names(reason))) for reason in reasons]
    return "".join([*parts, _UNTRAINED, _table(("why", "methods"), others), _TEMPLATE])


def faces() -> dict[Path, str]:
    """Every room's ``__init__.py``, where type checkers find one star import for each module of names."""
    written = {}
    for room in ROOMS:
        path = Path(__file__).with_name(room) / "__init__.py"
        public = [module.stem for module in modules(room) if "__all__" in declared(module)]
        stars = "".join(f"    from .{name} import *\n" for name in public)
        text = path.read_text(encoding="utf-8")
        written[path] = re.sub(r"(    from \.\w+ import \*\n)+", stars, text, count=1)
    return written


def _table(columns: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([_line(columns), _line(["---"] * len(columns)), *rows]) + "\n"


def _trained(row: Method) -> str:
    schedule = "–" if row.schedule == Method.schedule else f"`{row.schedule}`"
    source = "–" if row.source == Method.source else f"`{row.source}`"
    marked = f"{source} †" if row.needs_validation else source
    loss, verdict = f"`{row.loss}`", _VERDICTS[row.balanced]
    return _line(
        (f"`{row.key}`", row.title, loss, row.head, schedule, marked, row.optimizer, verdict)
    )


def _after(row: Method) -> str:
    told = ", ".join(f"{name}={value}" for name, value in settings_of(row.second).items())
    settings = f"`{told}`" if told else "–"
    return _line((f"`+{row.rule}`", row.title, settings, _VERDICTS[row.balanced]))


def _names(reason: str) -> str:
    return ", ".join(f"`{row.name}`" for row in ROWS if row.untrained == reason)


def _row(row: Method) -> str:
    proofs = ", ".join(_linked(statement) for statement in row.statements)
    status = f"{row.consistent} ({proofs})" if proofs else row.consistent
    shown = _parameters(row.implementation)
    return _line((f"`{row.name}`", row.weight, row.margin, row.link, shown, row.paper, status))


def _parameters(found: Any) -> str:
    """Names and defaults, without what all methods of the kind share."""
    shown = [
        parameter.name
        if parameter.default is inspect.Parameter.empty
        else f"{parameter.name}={parameter.default!r}"
        for parameter in inspect.signature(found).parameters.values()
        if parameter.name not in _COMMON and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    return f"`{', '.join(shown)}`" if shown else "–"


def _linked(statement: str) -> str:
    """The statement's name as a link to its module; it must exist."""
    module = statement.split(".")[0]
    from ..theory.catalogue import (
        chapter_of,  # the catalogue loads SymPy: only where a table is made
    )

    chapter = chapter_of(statement)
    known = import_module(f"..theory.{chapter}.{module}", __package__).STATEMENTS
    if statement not in {entry.name for entry in known}:
        raise LookupError(f"{statement} is no statement of theory/{chapter}/{module}.py")
    return f"[`{statement}`](../theory/{chapter}/{module}.py)"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


if __name__ == "__main__":
    for file, content in {README: render(), **faces()}.items():
        file.write_text(content, encoding="utf-8")

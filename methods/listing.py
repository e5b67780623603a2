"""The methods as a reader of a terminal sees them, from the registry: no torch is loaded."""

from ..theory.foundation.columns import columns
from ..theory.foundation.validation import one_of
from .registry import METHODS, ROWS, RULES, Method, method_of

__all__ = ["described", "listed"]


def listed() -> str:
    """Every method: key, name, title, whether it is consistent for the balanced error, and why.

    Examples
    --------
    >>> "LogitAdjustedLoss" in listed()
    True
    """
    header = ("key", "name", "what it is, or whose", "consistent", "statements")
    trained = [METHODS[key] for key in sorted(METHODS)]
    trained += [RULES[rule] for rule in sorted(RULES)]
    others = [row for row in ROWS if row.untrained]
    rows = [
        (_called(row) or "-", row.name, row.title or row.paper, row.consistent, ", ".join(row.statements))
        for row in (*trained, *others)
    ]  # fmt: skip
    return columns(rows, header) + (
        "\n\nTrained by its key: counterpoise train --method KEY; what begins with + is done after any: "
        "--method ce+la. Consistent: whether the population "
        "optimum minimises the balanced error; counterpoise show STATEMENT says why."
    )


def described(name: str) -> str:
    """All that the registry holds of one method, by its key or the name of its class, or of ``+rule``.

    Raises
    ------
    InputError
        If there is none; near names are suggested.

    Examples
    --------
    >>> print(described("la").splitlines()[0])
    LogitAdjustedLoss (la): Logit adjustment
    """
    known = {row.name: row for row in reversed(ROWS)} | dict(METHODS)
    known |= {f"+{rule}": row for rule, row in RULES.items()}
    if name not in known and ("+" in name or "@" in name):
        return _described(method_of(name))
    return _described(known[one_of("method", name, known)])


def _called(row: Method) -> str:
    """What recipes call it, if they do."""
    return row.key or (f"+{row.rule}" if row.rule else "")


def _described(row: Method) -> str:
    key = _called(row)
    title = f"{row.name} ({key}): {row.title}" if key else row.name
    said = [
        ("where", f"counterpoise.methods.{row.name}"),
        ("paper", row.paper),
        ("weight", row.weight),
        ("margin", row.margin),
        ("link", row.link),
        ("consistent for the balanced error", row.consistent),
        ("statements", ", ".join(row.statements) or "none"),
    ]
    if row.key:
        said += [
            ("a recipe's loss", row.loss),
            ("schedule", row.schedule),
            ("weights of examples", row.source),
            ("head", row.head),
            ("optimiser", row.optimizer),
        ]
    if row.second:
        said += [("done after training", row.second)]
    if row.untrained:
        said += [("not trained by a recipe", row.untrained)]
    else:
        said += [
            ("needs a validation split", "yes" if row.needs_validation else "no"),
            ("trained by", f"counterpoise train --method {row.key or f'ce+{row.rule}'}"),
        ]
    return f"{title}\n{columns(said)}"

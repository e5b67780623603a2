"""Common situations and what `advise` answers: the table of the README, by ``python -m`` of this module."""

from typing import Any, NamedTuple

from .advise import advise

__all__ = ["SITUATIONS", "Situation", "loss_table"]


class Situation(NamedTuple):
    """A situation in words, and as arguments of `advise`."""

    words: str
    arguments: dict[str, Any]


LONG_TAIL = [5000, 500, 50]
SITUATIONS = (
    Situation("balanced accuracy", {"class_counts": LONG_TAIL}),
    Situation(
        "balanced accuracy, class-balanced batches",
        {"class_counts": LONG_TAIL, "sampled": "class-balanced"},
    ),
    Situation(
        "balanced accuracy, square-root batches",
        {"class_counts": LONG_TAIL, "sampled": "square-root"},
    ),
    Situation("accuracy", {"class_counts": LONG_TAIL, "metric": "accuracy"}),
    Situation(
        "accuracy where classes are equally frequent",
        {"class_counts": LONG_TAIL, "metric": "accuracy", "target_prior": [1, 1, 1]},
    ),
    Situation(
        "a missed class costs 1, 2 or 10", {"class_counts": LONG_TAIL, "costs": [1.0, 2.0, 10.0]}
    ),
    Situation(
        "F1 of the rare class (then a threshold)", {"class_counts": [900, 100], "metric": "f1"}
    ),
)


def loss_table() -> str:
    """The situations, the advised loss and the first statement that it follows from, in Markdown."""
    rows = ["| you want | train with | because |", "|---|---|---|"]
    for words, arguments in SITUATIONS:
        advice = advise(**arguments)
        name = advice.lines[0].statements[0]
        plain = " (cross-entropy)" if advice.tau == 0 else ""
        rows.append(f"| {words} | `{advice.loss}`{plain} | `{name}` ({advice.statements[name]}) |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(loss_table())  # noqa: T201

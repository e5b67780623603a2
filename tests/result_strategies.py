"""Hypothesis strategies for results of training; apart from the others, which need no torch."""

from typing import Any

from counterpoise.methods.results.run_results import (
    History,
    MemberResult,
    MethodSummary,
    RunResults,
)
from hypothesis import strategies as st
from strategies import class_counts

__all__ = ["run_results"]

_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
_SHARES, _AMOUNTS = st.floats(0, 1), st.floats(0, allow_infinity=False)
_NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


def _vectors(
    size: int, entry: st.SearchStrategy[Any] = _NUMBERS
) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(*[entry] * size)


@st.composite
def _histories(draw: st.DrawFn, classes: int) -> History:
    points = draw(st.integers(1, 3))
    return History(
        epoch=tuple(range(1, points + 1)),
        train_loss=draw(_vectors(points)),
        balanced_accuracy=draw(_vectors(points, _SHARES)),
        class_weights=tuple(draw(_vectors(classes, _AMOUNTS)) for _ in range(points)),
    )


@st.composite
def run_results(draw: st.DrawFn, max_classes: int = 3) -> RunResults:
    """Results of a run, of any finite numbers and any names, whose parts belong together."""
    counts = draw(class_counts(max_classes=max_classes)).tolist()
    methods = draw(st.lists(_NAMES, min_size=1, max_size=2, unique=True))
    seeds, vectors, shares = (
        draw(st.integers(1, 2)),
        _vectors(len(counts)),
        _vectors(len(counts), _SHARES),
    )
    groups = dict.fromkeys(("many", "medium", "few"), st.none() | _SHARES)
    member = {
        **groups,
        "class_accuracy": shares,
        "balanced_accuracy": _SHARES,
        "history": _histories(len(counts)),
        "mean_logits": vectors,
        "mean_margin": vectors,
        "min_margin": vectors,
        "min_target_probability": shares,
        "gradient_bound_ratio": st.none() | _AMOUNTS,
        "confusion": st.none()
        | st.tuples(*[_vectors(len(counts), st.integers(0, 99))] * len(counts)),
        "expected_calibration_error": st.none() | _SHARES,
        "train_accuracy": st.none() | shares,
        "bound_terms": st.none() | _vectors(len(counts), _AMOUNTS),
    }
    row = {
        **groups,
        "balanced_accuracy": _SHARES,
        "std": st.none() | _AMOUNTS,
        "difference_to_ce": st.none() | st.floats(-1, 1),
        "interval": st.none() | st.tuples(_NUMBERS, _NUMBERS).map(lambda ends: tuple(sorted(ends))),
    }
    return RunResults(
        recipe={"data": draw(_NAMES), "imbalance_factor": draw(_NUMBERS), "seeds": seeds},
        class_counts=tuple(counts),
        class_names=tuple(draw(_NAMES) for _ in counts),
        members=tuple(
            draw(st.builds(MemberResult, method=st.just(m), seed=st.just(s), **member))
            for s in range(seeds)
            for m in methods
        ),
        summary=tuple(draw(st.builds(MethodSummary, method=st.just(m), **row)) for m in methods),
    )

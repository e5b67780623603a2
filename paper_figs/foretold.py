"""Predictions that were written before a run, held against what it measured.

Every verdict comes from paired seeds and a 95 % interval of their mean. Where all seeds share their
training and test images, as by the canonical subset, it is about those images; where a class has
few test images it says little of the population. Checked by: tests on results made to hold, to fail and to
leave it open.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from ..methods.predicting.kinds import KINDS, Kind
from ..methods.results.prediction_file import Prediction, Predictions, read_predictions
from ..methods.results.records import encode
from ..methods.results.run_results import load_results
from ..theory.concentration import MeanInterval, mean_interval
from ..theory.foundation.forms import formed
from ..theory.foundation.validation import InputError
from .ledger_row import LedgerRow, Verdict, not_negative, sign_verdict
from .results import Results, members_of, slope

if TYPE_CHECKING:
    from ..methods.results.run_results import MemberResult

__all__ = ["VERDICTS", "held_against", "ledger_table", "read_foretold", "tally"]

IDENTITIES = ("gradient bound",)
"""Kinds that hold whatever is trained, unless the code is wrong."""
VERDICTS: tuple[Verdict, ...] = ("holds", "fails", "undecided", "inapplicable")


class Foretold(NamedTuple):
    """What a run's folder holds, and a row for every prediction that was written before it."""

    predictions: Predictions
    results: Results
    rows: list[LedgerRow]


def read_foretold(folder: str | Path) -> Foretold:
    """The predictions and results of a run's folder, one held against the other.

    Raises
    ------
    InputError
        If the folder holds no prediction or no results, or the prediction is not the one that the
        results were made under.
    """
    predictions, results = read_predictions(folder), load_results(folder)
    if results.prediction_sha256 is None:  # load_results refuses another one
        raise InputError(f"{folder}: its results were made under no prediction")
    _check_belonging(Path(folder), predictions, results)
    return Foretold(predictions, results, held_against(predictions, results))


def _check_belonging(folder: Path, predictions: Predictions, results: Results) -> None:
    """Refuse results that are not all of the recipe, or not of the data, that was predicted."""
    if encode(predictions.recipe) != encode(results.recipe):
        raise InputError(f"{folder}: its prediction is of another recipe than its results")
    if predictions.class_counts != results.class_counts:
        raise InputError(f"{folder}: its prediction is of other class counts than its results")
    ended = {(m.method, m.seed) for m in (*results.members, *results.failed)}
    for method in results.recipe.get("methods", ()):
        for seed in range(1 + max(seed for _, seed in ended)):  # all of them, or the first
            if (method, seed) not in ended:
                raise InputError(f"{folder}: {method}, seed {seed}, is not among its results")


def held_against(predictions: Predictions, results: Results) -> list[LedgerRow]:
    """One row for each prediction, in their order."""
    return [_row(prediction, predictions, results) for prediction in predictions.predictions]


def tally(rows: Sequence[LedgerRow], predictions: Sequence[Prediction]) -> list[tuple[str, ...]]:
    """How many of each kind hold, fail, stay open and do not apply: a line a kind, and one of all.

    Predictions share methods and seeds, so their verdicts are not independent; identities are not counted.
    """
    pairs = zip(predictions, rows, strict=True)
    found = Counter((prediction.kind, row.verdict) for prediction, row in pairs)
    counts = {kind: [found[kind, verdict] for verdict in VERDICTS] for kind in KINDS}
    counts = {kind: several for kind, several in counts.items() if any(several)}
    counted = [several for kind, several in counts.items() if kind not in IDENTITIES]
    counts["all"] = [sum(column) for column in zip(*counted, strict=True)] or [0] * len(VERDICTS)
    return [(kind, *map(str, several)) for kind, several in counts.items()]


def ledger_table(folder: str | Path, all_rows: bool = False, form: str = "text") -> str:
    """The ledger of a run's folder: what does not hold, or all, and how many of each kind do.

    Parameters
    ----------
    all_rows
        Every prediction; always so as CSV.
    form
        One of `counterpoise.theory.foundation.forms.FORMS`.
    """
    predictions, _, rows = read_foretold(folder)
    if form == "csv":
        return formed([_exact(row) for row in rows], _EXACT, form)
    shown = [row for row in rows if all_rows or row.verdict in ("fails", "undecided")]
    lines = [
        (row.verdict, row.prediction, row.predicted, _number(row), row.measured_in, row.note)
        for row in shown
    ]
    counted = formed(tally(rows, predictions.predictions), ("prediction", *VERDICTS), form)
    if not lines:
        return counted
    header = ("verdict", "prediction", "predicted", "measured (95 % interval)", "in", "")
    return formed(lines, header, form) + "\n\n" + counted


def _number(row: LedgerRow) -> str:
    if row.interval is None:
        return f"{row.measured:.4f}"
    return f"{row.measured:+.4f} [{row.interval[0]:+.4f}, {row.interval[1]:+.4f}]"


_EXACT = (
    "verdict", "prediction", "predicted", "measured", "low", "high", "in", "statements", "assuming",
    "note",
)  # fmt: skip


def _exact(row: LedgerRow) -> list[str]:
    low, high = row.interval or ("", "")
    numbers = [str(value) for value in (row.measured, low, high)]
    words = [row.measured_in, " ".join(row.statements), row.assuming, row.note]
    return [row.verdict, row.prediction, row.predicted, *numbers, *words]


def _row(prediction: Prediction, predictions: Predictions, results: Results) -> LedgerRow:
    kind, rule = _kind(prediction, predictions), predictions.rule(prediction.method)
    named = {"method": prediction.method, "rival": prediction.rival}
    pairs = _pairs(results, prediction)
    measured, verdict, note = _decided(prediction, predictions, pairs)
    statements = dict.fromkeys((*kind.statements, *rule.statements))
    return LedgerRow(
        tuple(statements),
        kind.says.format(**named),
        kind.predicted,
        f"training, {len(pairs)} {'seed' if len(pairs) == 1 else 'seeds'}{_lost(prediction, results)}",
        measured.mean,
        measured.interval,
        verdict,
        kind.assuming,
        note,
    )


def _lost(prediction: Prediction, results: Results) -> str:
    """How many seeds are left out because a training diverged."""
    of = (prediction.method, prediction.rival)
    seeds = {failed.seed for failed in results.failed if failed.method in of}
    return f" ({len(seeds)} diverged)" if seeds else ""


def _pairs(results: Results, prediction: Prediction) -> "list[tuple[MemberResult, MemberResult]]":
    """Members of the method and of its rival under the same seeds; without a rival, with themselves."""
    own = members_of(results, prediction.method)
    rivals = {m.seed: m for m in members_of(results, prediction.rival or prediction.method)}
    return [(member, rivals[member.seed]) for member in own if member.seed in rivals]


_Pairs: TypeAlias = "Sequence[tuple[MemberResult, MemberResult]]"


def _decided(
    prediction: Prediction, predictions: Predictions, pairs: _Pairs
) -> tuple[MeanInterval, Verdict, str]:
    """What was measured of a prediction, the verdict, and a note."""
    if not pairs:
        return MeanInterval(float("nan"), None), "inapplicable", "no member finished"
    tolerance = _kind(prediction, predictions).tolerance
    match prediction.kind:
        case "gradient bound":
            return _bounded(pairs)
        case "shift sign" | "shift size":
            return _shifted(prediction, predictions, pairs, tolerance)
        case "same rule":
            return _near(_contrast(pairs, _uniform(predictions)), tolerance)
        case "fades":
            far = _far(prediction, predictions)
            fit = all(min(m.min_margin) > far for pair in pairs for m in pair)
            measured, verdict, _ = _near(_contrast(pairs, _uniform(predictions)), tolerance)
            if fit:
                return measured, verdict, ""
            return measured, "inapplicable", f"not all margins exceed {far:.1f}"
    sign = 1.0
    coefficients = np.zeros(len(predictions.class_counts))
    if prediction.kind == "best at its weights":
        coefficients[:] = predictions.rule(prediction.method).recall_weights or np.nan
    else:
        coefficients[list(prediction.classes)] = 1 / len(prediction.classes)
        sign = -1.0 if prediction.kind == "head pays" else 1.0
    measured = _contrast(pairs, sign * coefficients)
    note = "needs two seeds or more" if measured.interval is None else ""
    return measured, not_negative(measured), note


def _kind(prediction: Prediction, predictions: Predictions) -> Kind:
    """What the prediction itself says of its kind; of those written before it was said, what is said now."""
    if prediction.kind not in KINDS:
        raise InputError(f"a prediction of kind {prediction.kind!r} is not known here")
    stated = predictions.kinds.get(prediction.kind)
    return KINDS[prediction.kind] if stated is None else Kind(**stated)


def _far(prediction: Prediction, predictions: Predictions) -> float:
    """How large margins must be for weights and offsets to be small beside them.

    From the bound of `implicit_bias.offsets_are_inert`, ``log(2 A e^o/(a_min log(1 + e^-o)))``, whose
    constants are at most N, and the shift's range in log weights and offsets each.
    """
    shifts = [
        predictions.rule(name or "").log_tilt for name in (prediction.method, prediction.rival)
    ]
    ranges = [float(np.ptp(shift)) for shift in shifts if shift is not None]
    return float(np.log(4 * sum(predictions.class_counts)) + 2 * max(ranges, default=0.0))


def _uniform(predictions: Predictions) -> np.ndarray:
    classes = len(predictions.class_counts)
    return np.full(classes, 1 / classes)


def _contrast(pairs: _Pairs, coefficients: np.ndarray) -> MeanInterval:
    """Of the differences of recalls, weighted."""
    return mean_interval(
        [
            float(coefficients @ np.subtract(own.class_accuracy, rival.class_accuracy))
            for own, rival in pairs
        ]
    )


def _shifted(
    prediction: Prediction, predictions: Predictions, pairs: _Pairs, tolerance: float
) -> tuple[MeanInterval, Verdict, str]:
    tilts = [
        predictions.rule(name or "").log_tilt for name in (prediction.method, prediction.rival)
    ]
    if None in tilts:
        raise InputError(f"the prediction {prediction.kind!r} of {prediction.method} has no shift")
    shift = np.subtract(*tilts)  # type: ignore[arg-type]
    measured = mean_interval(
        [slope(shift, np.subtract(own.mean_logits, rival.mean_logits)) for own, rival in pairs]
    )
    if measured.interval is None:
        return measured, "undecided", "needs two seeds or more"
    if prediction.kind == "shift sign":
        return measured, sign_verdict(measured, 1), ""
    low, high = measured.interval
    if high < 1 - tolerance or low > 1 + tolerance:
        return measured, "fails", "short of 1" if high < 1 else "beyond 1"
    return measured, "holds" if low > 0 else "undecided", ""


def _bounded(pairs: _Pairs) -> tuple[MeanInterval, Verdict, str]:
    ratios = [own.gradient_bound_ratio for own, _ in pairs]
    found = [ratio for ratio in ratios if ratio is not None]
    if not found:
        return MeanInterval(float("nan"), None), "inapplicable", "all gradients are negligible"
    worst = max(found)
    return MeanInterval(worst, None), "holds" if worst <= 1 + 1e-6 else "fails", ""


def _near(measured: MeanInterval, tolerance: float) -> tuple[MeanInterval, Verdict, str]:
    """Whether a difference is 0 up to a tolerance: the interval lies within, beside, or across it."""
    if measured.interval is None:
        return measured, "undecided", "needs two seeds or more"
    low, high = measured.interval
    if -tolerance <= low and high <= tolerance:
        return measured, "holds", ""
    return measured, "fails" if low > tolerance or high < -tolerance else "undecided", ""

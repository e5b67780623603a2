"""The ledger: what theory predicts, what was measured, and whether the two agree.

A row names the statements that predict it and what must hold for them to do so; a measurement that no
statement predicts is shown as one, without a verdict. Every number is computed from the data given,
every verdict from an interval: 'holds' and 'fails' need it to decide, otherwise 'undecided'.
Checked by: tests on data made to hold, to fail and to leave it open.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .ledger_row import LedgerRow
from .predictions_simulated import (
    bounds_are_kept,
    closed_form_agrees,
    half_recall_is_crossed_at_the_boundary,
    plug_in_regret_is_bounded,
)
from .predictions_trained import (
    accuracies_against_ce,
    ce_accuracy_falls_with_rarity,
    gradient_bound_is_kept,
    ldam_moves_margin_to_rare_classes,
    logit_adjustment_slope,
)

if TYPE_CHECKING:
    import xarray as xr

    from .evidence import Evidence
    from .results import Results

__all__ = ["LedgerRow", "ledger"]

_SIMULATED: "dict[str, tuple[Callable[[xr.Dataset], Iterable[LedgerRow]], ...]]" = {
    "simulation": (closed_form_agrees, half_recall_is_crossed_at_the_boundary),
    "coverage": (bounds_are_kept,),
    "plug_in": (plug_in_regret_is_bounded,),
}
_TRAINED: "tuple[Callable[[Results], Iterable[LedgerRow]], ...]" = (
    logit_adjustment_slope,
    gradient_bound_is_kept,
    accuracies_against_ce,
    ldam_moves_margin_to_rare_classes,
    ce_accuracy_falls_with_rarity,
)


def ledger(evidence: "Evidence") -> list[LedgerRow]:
    """All predictions that the evidence at hand can speak to, then what no statement predicts."""
    rows: list[LedgerRow] = []
    for part, several in _SIMULATED.items():
        data = getattr(evidence, part)
        if data is not None:
            rows += [row for predict in several for row in predict(data)]
    if evidence.training is not None:
        rows += [row for predict in _TRAINED for row in predict(evidence.training)]
    return sorted(rows, key=lambda row: not row.is_predicted)

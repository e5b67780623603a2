"""Models over imbalance: what each of them measures as eta grows, n, d and Delta staying as they are.

Source of the question: Essomba and Fokoue (arXiv 2601.04149), who publish log(eta) = Delta sqrt(kappa) as the
boundary of collapse, whatever the model. Checked by: the limit law of LDA, metrics by hand, the same numbers
for any number of workers.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ...theory.concentration import mean_interval
from ...theory.foundation.validation import InputError, as_number, as_whole, one_of
from ..sweep import Progress, sweep
from .estimators import MODELS, fit
from .sources import Source, thinned, training_counts

__all__ = ["MEASURED", "MEASURES", "means_and_intervals", "models_over_imbalance", "with_rates"]

MEASURED = {
    "recall": "minority recall at the model's own threshold",
    "specificity": "majority accuracy at the model's own threshold",
    "roc_auc": "area under the ROC curve",
    "average_precision_balanced": "average precision, test classes of equal weight",
    "average_precision_matched": "average precision, majority weighted eta to 1 as in training",
}
_DERIVED = {
    "balanced_error": "mean of the two class errors",
    "precision_balanced": "precision on the minority, test classes of equal weight",
    "precision_matched": "precision on the minority, majority weighted eta to 1 as in training",
    "f1_balanced": "F1 of the minority, test classes of equal weight",
    "f1_matched": "F1 of the minority, majority weighted eta to 1 as in training",
}
MEASURES = MEASURED | _DERIVED
"""What is measured, and what it is."""


def models_over_imbalance(
    source: Source,
    eta: Sequence[float],
    *,
    models: Sequence[str] = tuple(MODELS),
    replicates: int = 10,
    seed: int = 0,
    n_jobs: int = 1,
    checkpoint: Path | str | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Every measure of every model at every imbalance, one number a replicate.

    In a replicate all models see the same training sets, and those of all eta come from one pool with one
    test set: replicates are paired. A model that needs covariances of full rank (QDA) has nan where it lacks
    them, as where there are no more examples of a class than features.

    Parameters
    ----------
    source
        A `GaussianSource` or a `TableSource`.
    eta
        Imbalances of at least 1, rising; n is split as `training_counts` does, each into other counts.
    models
        Names of ``MODELS``.
    replicates
        Pools, at least 2.
    seed, n_jobs, checkpoint, progress
        As in `sweep`, whose cells are the replicates.

    Returns
    -------
    xarray.Dataset
        The `MEASURES` over ``model, eta, replicate``; ``n1`` and ``n0`` over ``eta``; ``kappa`` in attrs.
        Precision without a predicted minority counts as 0, as in scikit-learn.

    Raises
    ------
    InputError
        If a model is unknown, eta does not rise, two of them give the same counts, or the source has too few
        examples.

    Examples
    --------
    >>> from counterpoise.simulations import GaussianSource
    >>> source = GaussianSource(dimension=5, total=60, Delta=3.0)
    >>> measured = models_over_imbalance(source, [1, 9], models=["lda", "knn"], replicates=3)
    >>> dict(measured.recall.sizes), measured.n1.values.tolist()
    ({'model': 2, 'eta': 2, 'replicate': 3}, [30, 6])
    >>> bool(measured.recall.sel(eta=9).mean() < measured.recall.sel(eta=1).mean())
    True
    """
    names = [one_of("model", name, MODELS) for name in models]
    if not names or len(set(names)) < len(names):
        raise InputError(f"models = {names}: must be names, each once")
    asked = [as_number("eta", value, low=1) for value in eta]
    counts = np.array([training_counts(value, source.total) for value in asked]).reshape(-1, 2)
    if not asked or (np.diff(counts[:, 0]) >= 0).any():
        raise InputError(
            f"eta = {asked}: must rise, and leave fewer of the minority each time, "
            f"not {counts[:, 0].tolist()} of {source.total}"
        )
    cells = sweep(
        partial(_replicate, source=source, eta=tuple(asked), models=tuple(names)),
        {"replicate": range(as_whole("replicates", replicates, 2))},
        seed=seed,
        n_jobs=n_jobs,
        checkpoint=checkpoint,
        progress=progress,
    )
    axes = ("model", "eta", "replicate")
    variables = {
        measure: (
            axes,
            np.array(
                [[cells[_key(m, i, measure)] for i in range(len(asked))] for m in names],
                dtype=np.float64,
            ),
        )
        for measure in MEASURED
    }
    dataset = xr.Dataset(
        variables | {"n1": ("eta", counts[:, 0]), "n0": ("eta", counts[:, 1])},
        coords={"model": names, "eta": asked, "replicate": cells.replicate},
        attrs={
            "seed": seed,
            "total": source.total,
            "dimension": source.dimension,
            "kappa": source.total / source.dimension,
        },
    )
    return with_rates(dataset)


def with_rates(dataset: xr.Dataset) -> xr.Dataset:
    """The data set with the measures that follow from recall, specificity and the counts."""
    matched = dataset.n0 / dataset.n1
    derived = {"balanced_error": 1.0 - 0.5 * (dataset.recall + dataset.specificity)}
    for prior, odds in (("balanced", 1.0), ("matched", matched)):
        false = odds * (1.0 - dataset.specificity)
        called = dataset.recall + false
        derived[f"precision_{prior}"] = xr.where(
            called > 0, dataset.recall / called.where(called > 0, 1), called
        )
        derived[f"f1_{prior}"] = 2.0 * dataset.recall / (1.0 + called)
    full = dataset.assign(
        {name: value.transpose(*dataset.recall.dims) for name, value in derived.items()}
    )
    for name, long_name in MEASURES.items():
        full[name].attrs = {"long_name": long_name, "units": "1"}
    return full


def means_and_intervals(dataset: xr.Dataset) -> xr.Dataset:
    """Mean over replicates of every measure, and the ends ``..._low``, ``..._high`` of its 95 % t interval.

    Replicates of a table share its rows: the interval is about splits and thinning of this table.

    Examples
    --------
    >>> from counterpoise.simulations import GaussianSource
    >>> source = GaussianSource(dimension=5, total=60, Delta=3.0)
    >>> told = means_and_intervals(models_over_imbalance(source, [1, 9], models=["lda"], replicates=3))
    >>> bool((told.recall_low <= told.recall).all())
    True
    """
    summary = {}
    for name in MEASURES:
        numbers = dataset[name].transpose("model", "eta", "replicate").to_numpy()
        parts = np.apply_along_axis(_interval, 2, numbers)
        for part, suffix in enumerate(("", "_low", "_high")):
            summary[name + suffix] = (("model", "eta"), parts[..., part])
    return dataset.drop_dims("replicate").assign(summary)


def _interval(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    told = mean_interval(numbers)
    return np.array([told.mean, *(told.interval or (np.nan, np.nan))])


def _key(model: str, index: int, measure: str) -> str:
    return f"{model} {index} {measure}"


def _replicate(
    replicate: float,
    *,
    source: Source,
    eta: tuple[float, ...],
    models: tuple[str, ...],
    seed: np.random.SeedSequence,
) -> dict[str, float]:
    """All measures of all models on the training sets of one pool."""
    drawn, fitted = seed.spawn(2)
    pool = source.pool(drawn)
    state = int(fitted.generate_state(1)[0])
    test = np.concatenate([pool.test_minority, pool.test_majority])
    truth = np.arange(len(test)) < len(pool.test_minority)
    found = {}
    for index, value in enumerate(eta):
        features, minority = thinned(pool, value, source.total)
        for name in models:
            measured = _measured(name, features, minority, test, truth, state)
            found |= {_key(name, index, measure): number for measure, number in measured.items()}
    return found


def _measured(
    name: str,
    features: NDArray[np.float64],
    minority: NDArray[np.bool_],
    test: NDArray[np.float64],
    truth: NDArray[np.bool_],
    state: int,
) -> dict[str, float]:
    n1, unmeasured = int(minority.sum()), dict.fromkeys(MEASURED, float("nan"))
    if MODELS[name].full_rank and n1 <= features.shape[1]:
        return unmeasured
    from sklearn.metrics import average_precision_score, roc_auc_score

    try:
        judged = fit(name, features, minority, test, state)
    except np.linalg.LinAlgError:  # full rank in numbers, not to the tolerance
        return unmeasured
    shares = np.where(truth, 1.0 / truth.sum(), 1.0 / (~truth).sum())
    as_trained = np.where(truth, shares, shares * (len(minority) - n1) / n1)
    return {
        "recall": float(judged.predicted[truth].mean()),
        "specificity": float((~judged.predicted[~truth]).mean()),
        "roc_auc": float(roc_auc_score(truth, judged.score)),
        "average_precision_balanced": float(
            average_precision_score(truth, judged.score, sample_weight=shares)
        ),
        "average_precision_matched": float(
            average_precision_score(truth, judged.score, sample_weight=as_trained)
        ),
    }

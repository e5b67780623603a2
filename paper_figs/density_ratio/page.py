"""The page of density-ratio weights, ``paper_figs/results/density_ratio.md``: gains over controls, and laws.

Every number is computed from the stored runs that trained density ratios beside their controls, and from
``ratio_law.csv``, which ``python -m counterpoise.paper_figs.density_ratio.page RUN`` measures anew on the
features that the kept cross-entropy network of a run learnt; ``... batch RUN`` takes one batch of what its
density-ratio network learnt through the weights, and ``... times`` measures what steps cost.
Checked by: a test that writes the page anew.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...methods.comparing.comparison import compare
from ...methods.results.run_results import load_results, results_file
from ...methods.training import load_bound
from ...methods.training.watched import PACKED_BOUND
from ...simulations.ratio_world import RatioRow, gaussian_features, ratio_rows
from ...theory.foundation.files import write_atomically
from ...theory.foundation.forms import formed
from .. import bound_watch
from ..results import Results, method_names
from ..stored import FOLDER
from . import framework, law
from .beside import beside_paper, with_and_without
from .framework import BatchRow
from .grouped import by_groups
from .moves import BOUNDS, CURVES, acting_epochs, bound_orders, class_moves, weight_moves
from .shown import number, points
from .times import measure_times, time_costs

__all__ = ["measure_law", "ratio_page"]

PAGE, LAW, FIGURE, TIMES = "density_ratio.md", "ratio_law.csv", "ratio_law.png", "ratio_times.csv"
BATCH, DRAWN = "ratio_framework.csv", "ratio_framework.png"
WATCHED, MOVES = "cifar10-lt-bound-100", "ratio_moves.png"
RDR = "density-ratio"
CONTROLS: Mapping[str, str] = {
    "ce": "no weights",
    "adrw@nu=1": "inverse frequency, the same deferral",
    "drw": "effective number, the same deferral",
    "inverse-frequency": "inverse frequency from the start",
    "density-ratio@control=one": "ratio fixed at 1, the same normalisation",
    "density-ratio@granularity=class": "the class's mean ratio",
    "density-ratio@control=within": "ratios permuted within the class",
    "density-ratio@control=between": "ratios permuted over the batch",
    "la": "logit adjustment",
}
"""What density-ratio weights are held against, and what each of them takes away."""
BY_CLASS = (RDR, f"{RDR}@preset=figure7", f"{RDR}@control=one")
"""Methods whose weights are shown class by class."""
WEIGHTED_CE = ("ce", "class-balanced", "inverse-frequency", "drw", "adrw", RDR)
"""Methods of one loss: cross-entropy, weighted or not."""
_HEAD = """# Density-ratio weights, held against their controls

Written by `python -m counterpoise.paper_figs.density_ratio.page` from the stored runs beside it (README.md
says how they were made; `methods/weights/controls.py` what each control is). Paired differences in points
of balanced accuracy with 95 % intervals over seeds, which share the test set.
"""


def ratio_page(folder: str | Path = FOLDER) -> str:
    """The page, from every stored folder that trained density ratios and a control of them."""
    runs = {}
    for place in sorted(path for path in Path(folder).iterdir() if path.is_dir()):
        if results_file(place):
            results = load_results(place)
            if RDR in method_names(results) and _controls(results):
                runs[place] = results
    parts = [_HEAD]
    if (Path(folder) / BATCH).exists():
        parts.append(_batch(read_batch(Path(folder) / BATCH)))
    if (Path(folder) / LAW).exists():
        parts.append(_law(read_law(Path(folder) / LAW)))
    parts += [
        _gains(runs),
        _variants(runs),
        with_and_without(runs),
        beside_paper(runs),
        by_groups(runs),
    ]
    bounds = {place: load_bound(place) for place in runs if (place / PACKED_BOUND).exists()}
    parts += [_moves(bounds), _orders(runs, bounds), _sharp(runs)]
    if (Path(folder) / TIMES).exists():
        parts.append(time_costs(Path(folder) / TIMES))
    return "\n".join(part for part in parts if part)


def measure_law(run: str | Path) -> dict[str, list[RatioRow]]:
    """Ratios on Gaussian features, on stored features of CIFAR-10-LT, and on those a kept network learnt."""
    from ...methods.training import kept_features, recipe_of

    recipe = recipe_of("cifar10-lt-heads")
    data = recipe.dataset(0)
    counts = data.class_counts.tolist()
    learnt, target = kept_features(run, "ce")
    frozen = data.prepared(data.train_images).double().numpy()
    return {
        "sampled": ratio_rows(*gaussian_features(counts, 64, 0.3)),
        "frozen": ratio_rows(frozen, data.train_labels.numpy()),
        "learnt": ratio_rows(learnt.double().numpy(), target.numpy()),
    }


def read_law(path: Path) -> dict[str, list[RatioRow]]:
    """The worlds of a stored table."""
    import pandas as pd

    table = pd.read_csv(path)
    columns = list(RatioRow._fields)
    return {
        str(name): [RatioRow(*row) for row in own[columns].itertuples(index=False)]
        for name, own in table.groupby("world", sort=False)
    }


def read_batch(path: Path) -> list[BatchRow]:
    """The rows of a stored table."""
    import pandas as pd

    return [BatchRow(*row) for row in pd.read_csv(path).itertuples(index=False)]


def _batch(rows: Sequence[BatchRow]) -> str:
    captioned = framework.draw(rows)
    return "\n".join(
        [
            "## From features to weights",
            "",
            f"![{captioned.title}]({DRAWN})",
            "",
            captioned.caption,
            "",
            "Drawn with `python -m counterpoise.paper_figs.density_ratio.page batch RUN`, after "
            "`counterpoise train --recipe fashion-lt --imbalance-factor 10 --method density-ratio --seeds 1 "
            "--epochs 8 --warmup 1 --keep-checkpoints --out RUN`.",
            "",
        ]
    )


def _law(worlds: Mapping[str, Sequence[RatioRow]]) -> str:
    lines = [
        (
            name,
            f"{row.examples:.0f}",
            f"{row.batch_count:.1f}",
            *(f"{value:.2f}" for value in row[3:]),
        )
        for name, rows in worlds.items()
        for row in rows
    ]
    header = ("features", "n", "in a batch", "tau^2", "rank", "mean r", "theory", "scatter", "theory",
              "r < 0", "clamped", "theory")  # fmt: skip
    captioned = law.draw(worlds)
    return "\n".join(
        [
            "## What the ratio is where it is truly 1",
            "",
            f"![{captioned.title}]({FIGURE})",
            "",
            captioned.caption,
            "",
            "Measured with `python -m counterpoise.paper_figs.density_ratio.page RUN`, after `counterpoise "
            "train --recipe fashion-lt --method ce --seeds 1 --epochs 8 --warmup 1 --keep-checkpoints --out "
            "RUN` (learnt) and `counterpoise features --data cifar10-jpeg --out DATA/features/cifar10.npz` "
            "(frozen).",
            "",
            formed(lines, header, "markdown"),
            "",
        ]
    )


def _controls(results: Results) -> list[str]:
    return [name for name in CONTROLS if name in method_names(results)]


def _gains(runs: Mapping[Path, Results]) -> str:
    lines = []
    for place, results in runs.items():
        for control in _controls(results):
            (row,) = compare({place.name: results}, [RDR], control)
            shown = (points(gap) for gap in (row.balanced_accuracy, row.many, row.medium, row.few))
            lines.append((place.name, f"`{control}`", CONTROLS[control], str(row.seeds), *shown))
    header = ("run", "minus", "which is", "seeds", "balanced accuracy", "many", "medium", "few")
    return "\n".join(
        ["## Density-ratio weights minus each control", "", formed(lines, header, "markdown"), ""]
    )


def _variants(runs: Mapping[Path, Results]) -> str:
    lines = []
    for place, results in runs.items():
        for name in method_names(results):
            if name.startswith(RDR + "@") and name not in CONTROLS:
                (row,) = compare({place.name: results}, [name], RDR)
                lines.append(
                    (place.name, f"`{name}`", str(row.seeds), points(row.balanced_accuracy))
                )
    if not lines:
        return ""
    table = formed(lines, ("run", "variant", "seeds", "minus density-ratio"), "markdown")
    return "\n".join(["## Presets and exponents, minus the default", "", table, ""])


def _moves(bounds: Mapping[Path, Any]) -> str:
    lines, by_class = [], []
    for place, bound in bounds.items():
        for name in dict.fromkeys(bound.method):
            if not name.startswith(RDR):
                continue
            epochs = acting_epochs(bound, name)
            for curve, words in CURVES.items():
                found = weight_moves(bound, name, curve)
                shown = [number(found[group]) for group in ("many", "few")]
                if set(shown) == {"-"}:  # too few epochs were recorded
                    continue
                lines.append((place.name, f"`{name}`", str(epochs), words, *shown))
                if name in BY_CLASS:
                    each = [number(one) for one in class_moves(bound, name, curve).values()]
                    by_class.append((place.name, f"`{name}`", words, each))
    if not lines:
        return ""
    drawn = _drawn({place.name: bound for place, bound in bounds.items()}.get(WATCHED))
    classes = max(len(each) for *_, each in by_class)
    rows = [(*said, *each, *["-"] * (classes - len(each))) for *said, each in by_class]
    return "\n".join(
        [
            "## Do weights move inversely to B'?",
            "",
            "Correlation over the recorded epochs in which weights act, mean over the classes of a group and "
            "95 % interval over seeds; Luo et al. draw it negative for many and few classes. Weights whose "
            "ratio is fixed at 1 are the control: they move with the batches that an epoch happens to draw "
            "alone.",
            "",
            *drawn,
            formed(lines, ("run", "method", "epochs", "B' of", "many", "few"), "markdown"),
            "",
            "The same by class, from the most frequent to the rarest:",
            "",
            formed(rows, ("run", "method", "B' of", *map(str, range(classes))), "markdown"),
            "",
        ]
    )


def _drawn(bound: Any) -> list[str]:
    if bound is None:
        return []
    figure = bound_watch.draw(bound, RDR)
    return [f"![{figure.title}]({MOVES})", "", f"{figure.finding} {figure.caption}", "",
            f"The first seed of `{WATCHED}`.", ""]  # fmt: skip


def _orders(runs: Mapping[Path, Results], bounds: Mapping[Path, Any]) -> str:
    lines = []
    for place, bound in bounds.items():
        if bound.method.nunique() < 3:  # no order to speak of
            continue
        alike = [name for name in dict.fromkeys(bound.method) if _is_weighted_ce(name)]
        for which in BOUNDS:
            found, methods = bound_orders(bound, runs[place], which)
            of_one, few = ("-", "-")
            if len(alike) >= 3:
                same, number_alike = bound_orders(bound, runs[place], which, alike)
                of_one, few = number(same), str(number_alike)
            lines.append(
                (place.name, which.replace("_", "-"), str(methods), number(found), few, of_one)
            )
    if not lines:
        return ""
    header = ("run", "bound", "methods", "rank correlation", "of one loss", "rank correlation")
    return "\n".join(
        [
            "## Do bounds order methods as their balanced error does?",
            "",
            "Spearman's rank correlation over methods of the bound after the last epoch and the balanced "
            "error on the test set, mean and 95 % interval over seeds; 1 where they agree. A bound is of its "
            "method's own loss: over all methods unlike quantities are ranked, as by one who chooses by the "
            "bound; the last column is of the methods alone that weigh cross-entropy.",
            "",
            formed(lines, header, "markdown"),
            "",
        ]
    )


def _is_weighted_ce(name: str) -> bool:
    """Whether a method's loss is cross-entropy, weighted or not, without offsets, margins or powers."""
    key, _, settings = name.partition("@")
    return key in WEIGHTED_CE and "+" not in name and "tau=" not in settings


def _sharp(runs: Mapping[Path, Results]) -> str:
    import pandas as pd

    lines = []
    for place in runs:
        if not (place / "sharpness.csv").exists():
            continue
        table: Any = pd.read_csv(place / "sharpness.csv")
        for name in dict.fromkeys(table.method):
            own = table[(table.method == name) & table.group.isin(["many", "medium", "few", "all"])]
            for group in dict.fromkeys(own.group):
                part = own[own.group == group]
                numbers = (f"{np.mean(part[key]):.3g}" for key in ("smallest", "largest", "trace"))
                lines.append((place.name, f"`{name}`", str(group), str(len(part)), *numbers))
    if not lines:
        return ""
    header = ("run", "method", "classes", "seeds", "smallest", "largest", "trace")
    return "\n".join(
        [
            "## Hessians of the training loss, by classes",
            "",
            "Extreme eigenvalues and trace at the end of training, means over seeds.",
            "",
            formed(lines, header, "markdown"),
            "",
        ]
    )


if __name__ == "__main__":
    import torch

    from ...methods.results.records import write_csv
    from ...methods.training import kept_features

    match sys.argv[1:]:
        case ["times"]:
            torch.set_num_threads(1)
            write_csv(FOLDER / TIMES, ("method", "milliseconds", "times_ce"), measure_times())
        case ["batch", run]:
            features, target = kept_features(run, RDR)
            batch = framework.batch_rows(features.double().numpy(), target.numpy())
            write_csv(FOLDER / BATCH, BatchRow._fields, batch)
            framework.draw(read_batch(FOLDER / BATCH)).save(FOLDER / DRAWN)
        case [run]:
            measured = measure_law(run)
            rows = [[name, *row] for name, found in measured.items() for row in found]
            write_csv(FOLDER / LAW, ("world", *RatioRow._fields), rows)
            law.draw(read_law(FOLDER / LAW)).save(FOLDER / FIGURE)
    if (FOLDER / WATCHED / PACKED_BOUND).exists():
        bound_watch.draw(load_bound(FOLDER / WATCHED), RDR).save(FOLDER / MOVES)
    write_atomically(FOLDER / PAGE, ratio_page().encode())

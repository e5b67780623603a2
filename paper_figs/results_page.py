"""The page of the stored evidence, ``paper_figs/results/README.md``: written from the stored results.

Every number on it is computed from what is stored. Checked by: a test that writes it anew.
"""

from pathlib import Path

import numpy as np

from ..methods.results.provenance import environment_of
from ..methods.results.run_results import results_file
from ..theory.foundation.files import write_atomically
from ..theory.foundation.forms import formed
from .foretold import VERDICTS, Foretold, read_foretold, tally
from .ledger_row import LedgerRow
from .results import Results, members_of, method_rows
from .stored import FOLDER

__all__ = ["methods_table", "results_page"]

_HEAD = """# Stored evidence

Written by `python -m counterpoise.paper_figs.results_page` from the folders beside it. Each holds a
prediction that was written before the training (its SHA-256 stands in the results, and its commit comes
before theirs; their code was committed but where `with changes` is said: the code that trained them, and of
folders stored before 2026-12 the code that stored them), the recipe, the results of every run
(`results.json.gz`), a row a run (`members.csv`), times and versions. A folder is read like any run's:
`counterpoise ledger FOLDER`, `counterpoise compare FOLDER`,
`counterpoise report --results FOLDER`.

Accuracies are in %, means over seeds with their standard deviation, `training` balanced and on the training
images; differences to cross-entropy are of paired seeds, in points, with 95 % intervals. Seeds draw initial
weights and batches, and the training images too where no subset is named or each seed has its own; where all
share the field's canonical subset an interval says nothing about other images, and the test images are the
same for all but the digits and the trees. `cifar10-jpeg` is a JPEG copy of CIFAR-10, not bit-exact, and
`cifar10-features` what an EfficientNet-Lite0 of ImageNet sees of that copy; published numbers are for the
original images. Verdicts are those of 95 % intervals, one prediction at a time, by the rules of today (two
notes below say what was changed after which runs); predictions share methods and seeds, so they are not
independent. What each kind of prediction says and assumes stands in `methods/predicting/kinds.py`; identities
(`gradient bound`) are not counted among all.
"""
_SUBSETS = {"canonical": "canonical subset", "seeded": "another subset for every seed, the first"}
_MISSES = 12
_READINGS = {
    "cifar10-heads-exponential-100": (
        "Read with care: the head of cross-entropy and most others fit nearly every training image "
        "(column `training`; not those of margins, of strong offsets, of GLA and GCA), so the optimum of "
        "the population, of which nearly all predictions speak, is not what they reach. Methods whose "
        "optima are one rule differ by points, the shift of the logits is a fraction of the predicted "
        "one, and adjustments beyond the consistent one (tau above 1), margins (`ldam-drw`) and "
        "multipliers (`cdt`, `vs`) do better than the consistent losses; no statement predicts that here. "
        "Three things were changed after this prediction was written. It took class weights as they are; "
        "in a mean divided by the batch's weights they act as less (`batch_means.effective_weights`), "
        "which later predictions know. A shift may now miss 1 by .01, by which that of `ce+la`, so by "
        "construction, is the one that holds. And `fades` now asks for large margins, not for fitted "
        "examples."
    ),
    "cifar10-lt-resnet32": (
        "The protocol of Cao et al. (NeurIPS 2019) but for the JPEG copy and bf16, one seed, which decides "
        "nothing; the last epoch, where their code reports the best on the test set. They print 70.36 for "
        "cross-entropy and 77.03 for `ldam-drw`; `counterpoise table ldam` sets both beside these."
    ),
    "digits": (
        "The same regime: nearly every training image is fitted, and the shift of the logits by class "
        "weights has the wrong sign. This prediction, too, took class weights as they are. The rule of "
        "`fades` was changed after these runs were seen: as it stood, all examples fitted was enough, and "
        "the prediction that `class-balanced` equals `ce` failed, by the difference in the table."
    ),
}
"""What a reader should know of a folder, where the numbers alone mislead."""


def results_page(folder: str | Path = FOLDER) -> str:
    """The page, from all stored folders in alphabetical order."""
    places = sorted(path for path in Path(folder).iterdir() if path.is_dir())
    done = [(place, read_foretold(place)) for place in places if results_file(place)]
    waiting = [place.name for place in places if not results_file(place)]
    parts = [_HEAD, _overview(done)]
    if waiting:
        parts.append(
            "Predicted, and not trained yet: " + ", ".join(f"`{name}`" for name in waiting) + ".\n"
        )
    return "\n".join([*parts, *map(_section, done)])


def _overview(folders: list[tuple[Path, Foretold]]) -> str:
    lines = []
    for place, (predictions, results, rows) in folders:
        *_, total = tally(rows, predictions.predictions)
        lines.append((f"[{place.name}](#{place.name})", str(len(results.members)), *total[1:]))
    runs = str(sum(int(line[1]) for line in lines))
    sums = [str(sum(int(line[2 + i]) for line in lines)) for i in range(len(VERDICTS))]
    return (
        formed([*lines, ("all", runs, *sums)], ("evidence", "runs", *VERDICTS), "markdown") + "\n"
    )


def _section(folder: tuple[Path, Foretold]) -> str:
    place, (predictions, results, rows) = folder
    return "\n".join(
        [
            f"## {place.name}",
            "",
            _said(results, predictions.subset, place),
            "",
            methods_table(results),
            "",
            formed(tally(rows, predictions.predictions), ("prediction", *VERDICTS), "markdown"),
            "",
            _misses(rows),
            *([_READINGS[place.name], ""] if place.name in _READINGS else []),
        ]
    )


def _said(results: Results, subset: str | None, place: Path) -> str:
    recipe, environment = results.recipe, environment_of(place)
    counts = ", ".join(map(str, results.class_counts))
    optimiser = (
        f"{recipe['epochs']} epochs, batches of {recipe['batch_size']}, rate {recipe['lr']:g} "
        f"({recipe['rate']}), decay {recipe['weight_decay']:g}, {recipe['precision']}"
    )
    given = [
        f" after a share of {recipe['label_noise']:g} of the labels was made wrong"
        if recipe["label_noise"] else "",
        f" ({_SUBSETS[recipe['subset']]} `{subset[:16]}`)" if subset else "",
        f", {recipe['validation']} more of each class held out" if recipe["validation"] else "",
    ]  # fmt: skip
    changed = ", with changes" if "with changes" in environment["commit"] else ""
    resumed = ", taken up by other programs or elsewhere" if environment.get("resumed") else ""
    trained = len({member.seed for member in (*results.members, *results.failed)})
    seeds = f"{recipe['seeds']} seeds"
    if trained < recipe["seeds"]:
        seeds = f"the first {trained} of {seeds}, as the others are not trained yet"
    return (
        f"Data `{recipe['data']}`, {seeds}, class counts {counts}{''.join(given)}"
        f". Network `{recipe['model'] or 'by shape'}`, {optimiser}. Prediction "
        f"`{(results.prediction_sha256 or '')[:16]}`. Trained with torch "
        f"{environment['versions']['torch']} on {environment['processor']}{changed}{resumed}."
    )


def methods_table(results: Results) -> str:
    """The methods of a run as a table: accuracies in %, differences to cross-entropy in points."""
    lines = []
    for row in method_rows(results):
        spread = "" if row.std is None else f" ± {100 * row.std:.1f}"
        groups = ["-" if g is None else f"{100 * g:.1f}" for g in (row.many, row.medium, row.few)]
        gap = "-"
        if row.difference is not None:
            gap = f"{100 * row.difference.mean:+.1f}"
            if row.difference.interval is not None:
                low, high = row.difference.interval
                gap += f" [{100 * low:+.1f}, {100 * high:+.1f}]"
        accuracy = f"{100 * row.balanced_accuracy:.1f}{spread}"
        trained = _on_training(results, row.method)
        lines.append((f"`{row.method}`", str(row.seeds), accuracy, *groups, trained, gap))
    header = (
        "method",
        "seeds",
        "balanced accuracy",
        "many",
        "medium",
        "few",
        "training",
        "minus ce",
    )
    return formed(lines, header, "markdown")


def _on_training(results: Results, method: str) -> str:
    """Balanced accuracy on the training examples."""
    found = [member.train_accuracy for member in members_of(results, method)]
    known = [np.mean(accuracy) for accuracy in found if accuracy is not None]
    return f"{100 * np.mean(known):.1f}" if known else "-"


def _misses(rows: list[LedgerRow]) -> str:
    """The predictions that fail, the largest misses first."""
    failed = sorted(
        (row for row in rows if row.verdict == "fails"),
        key=lambda row: -abs(row.measured - (row.predicted == "1")),
    )
    if not failed:
        return "No prediction fails.\n"
    lines = [f"Fails ({len(failed)}, the largest first):", ""]
    for row in failed[:_MISSES]:
        interval = (
            "" if row.interval is None else f" [{row.interval[0]:+.3f}, {row.interval[1]:+.3f}]"
        )
        note = f", {row.note}" if row.note else ""
        lines.append(
            f"- {row.prediction}: predicted {row.predicted}, measured {row.measured:+.3f}{interval}{note}"
        )
    if len(failed) > _MISSES:
        lines.append(f"- and {len(failed) - _MISSES} more: `counterpoise ledger` lists all.")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    write_atomically(FOLDER / "README.md", results_page().encode())

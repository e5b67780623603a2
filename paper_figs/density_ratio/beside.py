"""Losses with and without density ratios, and the gains that Luo et al. print beside those measured here.

Networks and data differ from theirs, so gains stand beside gains. Checked by: the page written anew, and
gains recomputed from members and from the printed table.
"""

from collections.abc import Mapping
from pathlib import Path

from ...methods.comparing.comparison import compare
from ...methods.published.tables import PUBLISHED
from ...theory.concentration import MeanInterval
from ...theory.foundation.forms import formed
from ..results import Results, method_names
from .shown import points

__all__ = ["PAIRS", "beside_paper", "with_and_without"]

PAIRS: Mapping[str, str] = {
    "density-ratio": "ce",
    "focal@weights=density-ratio": "focal",
    "class-balanced@weights=density-ratio": "class-balanced",
    "la@weights=density-ratio": "la",
    "density-ratio@gamma=0.5,tau=0.5": "la",
}
"""A training with density ratios, and the same without."""
_GAINS = (
    ("focal", "ce", "rdr", "Focal", "CE"),
    ("class-balanced", "ce", "rdr", "CB", "CE"),
    ("la", "ce", "rdr", "LA", "CE"),
    ("inverse-frequency", "ce", "rdr-ablation", "1/n", "CE"),
    ("density-ratio", "ce", "rdr", "RDR+CE", "CE"),
    ("density-ratio", "inverse-frequency", "rdr-ablation", "RDR", "1/n"),
    ("density-ratio@gamma=0.5,tau=0.5", "la", "rdr", "RDR+LA", "LA"),
    ("density-ratio", "la", "rdr", "RDR+CE", "LA"),
)
"""Two methods here, and the table and the two rows of Luo et al. that they stand beside."""
_SAM = {"rdr": "rdr-sam", "rdr-ablation": "rdr-ablation"}


def with_and_without(runs: Mapping[Path, Results]) -> str:
    """The gain by density ratios under every loss and optimiser that was trained with and without."""
    lines = []
    for place, results in runs.items():
        for with_ratios, without in PAIRS.items():
            gap = _gap(place, results, with_ratios, without)
            if gap is not None:
                optimizer = str(results.recipe.get("optimizer") or "sgd")
                lines.append(
                    (place.name, optimizer, f"`{with_ratios}`", f"`{without}`", points(gap))
                )
    if not lines:
        return ""
    return "\n".join(
        [
            "## Losses and optimisers with and without density ratios",
            "",
            "`class-balanced@weights=density-ratio` and `la@weights=density-ratio` correct twice; exponents "
            "1/2 and 1/2 do not.",
            "",
            formed(lines, ("run", "optimiser", "with", "minus", "gain"), "markdown"),
            "",
        ]
    )


def beside_paper(runs: Mapping[Path, Results]) -> str:
    """Gains of Luo et al. on long-tailed CIFAR-10, and those of the stored runs at the same factor."""
    lines = []
    for method, against, table, name, base in _GAINS:
        for place, results in runs.items():
            gap = _gap(place, results, method, against)
            printed = _printed(table, name, base, results)
            if gap is not None and printed is not None:
                factor = f"{results.recipe['imbalance_factor']:g}"
                lines.append((f"{name} - {base}", factor, printed, points(gap), place.name))
    if not lines:
        return ""
    header = ("gain", "factor", "printed", "here", "run")
    return "\n".join(
        [
            "## The paper's gains beside ours",
            "",
            "Points of accuracy of Luo et al. on CIFAR-10-LT with ResNet-32 after 200 epochs (Tables 1, 2 "
            "and 5, `counterpoise table rdr`), and of the stored runs at the same factor with their own data "
            "and networks: signs can be compared, sizes hardly.",
            "",
            formed(lines, header, "markdown"),
            "",
        ]
    )


def _gap(place: Path, results: Results, method: str, against: str) -> MeanInterval | None:
    if not {method, against} <= set(method_names(results)):
        return None
    (row,) = compare({place.name: results}, [method], against)
    return row.balanced_accuracy


def _printed(table: str, name: str, base: str, results: Results) -> str | None:
    """The difference of two printed accuracies, in points; None if the paper has no such run."""
    factor, optimizer = results.recipe["imbalance_factor"], results.recipe.get("optimizer")
    if not 0.8 < max(results.class_counts) / min(results.class_counts) / factor < 1.25:
        return None  # a tail of its own
    label = f"C10-LT-{factor:g}"
    if optimizer not in (None, "sgd"):
        table, label = _SAM[table], f"{label}, {optimizer}"
    if results.recipe.get("label_noise") or results.recipe.get("profile") == "step":
        return None
    found = {c.method: c.accuracy for c in PUBLISHED[table].cells() if c.setting.label == label}
    if not {name, base} <= set(found):
        return None
    return f"{found[name] - found[base]:+.1f}"

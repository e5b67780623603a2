"""The report: claims, counterexamples, simulation, training and ledger as one offline page.

The page holds everything (styles, figures, formulas), asks for nothing from elsewhere, and runs no
script. Checked by: tests that parse it and feed it hostile strings.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xarray as xr
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from ..theory.foundation.files import write_atomically
from .bound_coverage import coverage_rows
from .ledger import ledger
from .results import Results, method_names, summary_of
from .style import method_label, to_svg

__all__ = ["write_report"]

_CAPTIONS = {
    "regime_map": "Regimes of plug-in LDA with known covariance. Areas and lines are closed forms, "
    "points are measured. Recall falls to one half at the solid line, well before the published "
    "boundary (dotted).",
    "simulation_agreement": "The closed form against sampled training sets. If it is exact in the "
    "limit, the residuals are standard normal.",
    "bound_comparison": "What three bounds make of the class counts alone. The stratified bound is "
    "below the union bound in both terms, for every profile.",
    "bound_coverage": "Bounds against the truth in a world where both are known, and how often a "
    "bound fails when what it adds to the empirical risk is cut (band: 95 % Clopper-Pearson).",
    "plug_in_regret": "What plug-in rules lose in balanced accuracy, and the most that the theory allows, as "
    "examples are added. In the hard world the bound's rate is attained.",
    "balanced_accuracy": "Balanced accuracy of every seed, and the difference to plain "
    "cross-entropy with the same seed.",
    "class_accuracy": "Accuracy of each class against its training examples: mean of the seeds, "
    "band from the worst to the best.",
    "class_weights": "The weight each class carried in the loss, epoch by epoch; the rarest class "
    "brightest.",
}


def write_report(
    out_path: Path | str,
    *,
    certificates: Sequence[Mapping[str, Any]],
    attacks: Sequence[Mapping[str, Any]],
    dataset: xr.Dataset | None,
    results: Results | None,
    findings: Sequence[str],
    figures: Mapping[str, Figure],
    coverage: xr.Dataset | None = None,
    commands: Sequence[str] = ("counterpoise demo",),
) -> None:
    """Write the report to ``out_path``, atomically.

    Parameters
    ----------
    certificates
        Each with ``name, title, status, source, engines, seconds, steps, argument`` and optionally
        ``mathml`` (a `markupsafe.Markup`; plain text stays text), ``symbols``, ``rests_on``, ``cites``,
        ``corrects`` and ``chapter``, see `claim_entry`. A step has ``name, status, engine, text`` and
        optionally ``mathml``.
    attacks
        Each with ``statement`` (a certificate's name), ``mutant, status, counterexample``.
    dataset, results
        A `regime_sweep` and a training run's results; None leaves their sections out.
    findings
        Sentences for the top of the page, plain text.
    figures
        As `draw_all` returns them.
    coverage
        A `coverage_sweep`; None leaves its section out.
    commands
        What to type to get this page again.

    Raises
    ------
    InputError
        If the place cannot be written to.
    """
    claims = [_claim(certificate, attacks) for certificate in certificates]
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "interval": _interval, "method": method_label}
    page = environment.get_template("report.html.j2").render(
        findings=findings,
        claims=claims,
        chapters=_chapters(claims),
        corrections=[claim for claim in claims if claim["corrects"]],
        claim_counts=Counter(certificate["status"] for certificate in certificates),
        attack_counts=Counter(attack["status"] for attack in attacks),
        figures={name: Markup(to_svg(figure)) for name, figure in figures.items()},
        captions=_CAPTIONS,
        dataset=None if dataset is None else dict(dataset.attrs) | {"cells": _cells(dataset)},
        coverage=[] if coverage is None else coverage_rows(coverage),
        results=results,
        summary=[] if results is None else _summary_rows(results),
        ledger=ledger(results, dataset),
        commands=commands,
    )
    write_atomically(out_path, page.encode())


def _claim(certificate: Mapping[str, Any], attacks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "mathml": None,
        "symbols": {},
        "rests_on": [],
        "cites": [],
        "corrects": "",
        "chapter": "",
        **certificate,
        "attacks": [attack for attack in attacks if attack["statement"] == certificate["name"]],
    }


def _chapters(claims: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The claims by chapter, in their own order."""
    chapters: dict[str, list[dict[str, Any]]] = {}
    for claim in claims:
        chapters.setdefault(claim["chapter"], []).append(claim)
    return chapters


def _summary_rows(results: Results) -> list[Mapping[str, Any]]:
    rows = (summary_of(results, name) for name in method_names(results))
    return [row for row in rows if row is not None]


def _cells(dataset: xr.Dataset) -> str:
    return " × ".join(f"{size} {name}" for name, size in dataset.sizes.items())


def _number(value: float | None, scale: float = 1.0, digits: int = 3) -> str:
    return "–" if value is None else f"{scale * value:.{digits}f}".replace("-", "−")


def _interval(bounds: Sequence[float] | None, scale: float = 1.0, digits: int = 3) -> str:
    if bounds is None:
        return "–"
    return f"[{', '.join(_number(bound, scale, digits) for bound in bounds)}]"

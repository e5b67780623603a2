"""The report: findings, figures, corrections, and every claim with its proof, as one offline page.

The page holds everything (styles, figures, formulas) and asks for nothing from elsewhere; its one small
script searches and opens what a link points to, and without it all is there to open by hand. Checked
by: tests that parse it and feed it hostile strings, and a browser where there is one.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xarray as xr
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...methods.results.provenance import commit, versions
from ...theory.foundation.files import write_atomically
from ..bound_coverage import coverage_rows
from ..evidence import Evidence
from ..figures import draw_all
from ..findings import findings
from ..ledger import ledger
from ..results import method_rows
from ..style import method_label
from .commands import exact_commands
from .corrections import corrections

__all__ = ["render", "write_report"]


def write_report(out_path: Path | str, evidence: Evidence) -> None:
    """Write the page of all that the evidence shows to ``out_path``, atomically.

    Raises
    ------
    InputError
        If the place cannot be written to.
    """
    from .entries import entries  # SymPy, which a page of measurements alone does not need

    claims = entries(evidence.certificates, evidence.attacks) if evidence.certificates else []
    write_atomically(out_path, render(evidence, claims).encode())


def render(evidence: Evidence, claims: Sequence[Mapping[str, Any]]) -> str:
    """The page as text.

    Parameters
    ----------
    evidence
        What was measured, and the commands to get it again.
    claims
        As `entries.entries` makes them: ``theorem`` is a `markupsafe.Markup`, all other text is text.
    """
    simulation, coverage, training = evidence.simulation, evidence.coverage, evidence.training
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            findings=findings(evidence),
            ledger=ledger(evidence),
            figures=draw_all(evidence),
            exact=exact_commands(evidence),
            corrections=corrections(claims),
            claims=claims,
            known={claim["name"] for claim in claims},
            chapters=_chapters(claims),
            claim_counts=Counter(claim["tier"] for claim in claims),
            attack_counts=Counter(
                attack["status"] for claim in claims for attack in claim["attacks"]
            ),
            simulation=None
            if simulation is None
            else simulation.attrs | {"cells": _cells(simulation)},
            coverage=[] if coverage is None else coverage_rows(coverage),
            results=training,
            summary=[] if training is None else method_rows(training),
            commands=evidence.commands,
            versions=versions(),
            commit=commit(),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": _number,
        "interval": _interval,
        "short": _short,
        "short_interval": _short_interval,
        "method": method_label,
    }
    return environment


def _chapters(claims: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The claims by chapter, order kept."""
    chapters: dict[str, list[Mapping[str, Any]]] = {}
    for claim in claims:
        chapters.setdefault(claim["chapter"], []).append(claim)
    return chapters


def _cells(dataset: xr.Dataset) -> str:
    return " × ".join(f"{size} {name}" for name, size in dataset.sizes.items())


def _number(value: float | None, scale: float = 1.0, digits: int = 3) -> str:
    return "–" if value is None else f"{scale * value:.{digits}f}".replace("-", "−")


def _interval(bounds: Sequence[float] | None, scale: float = 1.0, digits: int = 3) -> str:
    if bounds is None:
        return "–"
    return f"[{', '.join(_number(bound, scale, digits) for bound in bounds)}]"


def _short(value: float) -> str:
    """Four digits that say something."""
    return "–" if math.isnan(value) else f"{value:.4g}".replace("-", "−")


def _short_interval(bounds: Sequence[float] | None) -> str:
    return "–" if bounds is None else f"[{', '.join(map(_short, bounds))}]"

"""Figures, the ledger of predictions, and the report page, from simulated and trained data."""

from .captioned import CaptionedFigure
from .evidence import Evidence, load_evidence
from .figures import draw_all
from .findings import findings
from .ledger import LedgerRow, ledger
from .report import write_report
from .style import save, to_svg

__all__ = [
    "CaptionedFigure",
    "Evidence",
    "LedgerRow",
    "draw_all",
    "findings",
    "ledger",
    "load_evidence",
    "save",
    "to_svg",
    "write_report",
]

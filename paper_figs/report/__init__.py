"""The report page: its text, its formulas, its corrections of the literature, and what it is set in."""

from .report import render, write_report

__all__ = ["render", "write_report"]

"""One look for every figure: its colours, its type, and how it becomes a file or part of a page.

Colours are Okabe and Ito's, told apart by colour-blind readers, fixed per method and regime. In a
page the ink follows the text colour, so a figure reads on light and dark alike. Checked by: tests.
"""

import functools
import hashlib
import re
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from xml.sax.saxutils import escape, quoteattr

from matplotlib import rc_context
from matplotlib.figure import Figure

from ..theory.files import write_atomically
from ..theory.validation import one_of

__all__ = [
    "ABOVE",
    "BELOW",
    "INK",
    "REGIME_COLOURS",
    "SERIES",
    "WIDTH",
    "method_colour",
    "method_key",
    "method_label",
    "save",
    "styled",
    "to_svg",
]

WIDTH = 4.8  # inches: 10 pt text stays legible when a phone shows it 360 pixels wide
INK = "#0b0c0e"  # text, axes, ticks: becomes currentColor in a page

_BLUE, _GREEN, _ORANGE, _RED = "#0072b2", "#009e73", "#e69f00", "#d55e00"
_SKY, _PINK, _GREY, _OLIVE = "#56b4e9", "#cc79a7", "#80858d", "#9a8f2e"

REGIME_COLOURS = {
    "normal": _BLUE,
    "mild": _SKY,
    "extreme": _ORANGE,
    "catastrophic": _RED,
}
SERIES = (_BLUE, _ORANGE, _GREEN, _PINK)
"""For series that are neither methods nor regimes, at most four."""
ABOVE, BELOW = _BLUE, _RED
"""Measured recall above and below one half."""

_METHODS = {
    "ce": ("CE", _GREY),
    "la": ("LA", _BLUE),
    "vs": ("VS", _GREEN),
    "ldam": ("LDAM", _ORANGE),
    "ldamdrw": ("LDAM-DRW", _RED),
    "drw": ("CE-DRW", _PINK),
    "cedrw": ("CE-DRW", _PINK),
    "cb": ("class-balanced", _SKY),
    "classbalanced": ("class-balanced", _SKY),
    "rdr": ("density ratio", _OLIVE),
    "densityratio": ("density ratio", _OLIVE),
    "focal": ("focal", _ORANGE),
    "cdt": ("CDT", _SKY),
    "balancedsoftmax": ("balanced softmax", _BLUE),
}

_RC: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.titlelocation": "left",
    "axes.facecolor": "none",
    "figure.facecolor": "white",
    "lines.linewidth": 1.6,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.labelcolor": INK,
    "patch.edgecolor": INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "counterpoise",
    "savefig.dpi": 200,
}

P = ParamSpec("P")
R = TypeVar("R")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Decorator: run a drawing function under this style, leaving matplotlib's settings alone."""

    @functools.wraps(draw)
    def under_style(*args: P.args, **kwargs: P.kwargs) -> R:
        with rc_context(_RC):
            return draw(*args, **kwargs)

    return under_style


def method_key(name: str) -> str:
    """A method's name without case and punctuation: ``LDAM-DRW``, ``ldam_drw`` are one method."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def method_label(name: str) -> str:
    """The name to print for a method; an unknown method keeps its own, cut to 20 characters."""
    short = name if len(name) <= 20 else name[:19] + "…"
    return _METHODS.get(method_key(name), (short, ""))[0]


def method_colour(name: str) -> str:
    """The colour of a method, the same in every figure; an unknown method gets olive."""
    return _METHODS.get(method_key(name), ("", _OLIVE))[1]


def to_svg(figure: Figure, description: str = "") -> str:
    """An inline ``<svg>`` element, the same bytes for the same figure.

    Scales to its container (viewBox, no width or height), has a transparent ground and live text;
    ink is ``currentColor``; ids carry a prefix of the content's digest, so that several figures
    can share a page. The title is the figure's label (``figure.set_label``); a description, if
    given, stands beside it.
    """
    buffer = StringIO()
    with rc_context(_RC):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    head = re.search(r'<svg\b[^>]*viewBox="([^"]*)"[^>]*>', svg)
    assert head is not None, "matplotlib writes one svg element with a viewBox"
    body = svg[head.end() :]
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"\s*<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>", "", body)
    prefix = f"f{hashlib.sha256(body.encode()).hexdigest()[:8]}-"
    body = re.sub(r'\bid="', f'id="{prefix}', body)
    body = body.replace("url(#", f"url(#{prefix}").replace('xlink:href="#', f'href="#{prefix}')
    title = str(figure.get_label())
    described = f"<desc>{escape(description)}</desc>" if description else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{head[1]}" class="figure" role="img"'
        f' stroke-linejoin="round" aria-label={quoteattr(title)}>\n'
        f"<title>{escape(title)}</title>{described}{body.replace(INK, 'currentColor').rstrip()}"
    )


def save(figure: Figure, path: Path | str, description: str = "") -> None:
    """Write the figure as svg, png or pdf, by the suffix of ``path``, atomically.

    A description, if given, is written into the file, where its format keeps such a text.

    Raises
    ------
    InputError
        If the suffix is another one or the place cannot be written to.
    """
    suffix = one_of("suffix of path", Path(path).suffix, (".svg", ".png", ".pdf"))
    if suffix == ".svg":
        return write_atomically(path, to_svg(figure, description).encode())
    buffer = BytesIO()
    key = "Subject" if suffix == ".pdf" else "Description"
    metadata = {"CreationDate": None} if suffix == ".pdf" else {}
    metadata |= {key: description} if description else {}
    with rc_context(_RC):
        figure.savefig(buffer, format=suffix[1:], metadata=metadata)
    return write_atomically(path, buffer.getvalue())

"""One look for every figure: its colours, its type, and how it becomes a file or part of a page.

Colours are Okabe and Ito's, told apart by colour-blind readers, fixed per method and regime; methods
and series differ by marker and dash besides, so that a figure reads in grey. In a page the ink follows
the text colour, so it reads on light and dark alike. Checked by: tests.
"""

import functools
import hashlib
import re
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..methods.registry import METHODS, RULES, base_of
from ..theory.concentration import MeanInterval
from ..theory.foundation.files import write_atomically
from ..theory.foundation.validation import one_of

__all__ = [
    "ABOVE",
    "BELOW",
    "INK",
    "METHOD_COLOURS",
    "REGIME_COLOURS",
    "SERIES",
    "WIDTH",
    "Look",
    "draw_gaps",
    "method_colour",
    "method_label",
    "method_look",
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
_SHAPES = ("o", "s", "^", "D", "v", "P", "X", "*")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))


class Look(NamedTuple):
    """How one series is told from the others, in colour and without."""

    colour: str
    shape: str
    dash: Any
    filled: bool

    def line(self) -> dict[str, Any]:
        """Keywords of ``Axes.plot`` for a line with markers."""
        return {"linestyle": self.dash, **self.points()}

    def points(self) -> dict[str, Any]:
        """Keywords of ``Axes.plot`` for markers; add ``linestyle="none"`` for these alone."""
        face = self.colour if self.filled else "none"
        return {"color": self.colour, "marker": self.shape, "markerfacecolor": face}


SERIES = tuple(
    Look(colour, shape, dash, True)
    for colour, shape, dash in zip((_BLUE, _ORANGE, _GREEN, _PINK), _SHAPES, _DASHES, strict=False)
)
"""For series that are neither methods nor regimes, at most four."""
ABOVE, BELOW = _BLUE, _RED
"""Measured recall above and below one half."""

METHOD_COLOURS = {
    "blue": _BLUE,
    "green": _GREEN,
    "grey": _GREY,
    "olive": _OLIVE,
    "orange": _ORANGE,
    "pink": _PINK,
    "red": _RED,
    "sky": _SKY,
}
"""The colours that a row of the registry of methods can name."""

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


def method_label(key: str) -> str:
    """The name to print for a method: the registry's, or else the key, cut to 20 characters."""
    if key in METHODS:
        return METHODS[key].label
    base = base_of(key)
    rule, _, told = key[len(base) + 1 :].partition("@")
    if rule in RULES:
        return _told(f"{method_label(base)} + {RULES[rule].label}", told)
    name, _, settings = key.partition("@")
    if name in METHODS:
        return _told(METHODS[name].label, settings)
    return key if len(key) <= 20 else key[:19] + "…"


def _told(label: str, settings: str) -> str:
    return f"{label} ({settings.replace('=', ' = ')})" if settings else label


def method_colour(key: str) -> str:
    """The colour of a method, the same in every figure; one that is not in the registry gets olive.

    What is made of a training has that one's.
    """
    name = base_of(key).partition("@")[0]
    return METHOD_COLOURS[METHODS[name].colour] if name in METHODS else _OLIVE


def method_look(key: str) -> Look:
    """Colour, marker and dash of a method, the same in every figure; no two of the registry's agree."""
    known = sorted(METHODS, key=lambda name: (name != "ce", name))
    place = known.index(key) if key in METHODS else len(known) + zlib.crc32(key.encode()) % 32
    rounds, shape = divmod(place, len(_SHAPES))
    dash = _DASHES[(place + rounds // 2) % len(_DASHES)]
    return Look(method_colour(key), _SHAPES[shape], dash, rounds % 2 == 0)


def draw_gaps(
    axes: Axes, gaps: Sequence[MeanInterval], look: Look, shift: float, label: str
) -> None:
    """Differences with their intervals, a row each; ``shift`` sets several series of a row apart."""
    means = np.array([gap.mean for gap in gaps])
    ends = np.array([gap.interval or (gap.mean, gap.mean) for gap in gaps])
    axes.errorbar(
        means,
        np.arange(len(gaps)) + shift,
        xerr=np.abs(ends.T - means),
        **look.points(),
        linestyle="none",
        label=label,
    )


def to_svg(figure: Figure, description: str = "", label: str = "") -> str:
    """An inline ``<svg>`` element, the same bytes for the same figure.

    Scales to its container (viewBox, no width or height), has a transparent ground and live text;
    ink is ``currentColor``; ids carry a prefix of the content's digest, so that several figures
    can share a page. The title is the figure's label (``figure.set_label``); a description, if
    given, stands beside it. ``label`` is read out in place of the figure; the title by default.
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
        f' stroke-linejoin="round" aria-label={quoteattr(label or title)}>\n'
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

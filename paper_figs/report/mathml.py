"""Theorems as MathML that wraps and is light enough for a page that holds all of them.

MathML does not break across lines, so that a theorem becomes several short formulas in a row, cut where
a typesetter would cut. Checked by: tests that count what is kept, and a page of all theorems in a browser.
"""

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert as latex_to_mathml
from markupsafe import Markup

__all__ = ["theorem"]

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_RELATIONS = frozenset("=<>≤≥≠≈∈⊆⇔⇒→↦∼∝≡⟺⟹⟸")
_IMPLIES = frozenset("⇔⇒⟺⟹⟸")
_FUNCTIONS = frozenset(
    ("log", "exp", "sinh", "cosh", "tanh", "asinh", "sup", "inf", "max", "min", "argmax", "argmin")
)
_SHORT, _LONG = 11, 30  # glyphs beyond which a piece is cut outside brackets, and inside too
_LINE = 50  # glyphs of a bracketed group that is kept whole


def theorem(latex: str) -> Markup:
    """LaTeX as inline MathML elements, cut at gaps, punctuation and relations so that lines wrap.

    Words between formulas become text of the page.
    """
    root = ET.fromstring(latex_to_mathml(latex))
    for element in root.iter():
        element.tag = element.tag.removeprefix(_MATHML)
        if element.text in _IMPLIES:
            element.tag = "mo"
            element.attrib |= {"lspace": "0.5em", "rspace": "0.5em"}
    _flatten(root)
    return Markup(" ").join(map(_inline, _pieces(_opened(root))))


def _flatten(element: ET.Element) -> None:
    """Take out the groups that group nothing, but not those that brackets grow with."""
    for child in element:
        _flatten(child)
    if element.tag in ("math", "mrow", "mstyle", "msqrt", "mtd"):
        flat: list[ET.Element] = []
        for child in element:
            loose = child.tag == "mrow" and not any(map(_is_bracket, child))
            flat += list(child) if loose else [child]
        element[:] = flat
    for place, child in enumerate(element):
        if child.tag == "mrow" and len(child) == 1:
            element[place] = child[0]
        after = element[place + 1] if place + 1 < len(element) else None
        if child.text in _FUNCTIONS and after is not None and not _is_bracket(after):
            child.text += "\u2009"  # as in print: log x


def _is_bracket(part: ET.Element) -> bool:
    return part.tag == "mo" and (part.text or "") in "()[]{}|‖⌊⌋⌈⌉"


def _opened(element: ET.Element) -> Iterator[ET.Element]:
    """The children, and those of bracketed groups too long for a line."""
    for child in element:
        if child.tag in ("mrow", "mstyle") and _glyphs(child) > _LINE:
            yield from _opened(child)
        else:
            yield child


def _pieces(parts: Iterable[ET.Element]) -> Iterator[list[ET.Element]]:
    """Runs of parts between which a line may end; gaps between them are dropped."""
    piece: list[ET.Element] = []
    depth = 0
    for part in parts:
        text = (part.text or "").strip()
        sign = text if part.tag == "mo" else ""
        size, words = sum(map(_glyphs, piece)), part.tag == "mtext"
        free = size > (_LONG if depth > 0 else _SHORT)
        gap = part.tag == "mspace" and _width(part) > 0.5 and (free or depth <= 0)
        sum_sign = sign in ("+", "−", "-") and depth <= 0
        if piece and (gap or words or (free and (sign in _RELATIONS or sum_sign))):
            yield piece
            piece = []
        if part.tag != "mspace" or piece:
            piece.append(part)
        depth += (sign in ("(", "[", "{")) - (sign in (")", "]", "}"))
        if piece and (words or (free and text and text[-1] in ",;:")):
            yield piece
            piece = []
    if piece:
        yield piece


def _width(space: ET.Element) -> float:
    """Width of a gap, in em."""
    return float(re.sub("em$", "", space.get("width", "0em")) or 0)


def _glyphs(element: ET.Element) -> int:
    """About how wide an element is: of a fraction, the wider part."""
    if element.tag == "mfrac":
        return max(map(_glyphs, element), default=0)
    return len((element.text or "").strip()) + sum(map(_glyphs, element))


def _inline(piece: list[ET.Element]) -> Markup:
    if [part.tag for part in piece] == ["mtext"]:
        return Markup.escape((piece[0].text or "").replace("\xa0", " ").strip())
    inner = "".join(ET.tostring(part, encoding="unicode") for part in piece)
    return Markup(f'<math displaystyle="true">{inner}</math>')  # the converter's own elements

"""MathML that is safe to put into a page: only mathematics survives, everything else is refused.

Formulas reach the report as strings; a string with a script or a link in it must not become
markup. Checked by: hostile strings.
"""

from html import escape
from html.parser import HTMLParser

from markupsafe import Markup

__all__ = ["safe_mathml"]

_ELEMENTS = """math mrow mi mn mo mtext mspace ms mfrac msqrt mroot mstyle merror mpadded mphantom
    mfenced menclose msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable
    mtr mlabeledtr mtd semantics"""
_ATTRIBUTES = """display displaystyle mathvariant stretchy fence separator separators open close
    lspace rspace form largeop movablelimits accent accentunder linethickness width height depth
    columnalign rowspan columnspan scriptlevel minsize maxsize symmetric notation xmlns"""
_KNOWN, _KEPT = frozenset(_ELEMENTS.split()), frozenset(_ATTRIBUTES.split())


def safe_mathml(text: str) -> Markup | None:
    """``text`` rebuilt from known elements and attributes; None if it holds anything else."""
    rebuild = _Rebuild()
    rebuild.feed(text)
    rebuild.close()
    whole = not rebuild.open and not rebuild.refused and rebuild.parts
    return Markup("".join(rebuild.parts)) if whole else None


class _Rebuild(HTMLParser):
    """Copies what is known; notes whether anything was not, and which elements are still open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []
        self.refused = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _KNOWN or (not self.open and (tag != "math" or self.parts)):
            self.refused = True
            return
        kept = "".join(f' {k}="{escape(v or "")}"' for k, v in attrs if k in _KEPT)
        self.parts.append(f"<{tag}{kept}>")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.refused = True
            return
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.parts.append(escape(data))
        elif data.strip():
            self.refused = True

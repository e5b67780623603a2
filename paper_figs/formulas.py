"""Formulas for a page: theorems as MathML that wraps, and the claims of steps as one line of text.

MathML is heavy and does not break across lines, so that a theorem becomes several short formulas in a
row, cut where a typesetter would cut; what an engine decided is spelled as its certificate holds it.
Checked by: tests that count what is kept, and a page of all theorems in a browser.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert as latex_to_mathml
from markupsafe import Markup
from sympy.printing.pretty.pretty_symbology import pretty_symbol

from ..theory.foundation.validation import InputError
from ..theory.language.written import Notation, shown
from ..theory.proof.certificate import FAILS, Certificate

__all__ = ["decided_text", "symbol_text", "theorem", "typeset"]

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_RELATIONS = frozenset("=<>≤≥≠≈∈⊆⇔⇒→↦∼∝≡⟺⟹⟸")
_IMPLIES = frozenset("⇔⇒⟺⟹⟸")
_FUNCTIONS = frozenset("log exp sinh cosh tanh asinh sup inf max min argmax argmin".split())
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


class _Plain:
    """A formula as one line of text: brackets where a fraction or a root would show by its shape."""

    def name(self, name: str) -> str:
        return symbol_text(name)

    def number(self, digits: str) -> str:
        return digits

    def operator(self, sign: str) -> str:
        if sign in ("*", "·"):
            return " "
        return f" {_SIGNS.get(sign, sign)} " if sign != "," else ", "

    def row(self, *parts: str) -> str:
        whole = "".join(parts)
        return whole.strip() if len(parts) > 1 else whole

    def fraction(self, above: str, below: str) -> str:
        upper = f"({above})" if _is_sum(above) else above
        return f"{upper}/({below})" if _has_gap(below) or "/" in below else f"{upper}/{below}"

    def power(self, base: str, exponent: str) -> str:
        if all(sign in _RAISED for sign in exponent):
            return base + exponent.translate(_RAISED_TABLE)
        simple = re.fullmatch(r"\w+", exponent)
        return f"{base}^{exponent}" if simple else f"{base}^({exponent})"

    def root(self, inner: str) -> str:
        return f"√{inner}" if re.fullmatch(r"\w+", inner) else f"√({inner})"

    def fenced(self, left: str, inner: str, right: str) -> str:
        return f"{left}{inner}{right}"

    def function(self, name: str) -> str:
        return {"Phi": "Φ", "phi": "φ", "Max": "max", "Min": "min"}.get(name, name)

    def limit(self, where: str) -> str:
        return f"lim[{where}] "


_PLAIN: Notation = _Plain()
_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "=", "-": "−"}
_RAISED = dict(zip("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻", strict=True))
_RAISED_TABLE = str.maketrans(_RAISED)
_WORDS = {
    "->": "→", "<=": "≤", ">=": "≥", "!=": "≠", "==": "=", "**": "^", " oo": " ∞", " - ": " − ",
    "+-": "±", "sqrt(": "√(",
}  # fmt: skip
_GREEK = (
    "alpha", "beta", "gamma", "delta", "Delta", "eta", "kappa", "lambda", "mu", "nu", "pi", "rho",
    "sigma", "tau", "Phi", "phi", "psi",
)  # fmt: skip


def symbol_text(name: str) -> str:
    """A symbol as a reader knows it: ``eta1`` is η₁."""
    return str(pretty_symbol(name))


def decided_text(certificate: Certificate) -> str:
    """What the engine decided, in one line, and where: the claim of a step or of a false neighbour."""
    relations, given = _texts(certificate)
    text = ", ".join(map(_plain, relations))
    if any(part.startswith(FAILS) for part in certificate.claim):
        text = f"not always: {text.removeprefix(FAILS)}"
    where = [_domains(certificate.domain)] if certificate.domain else []
    where += [_plain(fact) for fact in given]
    return f"{text} for {', '.join(where)}" if where else text


def _texts(certificate: Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Relations and hypotheses as they were written, else as they were decided."""
    written, hypotheses = certificate.written, len(certificate.given)
    if len(written) <= hypotheses:
        return certificate.claim, certificate.given
    return written[: len(written) - hypotheses], written[len(written) - hypotheses :]


def _plain(text: str) -> str:
    """A relation, a derivative or a limit in plain notation; other words with their signs."""
    derivative = re.fullmatch(r"Derivative\((.*), (\w+)\) == (.*)", text)
    if derivative:
        inner, variable, slope = map(_plain, derivative.groups())
        return f"d/d{variable} ({inner}) = {slope}"
    limit = re.fullmatch(r"limit of (.*) as (\w+) -> (\S+) is (.*)", text)
    if limit:
        inner, variable, end, value = map(_plain, limit.groups())
        return f"lim ({inner}) = {value} as {variable} → {end}"
    try:
        return shown(text, _PLAIN)
    except InputError:
        return typeset(text)


def typeset(text: str) -> str:
    """Words with formulas in ASCII, their Greek letters and signs as a reader knows them."""
    text = re.sub(rf"(?<![A-Za-z\d])({'|'.join(_GREEK)})(?![A-Za-z])", _greek, text)
    text = re.sub(r"\^(-?\d+)(?![\d.])", lambda power: power[1].translate(_RAISED_TABLE), text)
    for spelled, sign in _WORDS.items():
        text = text.replace(spelled, sign)
    return text


def _greek(word: re.Match[str]) -> str:
    return str(pretty_symbol(word[1]))


def _domains(domain: Mapping[str, str]) -> str:
    """``x, y ∈ (0, 1), n ∈ [1, ∞)``: symbols of one domain together."""
    by_domain: dict[str, list[str]] = {}
    for name, where in domain.items():
        by_domain.setdefault(where, []).append(symbol_text(name))
    return ", ".join(
        f"{', '.join(names)} ∈ {where.replace('oo', '∞').replace(' u ', ' ∪ ')}"
        for where, names in by_domain.items()
    )


def _outside_brackets(text: str) -> str:
    """The text with what stands in brackets left out."""
    depth, kept = 0, []
    for sign in text:
        depth -= sign in ")]"
        kept += [sign] if depth == 0 else []
        depth += sign in "(["
    return "".join(kept)


def _has_gap(text: str) -> bool:
    return " " in _outside_brackets(text).strip()


def _is_sum(text: str) -> bool:
    return bool(re.search(r" [+−] ", _outside_brackets(text)))

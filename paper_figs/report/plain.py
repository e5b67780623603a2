"""Formulas as one line of text: what an engine decided, spelled as its certificate holds it.

Checked by: tests that read the text back and compare values.
"""

import re
from collections.abc import Mapping

from sympy.printing.pretty.pretty_symbology import pretty_symbol

from ...theory.foundation.validation import InputError
from ...theory.language.written import Notation, shown
from ...theory.proof.certificate import FAILS, Certificate

__all__ = ["decided_text", "symbol_text", "typeset"]


class _Plain:
    """A formula as one line of text: brackets where a fraction or a root would show by its shape."""

    def name(self, name: str) -> str:
        return symbol_text(name)

    def number(self, digits: str) -> str:
        return digits

    def operator(self, sign: str) -> str:
        if sign in ("*", "·"):
            return "·"
        return f" {_SIGNS.get(sign, sign)} " if sign != "," else ", "

    def row(self, *parts: str) -> str:
        whole = "".join(parts)
        return whole.strip() if len(parts) > 1 else whole

    def fraction(self, above: str, below: str) -> str:
        upper = f"({above})" if _is_sum(above) else above
        return f"{upper}/{below}" if _is_single(below) else f"{upper}/({below})"

    def power(self, base: str, exponent: str) -> str:
        base = f"({base})" if base.startswith("√") else base
        if all(sign in _RAISED for sign in exponent):
            return base + exponent.translate(_RAISED_TABLE)
        simple = re.fullmatch(r"\w+", exponent)
        return f"{base}^{exponent}" if simple else f"{base}^({exponent})"

    def root(self, inner: str) -> str:
        return f"√{inner}" if re.fullmatch(r"\w+", inner) else f"√({inner})"

    def fenced(self, left: str, inner: str, right: str) -> str:
        return f"{left}{inner}{right}"

    def function(self, name: str) -> str:
        return {"Phi": "Φ", "phi": "φ", "Max": "max", "Min": "min", "Exp": "exp"}.get(name, name)

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
        return shown(re.sub(r"\bexp\(", "Exp(", text), _PLAIN)  # e may be a symbol
    except InputError:
        return typeset(text)


def typeset(text: str) -> str:
    """Words with formulas in ASCII, their Greek letters and signs as a reader knows them."""
    text = re.sub(rf"(?<![A-Za-z\d])({'|'.join(_GREEK)})(?![A-Za-z])", _greek, text)
    text = re.sub(r"\^(-?\d+)(?![\d.])", lambda power: power[1].translate(_RAISED_TABLE), text)
    text = re.sub(r"(?<![\w)\]^-])-(?=[\d.])", "−", text)
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
        f"{', '.join(names)} ∈ {where.replace('oo', '∞').replace('-', '−').replace(' u ', ' ∪ ')}"
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


def _is_single(text: str) -> bool:
    """Whether nothing in it binds less tightly than a power."""
    return not re.search(r"[ ·/−]", _outside_brackets(text))


def _is_sum(text: str) -> bool:
    return bool(re.search(r" [+−] ", _outside_brackets(text)))

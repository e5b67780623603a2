"""Claims about sums, products and extremes over any number of classes, read as text.

``p[j]`` is an entry of a family, one number a class. ``Sum(body)``, ``Prod``, ``Max`` and ``Min`` run over
all classes: over the one index of the body that is not declared to be a class. Inside a lemma an entry is a
plain variable (``p_j``, and ``p_i`` where a second class is needed; ``p_y`` at a class y), so that a side
condition is an ordinary claim.

Checked by: both directions against sums that are written out (`tests/theory/proof/test_all_classes.py`).
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["AGGREGATES", "World", "entry", "names_in", "read_aggregates", "tidy", "with_names"]

AGGREGATES = ("Sum", "Prod", "Max", "Min")

_SIMPLEX = {"simplex": "(0, 1]", "closed simplex": "[0, 1]"}
"""Where a probability lies, of those that sum to one."""
_FRESH = re.compile(r"[Smw]\d+")
"""Names that a proof gives to sums, numbers and classes."""
_INDICES = "jiklabcdefgh"


@dataclass(frozen=True)
class World:
    """What the names of a claim stand for: the number of classes, families, single classes, numbers."""

    classes: str
    least: int
    domains: Mapping[str, str]
    families: tuple[str, ...]
    members: tuple[str, ...]

    @classmethod
    def of(cls, classes: str, domains: Mapping[str, str], texts: Sequence[str]) -> "World":
        """The world of a claim's texts.

        Raises
        ------
        ValueError
            If a name has two meanings, or none.
        """
        subscripted, plain, indices = _uses(texts)
        count = re.fullmatch(r"integer (\d+)\.\.(\d*)|\{(\d+)\}", domains.get(classes, ""))
        least = int((count[1] or count[3]) if count else 0)
        if not least:
            raise ValueError(f"{classes}: the number of classes must be an integer 1 or more")
        members = tuple(name for name, where in domains.items() if where == "class")
        simplices = {name for name, where in domains.items() if where in _SIMPLEX}
        families = tuple(name for name in domains if name in subscripted | simplices)
        for name in families:
            if name in plain or name == classes or name in members:
                raise ValueError(f"{name} is a number for each class: write {name}[j]")
        for name in domains:
            if _FRESH.fullmatch(name):
                raise ValueError(f"{name}: proofs use such names; give it another one")
            if any(name.startswith(f"{family}_") for family in families):
                raise ValueError(f"{name} reads as an entry of a family; give it another name")
        if clash := next((name for name in subscripted | plain if name not in domains), ""):
            raise ValueError(f"{clash!r} has no domain: give one, {clash}='real'")
        if clash := next((name for name in members if name in plain), ""):
            raise ValueError(f"{clash} is a class, not a number: write x[{clash}]")
        if clash := next((i for i in indices if i in domains and i not in members), ""):
            raise ValueError(
                f"the index {clash} has a domain: only a class has one, {clash}='class'"
            )
        return cls(classes, least, dict(domains), families, members)

    @property
    def indices(self) -> tuple[str, str]:
        """How any two classes are called in side conditions."""
        first, second, *_ = (letter for letter in _INDICES if letter not in self.members)
        return first, second

    @property
    def simplices(self) -> tuple[str, ...]:
        """The families that sum to one."""
        return tuple(name for name in self.families if self.domains[name] in _SIMPLEX)

    def entry_domains(self, family: str) -> tuple[str, ...]:
        """Domains that hold every entry of a family, the smallest first."""
        where = self.domains[family]
        if where == "simplex":
            inner = ("(0, 1)",) if self.least > 1 else ()
            return (*inner, "(0, 1]", "(0, oo)", "[0, oo)", "(-oo, oo)")
        if where == "closed simplex":
            return ("[0, 1]", "[0, oo)", "(-oo, oo)")
        return (where, "(-oo, oo)")


def _uses(texts: Sequence[str]) -> tuple[set[str], set[str], set[str]]:
    """The names that are subscripted, those of numbers, and those of indices."""
    subscripted: set[str] = set()
    plain: set[str] = set()
    indices: set[str] = set()
    for text in texts:
        skipped: set[int] = set()
        for node in ast.walk(ast.parse(text, mode="eval")):
            match node:
                case ast.Subscript(
                    value=ast.Name(id=family) as value, slice=ast.Name(id=index) as at
                ):
                    subscripted.add(family)
                    indices.add(index)
                    skipped |= {id(value), id(at)}
                case ast.Subscript():
                    raise ValueError(f"{ast.unparse(node)}: write a family with one index, p[j]")
                case ast.Call(func=ast.Name() as called):
                    skipped.add(id(called))
                case ast.Name(id=name) if id(node) not in skipped and name not in ("pi", "E"):
                    plain.add(name)
                case _:
                    pass
    return subscripted, plain, indices


def entry(family: str, index: str) -> str:
    """The variable that stands for a family's number at a class."""
    return f"{family}_{index}"


def tidy(text: str) -> str:
    """The same text for the same syntax."""
    return ast.unparse(ast.parse(text.strip(), mode="eval"))


def names_in(text: str) -> set[str]:
    """The variables of a text."""
    return set(_variables(ast.parse(text, mode="eval"))) - {"pi", "E"}


def _variables(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        for argument in node.args:
            yield from _variables(argument)
    elif isinstance(node, ast.Name):
        yield node.id
    else:
        for child in ast.iter_child_nodes(node):
            yield from _variables(child)


def with_names(text: str, values: Mapping[str, str]) -> str:
    """The text with expressions, as text, for some of its variables."""

    class Fill(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            return ast.Call(node.func, [self.visit(argument) for argument in node.args], [])

        def visit_Name(self, node: ast.Name) -> ast.AST:
            if node.id not in values:
                return node
            return ast.parse(values[node.id], mode="eval").body

    return ast.unparse(ast.fix_missing_locations(Fill().visit(ast.parse(text, mode="eval"))))


def read_aggregates(text: str, world: World, atom: Callable[[str, str], str]) -> str:
    """The text in plain variables; ``atom`` names each aggregate, from its kind and body.

    Raises
    ------
    ValueError
        If an aggregate runs over no index or over two, or an index stands outside of all.
    """
    tree = _Reader(world, atom).visit(ast.parse(text, mode="eval"))
    if left := _unbound(tree):
        raise ValueError(f"the index {left.pop()} stands outside of a Sum, Prod, Max or Min")
    return ast.unparse(ast.fix_missing_locations(tree))


class _Reader(ast.NodeTransformer):
    def __init__(self, world: World, atom: Callable[[str, str], str]) -> None:
        self.world = world
        self.atom = atom

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        family, index = ast.unparse(node.value), ast.unparse(node.slice)
        if family not in self.world.families:
            raise ValueError(f"{family}[{index}]: {family} is no family")
        return ast.Name(entry(family, index)) if index in self.world.members else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        inner = ast.Call(node.func, [self.visit(argument) for argument in node.args], [])
        name = ast.unparse(node.func)
        if name not in AGGREGATES or len(inner.args) != 1:
            return inner
        indices = _unbound(inner.args[0])
        if len(indices) != 1:
            if not indices and name in ("Max", "Min"):
                return inner
            several = f"over {' and '.join(sorted(indices))}" if indices else "over no index"
            raise ValueError(f"{ast.unparse(node)} runs {several}: it must run over one")
        body = _Bind(self.world.indices[0]).visit(inner.args[0])
        return ast.Name(self.atom(name, ast.unparse(ast.fix_missing_locations(body))))


class _Bind(ast.NodeTransformer):
    def __init__(self, index: str) -> None:
        self.index = index

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return ast.Name(entry(ast.unparse(node.value), self.index))


def _unbound(node: ast.AST) -> set[str]:
    """The indices that no aggregate inside binds and that are no classes."""
    return {ast.unparse(part.slice) for part in ast.walk(node) if isinstance(part, ast.Subscript)}

"""A claim about any number of classes at some number of them: its sums written out, its families numbers.

Checked by: sums, products and extremes against Python's own (`tests/theory/proof/test_all_classes.py`).
"""

import ast
from collections.abc import Mapping
from typing import Any

from .reading import AGGREGATES, World

__all__ = ["written_out"]


def written_out(text: str, world: World, values: Mapping[str, Any]) -> str:
    """The text without variables: ``values`` holds a text for each number, a list of them for a family.

    Classes count from 1.
    """
    tree = _WriteOut(world, values, {}).visit(ast.parse(text, mode="eval"))
    return ast.unparse(ast.fix_missing_locations(tree))


class _WriteOut(ast.NodeTransformer):
    def __init__(self, world: World, values: Mapping[str, Any], at: Mapping[str, int]) -> None:
        self.world = world
        self.values = values
        self.at = at

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return _number(self.values[node.id]) if node.id in self.values else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        family, index = ast.unparse(node.value), ast.unparse(node.slice)
        place = int(self.values[index]) if index in self.world.members else self.at[index]
        return _number(self.values[family][place - 1])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = ast.unparse(node.func)
        own = _own_index(node, self.world)
        if own is None:
            return ast.Call(node.func, [self.visit(argument) for argument in node.args], [])
        count = int(self.values[self.world.classes])
        terms = [
            _WriteOut(self.world, self.values, {**self.at, own: place}).visit(_copy(node.args[0]))
            for place in range(1, count + 1)
        ]
        if name in ("Max", "Min"):
            return ast.Call(node.func, terms, []) if count > 1 else terms[0]
        whole = terms[0]
        for term in terms[1:]:
            whole = ast.BinOp(whole, ast.Add() if name == "Sum" else ast.Mult(), term)
        return whole


def _own_index(node: ast.Call, world: World) -> str | None:
    """The index that an aggregate runs over; None for any other call."""
    if ast.unparse(node.func) not in AGGREGATES or len(node.args) != 1:
        return None
    return next(iter(_free(node.args[0], world)), None)


def _free(node: ast.AST, world: World) -> set[str]:
    """The indices in an expression that no aggregate inside it runs over."""
    match node:
        case ast.Subscript():
            return {ast.unparse(node.slice)} - set(world.members)
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in AGGREGATES:
            found = _free(inner, world)
            return set() if len(found) == 1 else found
        case _:
            return set().union(*(_free(child, world) for child in ast.iter_child_nodes(node)))


def _number(text: str) -> ast.AST:
    return ast.parse(f"({text})", mode="eval").body


def _copy(node: ast.AST) -> ast.AST:
    return ast.parse(ast.unparse(node), mode="eval").body

"""Reading the house's own source."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("msp", "tenants", "contracts", "tickets", "monitoring", "billing")


def sources(*roots: str) -> list[Path]:
    """Every Python file of these folders but migrations."""
    found = [file for root in roots for file in (ROOT / root).rglob("*.py")]
    return sorted(file for file in found if "migrations" not in file.parts)


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def functions(file: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.FunctionDef):
            yield node


def public(file: Path) -> list[ast.FunctionDef]:
    """Functions of the module itself that others may call."""
    return [
        node
        for node in tree_of(file).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def files_called(*names: str) -> list[Path]:
    """`actions.py`, and every file of a package `actions`; so for each of the names."""
    found = []
    for file in sources(*ROOMS):
        parts = file.relative_to(ROOT).with_suffix("").parts
        if set(parts) & set(names) and file.name != "__init__.py":
            found.append(file)
    return found

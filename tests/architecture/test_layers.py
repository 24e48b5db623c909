"""What each kind of file must never do, as far as its text shows."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import ROOMS, ROOT, files_called, name_of, sources, tree_of
from tests.each import each

RULES = files_called("rules")
READERS = files_called(
    "pages", "portal", "api", "ingest", "reactions", "forms", "papers", "gates", "queries"
)
WRITES = frozenset(
    ["save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete"]
)
SPEAKS_SQL = {  # where statements of our own are written, and why the ORM does not do
    "msp/devservices": "makes databases and roles",
    "tenants/wall": "the switch itself",
    "tenants/provision": "schemas, roles, grants",
    "tenants/pages": "asks whether the database answers",
    "tenants/people/tokens": "an advisory lock",
    "monitoring/ingest": "answers before Django's handler, by the shortest way",
    "monitoring/actions": "beats in batches, by COPY",
    "monitoring/queries/charts.py": "slices of readings and thinned ones together",
}


def calls(file: Path) -> Iterator[ast.Call]:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Call):
            yield node


def chain(node: ast.expr) -> Iterator[str]:
    """`Ticket.objects.filter(...).update` -> update, filter, objects, Ticket."""
    while True:
        if isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            if isinstance(node, ast.Name):
                yield node.id
            return


def writes(call: ast.Call) -> bool:
    name, *rest = [*chain(call.func), ""]
    return name in WRITES or (name == "update" and bool({"objects", "filter"} & set(rest)))


@each(RULES)
def test_rules_ask_neither_the_clock_nor_chance(file: Path) -> None:
    asked = {".".join(reversed(list(chain(call.func)))) for call in calls(file)}
    clock = re.compile(r"(^|\.)(now|utcnow|today|time|monotonic|random|choice|uuid4|open|print)$")
    assert [name for name in asked if clock.search(name)] == []


@each(RULES)
def test_facts_of_rules_are_frozen(file: Path) -> None:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.ClassDef):
            marks = [ast.unparse(mark) for mark in node.decorator_list]
            for mark in marks:
                assert "dataclass" not in mark or "frozen=True" in mark, node.name


@each(READERS)
def test_only_actions_write(file: Path) -> None:
    found = [
        f"line {call.lineno}: {ast.unparse(call.func)}" for call in calls(file) if writes(call)
    ]
    assert found == []


@each(sources(*ROOMS))
def test_sql_of_our_own_stands_in_few_places_and_holds_no_input(file: Path) -> None:
    for call in calls(file):
        name = next(chain(call.func), "")
        assert name not in ("raw", "extra", "RawSQL"), f"line {call.lineno}"
        if name == "cursor":
            assert name_of(file).startswith(tuple(SPEAKS_SQL)), f"line {call.lineno}"
        if name in ("execute", "executemany") and call.args:
            composed = isinstance(call.args[0], (ast.JoinedStr, ast.BinOp))
            assert not composed, f"line {call.lineno}: a statement glued together"


def test_types_are_checked_for_every_rule_and_the_kit() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["files"]
    checked = {name_of(path) for pattern in named for path in ROOT.glob(pattern)}
    rules = {name_of(file).partition("/rules")[0] + "/rules" for file in RULES}
    assert {"msp/kit", *rules} <= checked

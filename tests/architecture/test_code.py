"""The laws a machine can read off the code."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("msp", "tenants", "contracts", "tickets", "monitoring", "billing")


def sources(*roots: str) -> list[Path]:
    found = [file for root in roots for file in (ROOT / root).rglob("*.py")]
    return sorted(file for file in found if "migrations" not in file.parts)


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def functions(file: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


@pytest.mark.parametrize("file", sources(*ROOMS, "tests"), ids=name_of)
def test_modules_and_functions_stay_small(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= 400
    long = [f.name for f in functions(file) if f.end_lineno - f.lineno + 1 > 50]
    assert long == []


def action_files() -> list[Path]:
    found = [f for f in sources(*ROOMS) if f.name == "actions.py" or f.parent.name == "actions"]
    return [file for file in found if file.name != "__init__.py"]


def public(file: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(file.read_text())
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


@pytest.mark.parametrize("file", action_files(), ids=name_of)
def test_actions_are_keyword_only_and_atomic(file: Path) -> None:
    for action in public(file):
        assert not action.args.args, f"{action.name} takes positional arguments"
        decorators = [ast.unparse(node) for node in action.decorator_list]
        assert any(d.startswith("transaction.atomic") for d in decorators), action.name


@pytest.mark.parametrize("file", action_files(), ids=name_of)
def test_actions_have_no_clock_and_no_network(file: Path) -> None:
    text = file.read_text()
    for word in ("datetime.now", "timezone.now", "date.today", "requests.", "urllib.request"):
        assert word not in text, f"{word} in {name_of(file)}"


def test_nothing_enters_an_msp_but_through_inside() -> None:
    """`with tenant:` keeps its stack on the class: two threads left in each other's schema."""
    for file in sources(*ROOMS):
        if name_of(file) in ("tenants/context.py",):
            continue
        text = file.read_text()
        assert not re.search(r"\.activate\(\)|\.set_tenant\(|\.set_schema\(", text), name_of(file)


def test_no_signals_of_our_own() -> None:
    for file in sources(*ROOMS):
        assert "@receiver(" not in file.read_text(), name_of(file)


def test_every_dependency_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    listed = re.findall(r'^  "[^"]+",(.*)$', text.split("[tool.", 1)[0], re.M)
    assert len(listed) > 30
    assert all(comment.strip().startswith("# ") for comment in listed)


def test_the_lock_knows_every_dependency_and_no_address() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    every = wanted["dependencies"] + wanted["optional-dependencies"]["dev"]
    names = {re.split(r"[\[=<>~;! ]", line, maxsplit=1)[0].lower() for line in every}
    locks = "".join(file.read_text() for file in ROOT.glob("requirements*.lock"))
    missing = [name for name in names if not re.search(rf"^{re.escape(name)}==", locks, re.M)]
    assert missing == []
    assert "://" not in locks


def test_no_path_of_a_machine_in_the_tree() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    for name in listed:
        if name.endswith((".py", ".md", ".toml", ".html", ".yml", ".css", ".js")):
            text = (ROOT / name).read_text()
            assert "/" + "root/" not in text, name
            assert "/" + "work/" not in text, name


def test_imports_keep_to_the_floors() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


def test_migrations_are_linear_and_named() -> None:
    for folder in sorted(ROOT.rglob("migrations")):
        if ".venv" in folder.parts:
            continue
        numbers = [file.name[:4] for file in folder.glob("0*.py")]
        assert len(numbers) == len(set(numbers)), folder
        assert not list(folder.glob("0*_auto_*.py")), folder

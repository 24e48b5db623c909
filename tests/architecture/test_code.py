"""The laws a machine can read off the code."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.tree import ROOMS, ROOT, functions, name_of, sources
from tests.each import each


@each(sources(*ROOMS, "tests"))
def test_modules_and_functions_stay_small(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= 400
    long = [f.name for f in functions(file) if f.end_lineno - f.lineno + 1 > 50]
    assert long == []


def test_nothing_enters_an_msp_but_through_inside() -> None:
    """`with tenant:` keeps its stack on the class: two threads left in each other's schema."""
    for file in sources(*ROOMS):
        if name_of(file) in ("tenants/context.py",):
            continue
        text = file.read_text()
        assert not re.search(r"\.activate\(\)|\.set_tenant\(|\.set_schema\(", text), name_of(file)


def test_no_signals_of_our_own() -> None:
    """Celery's own are no model's; one library receiver is taken away in tenants/apps.py."""
    known = {"tenants/apps.py"}
    for file in sources(*ROOMS):
        heard = re.search(
            r"django\.dispatch|django\.db\.models(\.| import )signals", file.read_text()
        )
        assert not heard or name_of(file) in known, name_of(file)


def test_every_dependency_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    listed = re.findall(r'^  "[^"]+",(.*)$', text.split("[tool.", 1)[0], re.M)
    assert len(listed) > 30
    assert [comment for comment in listed if not comment.strip().startswith("# ")] == []


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


def test_no_folder_hides_from_the_import_contracts() -> None:
    """Without an `__init__.py` Python finds the modules, and the linter does not."""
    folders = {file.parent for file in sources(*ROOMS)}
    assert [name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


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


def test_every_check_was_seen_to_bite() -> None:
    """The table of docs/decisions/0001 names each import contract and each test of this folder."""
    table = (ROOT / "docs/decisions/0001-six-floors.md").read_text()
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    names = [contract["name"] for contract in linter["contracts"]]
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        names += [f"`{f.name}`" for f in functions(file) if f.name.startswith("test_")]
    assert [name for name in names if f"\n| {name} |" not in table] == []

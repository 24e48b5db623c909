"""What is written about the house is there, and nothing is put off."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from tests.architecture.tree import ROOMS, ROOT, files_called, name_of, public, sources, tree_of
from tests.each import each

TEXTS = (".py", ".md", ".toml", ".html", ".txt", ".yml", ".css", ".js", "Makefile", ".ci/run")
LATER = re.compile(r"\b(TO" r"DO|FIX" r"ME|HA" r"CK)\b")
SKIPS = re.compile(r"\b(mark\.(skip|skipif|xfail)|pytest\.(skip|xfail|importorskip))\b")
REFERS = re.compile(r"""\{%\s*(?:include|extends)\s+["']([^"']+)["']""")


@cache
def tracked() -> tuple[Path, ...]:
    """What git keeps and will keep, without what other people wrote."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    paths = [ROOT / name for name in listed if name.endswith(TEXTS)]
    return tuple(path for path in paths if path.is_file() and "vendor" not in path.parts)


def pages_of_docs() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


def anchors_of(page: Path) -> set[str]:
    """The names a heading can be linked by, as forges make them."""
    heads = re.findall(r"^#+ +(.+?) *$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@each(pages_of_docs())
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", without_code(page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors_of(target), link


def test_every_page_of_docs_that_is_named_exists() -> None:
    """In comments, docstrings and texts: `docs/decisions/0011`, `install.md`."""
    names = {path.name for path in pages_of_docs()}
    missing = []
    for path in tracked():
        text = path.read_text()
        for said in re.findall(r"\bdocs/[a-z]+/[\w-]+", text):
            if not list(ROOT.glob(f"{said}*")):
                missing.append(f"{name_of(path)}: {said}")
        for said in re.findall(r"[\w-]+\.md\b", text):
            if said not in names:
                missing.append(f"{name_of(path)}: {said}")
    assert missing == []


@each(files_called("actions", "queries", "rules"))
def test_what_others_call_says_what_it_means(file: Path) -> None:
    mute = [node.name for node in public(file) if not ast.get_docstring(node)]
    assert mute == []


def test_nothing_is_put_off_or_passed_over() -> None:
    """No notes to do it later, no test that does not run."""
    for path in tracked():
        text = path.read_text()
        assert not LATER.search(text), name_of(path)
        assert not SKIPS.search(text), name_of(path)


def named_templates() -> list[tuple[str, str]]:
    """Where a template is named, and which: in the code of a room, or by another template."""
    found = set()
    for file in sources(*ROOMS):
        for node in ast.walk(tree_of(file)):
            said = node.value if isinstance(node, ast.Constant) else None
            if isinstance(said, str) and re.fullmatch(r"[\w-]+/[\w/-]+\.(html|txt)", said):
                found.add((name_of(file), said))
    for path in tracked():
        if path.suffix in (".html", ".txt") and "templates" in path.parts:
            found |= {(name_of(path), name) for name in REFERS.findall(path.read_text())}
    return sorted(found)


@each(named_templates())
def test_every_template_that_is_named_exists(where: str, name: str) -> None:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        pytest.fail(f"{where} names {name}, which does not exist")

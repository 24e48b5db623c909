"""What templates, styles and scripts may contain: the rules of docs/guides/components.md."""

import gzip
import re
from functools import cache
from pathlib import Path

from tests.each import each

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "msp/static/msp"
ROOMS = ("msp", "tenants", "contracts", "tickets", "monitoring", "billing")
TEMPLATES = [
    path
    for folder in (ROOT / "templates", ROOT / "tests/ui/templates")
    for path in sorted(folder.rglob("*.html"))
]
# Mail is read in programs that know neither classes nor style sheets
PAGES = [path for path in TEMPLATES if "mail" not in path.relative_to(ROOT).parts]
STYLES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("static/**/*.css"))
STYLES = [path for path in STYLES if "vendor" not in path.parts]
SCRIPTS = sorted(path for room in ROOMS for path in (ROOT / room).rglob("static/**/*.js"))
SCRIPTS = [path for path in SCRIPTS if "vendor" not in path.parts]

GUIDE = ROOT / "docs/guides/components.md"

# Classes that htmx and uPlot put on elements themselves
FOREIGN = {"htmx-request", "uplot", "u-cursor-x"}
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", re.DOTALL)


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@each(PAGES)
def test_no_template_needs_an_unsafe_policy(path: Path) -> None:
    html = COMMENT.sub("", path.read_text())
    assert not re.search(r"\sstyle\s*=", html), "style= is refused by the policy"
    assert not re.search(r"<[^>]*\son\w+\s*=", html), "handlers belong into a script file"
    assert not re.search(r"<style", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert " src=" in script or 'type="application/json"' in script, script
    for address in re.findall(r"(?:src|href)=\"(https?://[^\"]+)", html):
        raise AssertionError(f"{address}: nothing comes from another host")


@each(PAGES)
def test_htmx_says_where_its_answer_goes(path: Path) -> None:
    """htmx 4 will not inherit: written out now, the later move is a search and replace."""
    html = COMMENT.sub("", path.read_text())
    plain = re.sub(r"{%.*?%}|{{.*?}}", "", html, flags=re.DOTALL)
    for tag in re.findall(r"<[^<>]*\shx-(?:get|post|put|delete)=[^<>]*>", plain):
        assert "hx-target=" in tag, tag
        assert "hx-swap=" in tag, tag


@each(STYLES)
def test_a_style_sheet_stays_small_and_in_its_layer(path: Path) -> None:
    css = path.read_text()
    assert len(css.encode()) <= 25 * 1024, "split it"
    outside = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    depth = 0
    for line in outside.splitlines():
        if depth == 0 and line.strip():
            assert line.startswith(("@layer", "@font-face", "}")), f"not in a layer: {line}"
        depth += line.count("{") - line.count("}")
    assert depth == 0


def test_the_styles_of_one_page_fit_their_budget() -> None:
    whole = b"".join(path.read_bytes() for path in STATIC.glob("css/*.css"))
    assert len(gzip.compress(whole, 9)) <= 24 * 1024


def test_the_scripts_fit_their_budget() -> None:
    sizes = {p.name: len(gzip.compress(p.read_bytes(), 9)) for p in STATIC.glob("js/*.js")}
    assert sizes["app.js"] <= 12 * 1024
    assert sizes["live.js"] <= 4 * 1024
    assert sizes["chart.js"] <= 5 * 1024


@cache
def _classes_of(sheet: Path) -> frozenset[str]:
    css = sheet.read_text()
    css = re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", "", css, flags=re.DOTALL)
    selectors = re.findall(r"([^{}]+){", css)
    return frozenset(name for part in selectors for name in re.findall(r"\.([a-zA-Z][\w-]*)", part))


@each(PAGES)
def test_a_template_uses_only_classes_that_exist(path: Path) -> None:
    known = {name for style in STYLES for name in _classes_of(style)}
    html = re.sub(r"{%.*?%}|{{.*?}}", " ", COMMENT.sub("", path.read_text()), flags=re.DOTALL)
    used = {name for value in re.findall(r'\sclass="([^"]*)"', html) for name in value.split()}
    # "btn--{{ kind }}" leaves its stem behind
    assert sorted(name for name in used - known if not name.endswith("--")) == []


def test_every_class_is_used_or_offered_in_the_guide() -> None:
    """A class nobody writes and nobody can find out about is dead weight: delete it."""
    sources = [path.read_text() for path in (*TEMPLATES, *SCRIPTS, GUIDE)]
    tags = (*ROOT.glob("*/templatetags/*.py"), *ROOT.glob("*/*/templatetags/*.py"))
    sources += [path.read_text() for path in tags]
    text = "\n".join(sources)
    # A component writes btn--{{ kind }}: its variants count where the stem is written that way
    stems = set(re.findall(r"([\w-]+--){{", text))
    words = set(re.findall(r"[\w-]+", text))
    unused = {
        name
        for path in STYLES
        for name in _classes_of(path)
        if name not in words | FOREIGN and not any(name.startswith(stem) for stem in stems)
    }
    assert sorted(unused) == []

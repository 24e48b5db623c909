"""What people write, and what must never come out of it."""

import re

import pytest

from tickets.rules.words import html_of, one_line

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.gif)",
    "![x](javascript:alert(1))",
    '[x](https://a.example/"onmouseover="alert(1))',
    "[x](https://a.example 'onclick=alert(1)')",
    "<iframe src=https://evil.example></iframe>",
    "<style>*{display:none}</style>",
    "<form action=https://evil.example><input name=password></form>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
    "<details open ontoggle=alert(1)>",
    "```<script>alert(1)</script>```",
    "`<img src=x onerror=alert(1)>`",
    "<div id=flash hx-get=/sign-out hx-trigger=load>x</div>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
]
TAG = re.compile(r"<\s*/?\s*([a-zA-Z0-9]+)([^>]*)>")
HARMLESS = {
    "a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "ul",
}  # fmt: skip


@pytest.mark.parametrize("body", ATTACKS)
def test_nothing_that_runs_comes_out(body: str) -> None:
    for name, rest in TAG.findall(html_of(body)):
        assert name in HARMLESS
        named = set(re.findall(r"\b([a-z-]+)=", re.sub(r'"[^"]*"', '""', rest)))
        assert named <= ({"href", "rel"} if name == "a" else {"start"})
    for address in re.findall(r'href="([^"]*)"', html_of(body)):
        assert re.match(r"(https?|mailto|tel):", address), address


def test_what_people_write_reads_well() -> None:
    html = html_of(
        "Hello **Dana**,\nsee `C:\\pm` and [this](https://help.example/a?b=1&c=2).\n\n- a\n- b"
    )
    assert "<strong>Dana</strong>,<br>" in html
    assert "<code>C:\\pm</code>" in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "<li>a</li>" in html


def test_a_number_sign_is_no_heading_and_arrows_are_text() -> None:
    assert html_of("# 1042 is worse") == "<p># 1042 is worse</p>\n"
    assert html_of("a < b & c > d") == "<p>a &lt; b &amp; c &gt; d</p>\n"


def test_deep_nesting_is_answered() -> None:
    assert html_of("> " * 2000 + "deep")
    assert html_of("[" * 5000)
    assert html_of("*" * 20000)


@pytest.mark.parametrize(
    ("text", "line"),
    [("  a \n b\t c ", "a b c"), ("word " * 60, ("word " * 39).strip() + "…")],
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line
    assert len(one_line(text)) <= 200

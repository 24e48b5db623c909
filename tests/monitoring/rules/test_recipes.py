"""What a person pastes holds the key and leads to us, and can be pasted."""

import shlex

import pytest

from monitoring.rules.recipes import Address, Recipe, recipes, title_of

TOKEN = "hb_0123456789abcdefghijklmnop"
SITE = Address("https://acme.example/", TOKEN)
DEVICE = Address("http://acme.localhost:8000/", TOKEN, of_device=True)


@pytest.mark.parametrize("one", [*recipes(SITE), *recipes(DEVICE)], ids=lambda one: one.slug)
def test_each_holds_the_key_and_our_address(one: Recipe) -> None:
    assert TOKEN in one.text
    assert "acme." in one.text
    assert one.title
    assert one.where


def test_shell_lines_are_whole() -> None:
    for one in recipes(SITE) + recipes(DEVICE):
        if one.slug in ("curl", "icinga", "influx", "sentry", "cron"):
            assert shlex.split(one.text)


def test_a_port_and_a_scheme_are_kept() -> None:
    by_slug = {one.slug: one.text for one in recipes(DEVICE)}
    assert f"http://steward:{TOKEN}@acme.localhost:8000/collector" in by_slug["monit"]
    assert "port=8000" in by_slug["glances"]
    assert "port=443" in {one.slug: one.text for one in recipes(SITE)}["glances"]


def test_a_tool_nobody_named_has_a_title() -> None:
    assert title_of("otlp") == "OpenTelemetry"
    assert title_of("other") == "Other"

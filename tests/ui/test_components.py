"""Every component renders, says what it shows, and keeps what strangers write as text."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.template import engines

from msp.templatetags import drawing, look, wording
from tests.ui.gallery import NOW, SampleFace, context

ROOT = Path(__file__).parents[2]
COMPONENTS = sorted(path.stem for path in (ROOT / "templates/cotton").glob("*.html"))
Draw = Callable[..., str]


@pytest.fixture
def gallery(draw: Draw) -> str:
    with time_machine.travel(NOW, tick=False):
        return draw("ui/gallery.html", **context())


def _tag(html: str) -> str:
    return engines["django"].from_string("{% load look %}" + html).render({"now": NOW})


def test_the_gallery_shows_every_component() -> None:
    page = (ROOT / "tests/ui/templates/ui/gallery.html").read_text()
    missing = [name for name in COMPONENTS if f"<c-{name.replace('_', '-')}" not in page]
    assert missing == []


def test_the_guide_names_every_component() -> None:
    guide = (ROOT / "docs/guides/components.md").read_text()
    missing = [name for name in COMPONENTS if f"<c-{name.replace('_', '-')}" not in guide]
    assert missing == []


def test_the_gallery_renders_whole(gallery: str) -> None:
    assert "<c-" not in gallery
    assert "{%" not in gallery
    assert "{{" not in gallery
    assert gallery.count("<h1") == 1


def test_no_id_is_given_twice(gallery: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', gallery)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("shell", ["staff.html", "portal.html", "auth.html"])
def test_a_shell_renders_with_nothing_in_it(draw: Draw, shell: str) -> None:
    html = draw(shell, viewer=None, nav=[], msp_name="")
    assert 'id="main"' in html
    assert 'id="flash"' in html
    assert 'class="skip"' in html


@pytest.mark.parametrize("code", [400, 403, 404, 429, 500, 503])
def test_an_error_page_needs_nothing(code: int) -> None:
    html = engines["django"].get_template(f"errors/{code}.html").render({})
    assert f">{code}<" in html
    assert "<h1>" in html


def test_what_people_write_stays_text(draw: Draw) -> None:
    evil = "<script>x</script>"
    drawn = [
        str(look.st("ok", "done", evil)),
        str(look.av(evil)),
        str(look.meter(1, 2, label=f'"{evil}')),
        str(look.bars([(evil, 1)])),
        str(look.beats(["up"], f'"{evil}')),
        str(look.sla(state="met", text=evil, title=f'"{evil}')),
        draw("ui/words.html", evil=evil),
    ]
    assert all("<script>" not in html.split("</head>")[-1] for html in drawn)


def test_a_state_has_shape_word_and_tone() -> None:
    html = str(look.st(of="ticket", state="waiting_client"))
    assert 'data-tone="warn"' in html
    assert "Waiting on client" in html
    assert "<svg" in html


def test_a_state_nobody_listed_is_shown_by_its_name() -> None:
    assert "Strange thing" in str(look.st(of="device", state="strange_thing"))


def test_a_label_is_heard_and_not_seen() -> None:
    html = str(look.st(of="device", state="down", label=True))
    assert '<span class="vh">Down</span>' in html


def test_a_wrong_shape_fails_loudly() -> None:
    with pytest.raises(KeyError):
        drawing.shape("blob")


@pytest.mark.parametrize(
    ("minutes", "target", "state", "text"),
    [
        (-12, 60, "late", "12m over"),
        (18, 480, "risk", "18m"),
        (60, 480, "risk", "1h 00m"),
        (59, 240, "soon", "59m"),
        (130, 480, "soon", "2h 10m"),
        (310, 480, "ok", "5h 10m"),
        (3120, 5000, "ok", "2d 4h"),
    ],
)
def test_a_clock_gets_louder_towards_its_end(
    minutes: int, target: int, state: str, text: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        due = NOW + timedelta(minutes=minutes)
        html = str(look.sla(due, due - timedelta(minutes=target)))
    assert f'data-state="{state}"' in html
    assert f"<span data-t>{text}</span>" in html
    assert f'data-due="{int(due.timestamp())}"' in html


def test_a_clock_that_rests_overnight_does_not_count_in_the_browser() -> None:
    with time_machine.travel(NOW, tick=False):
        html = str(look.sla(SampleFace()))
    assert "6h 06m" in html
    assert "data-due" not in html


def test_a_paused_clock_says_so_and_stands_still() -> None:
    html = str(look.sla(NOW, state="paused"))
    assert "Paused" in html
    assert "data-due" not in html


def test_money_has_a_true_minus_and_the_exact_figure() -> None:
    assert str(look.money(Decimal("-435"), "USD")) == (
        '<data class="num" value="-435">\u2212$435.00</data>'
    )
    assert wording.money(Decimal("3841.82"), "USD", whole=True) == "$3,842"
    assert wording.money(Decimal("71.5"), "USD", signed=True) == "+$71.50"
    assert wording.money(Decimal("1200"), "JPY", whole=True) == "¥1,200"
    assert wording.money(Decimal("1234.00"), "EUR", whole=True) == "€1,234"


def test_time_is_relative_for_a_week_and_exact_on_demand() -> None:
    with time_machine.travel(NOW, tick=False):
        assert wording.moment(NOW - timedelta(minutes=4)) == "4m ago"
        assert wording.moment(NOW - timedelta(minutes=4), "short") == "4m"
        assert wording.moment(NOW + timedelta(hours=2)) == "in 2h 00m"
        assert wording.moment(NOW - timedelta(days=8)) == "Nov 11"
        assert wording.moment(NOW - timedelta(days=400)) == "Oct 15, 2025"
        assert wording.moment(NOW, "exact") == "Thu, Nov 19, 2026, 3:41 PM UTC"
        assert wording.moment(NOW, "datetime") == "Nov 19, 3:41 PM"


def test_beats_say_in_words_what_they_show_in_colour() -> None:
    html = str(look.beats(["up", "up", "down", None]))
    assert 'aria-label="4 intervals: 2 up, 1 down, 1 without data"' in html
    assert html.count("<rect") == 4


def test_a_gap_in_a_sparkline_stays_a_gap() -> None:
    assert str(look.spark([1, 2, None, 3, 4])).count("<polyline") == 2
    assert "<polyline" not in str(look.spark([]))


def test_the_smallest_state_of_a_whole_is_still_seen() -> None:
    html = str(look.meter_parts([("up", 2894), ("down", 1)]))
    widths = [float(width) for width in re.findall(r'width="([\d.]+)"', html)]
    assert min(widths) > 1
    assert sum(widths) < 200


def test_a_field_ties_its_hint_and_its_error_to_the_control(gallery: str) -> None:
    control = re.search(r'<input[^>]*name="email"[^>]*>', gallery)
    assert control is not None
    assert 'aria-describedby="id_email_hint id_email_error"' in control[0]
    assert 'aria-invalid="true"' in control[0]
    assert 'class="input"' in control[0]


def test_a_tag_is_cheap_enough_for_every_row() -> None:
    """Two hundred rows of marks in well under a tenth of a second (README, long tables)."""
    row = '{% prio 2 %}{% st of="ticket" state="open" %}{% sla now now state="met" %}{% av "A B" %}'
    page = engines["django"].from_string(
        "{% load look %}{% for n in many %}" + row + "{% endfor %}"
    )
    page.render({"many": range(10), "now": NOW})
    started = datetime.now(UTC)
    page.render({"many": range(200), "now": NOW})
    assert datetime.now(UTC) - started < timedelta(seconds=0.5)

"""A check's past replayed from the rows it left."""

from datetime import timedelta

import pytest
from django.test import Client as Browser

from monitoring import actions
from monitoring.models import Check, Incident, Pack, Series, Signal
from monitoring.queries import replay as queries
from monitoring.queries.definitions import of_check
from monitoring.rules.definitions import Definition
from monitoring.rules.thresholds import Level, Limits
from tests.monitoring.estate import BY, T0, Estate, after, check, device
from tests.monitoring.test_drain import drained, put
from tests.monitoring.test_sweep import lapse

NOW = T0 + timedelta(hours=6)


@pytest.fixture
def lived(harbor: Estate) -> tuple[Check, Check]:
    """A server that fell silent three times, and whose processor was too busy twice."""
    heartbeat = check(harbor)
    put(harbor, 1, metrics={"cpu": 10})
    drained()
    cpu = actions.define_check(
        device=heartbeat.device, name="CPU", by=BY, at=T0,
        definition=Definition(
            kind="threshold", series="cpu", limits=Limits(Level(90, 80), Level(98, 90))
        ),
    )  # fmt: skip
    second, silent = 60, {20: 200, 40: 400, 70: 2000}
    for number in range(100):
        busy = 95 if 10 <= number < 14 else 99 if 50 <= number < 55 else 30
        put(harbor, second, metrics={"cpu": busy})
        gap = silent.get(number, 60)
        if gap > 180 or number % 3 == 2:  # a few at a time, and never a whole fault at once
            drained()
        if gap > 180:
            lapse(second + 190)
        second += gap
    drained()
    heartbeat.refresh_from_db()
    cpu.refresh_from_db()
    return heartbeat, cpu


def test_unchanged_rules_give_the_same_past_exactly(lived: tuple[Check, Check]) -> None:
    for one in lived:
        assert Signal.objects.filter(check_row=one).count() in (2, 3)
        found = queries.replay(one, of_check(one), NOW)
        assert found.pairs
        assert all(pair.same for pair in found.pairs), one.name
        assert found.words.startswith("Nothing changes")


def test_more_patience_raises_less_and_later(lived: tuple[Check, Check]) -> None:
    heartbeat, _cpu = lived
    wanted = Definition(period=60, grace=300)
    found = queries.replay(heartbeat, wanted, NOW)
    kept = [pair.would for pair in found.pairs if pair.would]
    assert len(kept) == 2
    assert {pair.later for pair in found.pairs if pair.would} == {timedelta(seconds=180)}
    assert found.words.startswith("3 calls would be 2 calls.")


def test_less_patience_finds_what_was_no_outage(harbor: Estate) -> None:
    known = check(harbor)
    for second in (60, 120, 260, 320):
        put(harbor, second, metrics={"cpu": 1})
    drained()
    known.refresh_from_db()
    found = queries.replay(known, Definition(period=60, grace=30), T0 + after(330))
    assert [(pair.was, pair.would.began_at) for pair in found.pairs if pair.would] == [
        (None, T0 + after(210))
    ]
    assert "Pauses shorter than an outage are known since" in found.notes[0]


def test_another_limit_is_tried_on_the_values(lived: tuple[Check, Check]) -> None:
    _heartbeat, cpu = lived
    wanted = Definition(kind="threshold", series="cpu", limits=Limits(critical=Level(98, 90)))
    found = queries.replay(cpu, wanted, NOW)
    assert found.words == "2 calls would be 1 call."


def test_behind_a_router_that_was_down_nobody_would_have_been_called(
    lived: tuple[Check, Check], harbor: Estate
) -> None:
    heartbeat, _cpu = lived
    router = device(harbor, "hdg-fw-01", kind="firewall")
    actions.add_check(device=router, name="Heartbeat", slug="heartbeat", period=60, grace=60,
                      by=BY, at=T0)  # fmt: skip
    row = Check.objects.get(device=router)
    first = Incident.objects.filter(check_row=heartbeat).order_by("opened_at").first()
    assert first is not None
    from monitoring.models import Flip

    for status, at in (("down", first.opened_at), ("up", first.opened_at + timedelta(hours=2))):
        Flip.objects.create(check_row=row, status=status, at=at, noticed_at=at)
    found = queries.replay(heartbeat, of_check(heartbeat), NOW, parent=router)
    told = [pair.would.told_at for pair in found.pairs if pair.would]
    assert None in told
    assert found.words.startswith("3 calls would be")


def test_the_page_replays_and_changes_nothing(
    lived: tuple[Check, Check], ben: Browser, guy: Browser, harbor: Estate
) -> None:
    heartbeat, cpu = lived
    assert guy.get(f"/monitors/{heartbeat.pk}/replay").status_code == 403
    typed = {"period": 60, "grace": 100_000, "max_run": "", "fail_threshold": ""}
    shown = ben.get(f"/monitors/{heartbeat.pk}/replay", typed)
    assert shown.status_code == 200
    assert of_check(heartbeat).grace == 120
    assert ben.get(f"/monitors/{heartbeat.pk}/replay", {"period": "x"}).status_code == 422
    limits = {"series": "cpu", "side": "above", "critical": "98", "critical_clear": "90"}
    assert ben.get(f"/monitors/{cpu.pk}/replay", limits).status_code == 200
    assert (
        "Try another rule"
        in ben.get(f"/monitors/{cpu.pk}/edit", HTTP_HX_REQUEST="true").content.decode()
    )


def test_days_that_are_packed_are_replayed_too(harbor: Estate) -> None:
    made = device(harbor)
    series = Series.objects.create(device=made, name="cpu", watched=True, last_at=T0)
    day = (T0 - timedelta(days=20)).replace(hour=0)
    Pack.objects.create(series=series, day=day, steps=[3_000_000, 60_000_000], values=[99.0, 10.0])
    watching = Check(device=made, series=series)
    assert queries.samples_of(watching, T0 - timedelta(days=30)) == [
        (day + timedelta(seconds=3), 99.0), (day + timedelta(seconds=63), 10.0),
    ]  # fmt: skip

"""Wrong clocks, promises that wait in maintenance, shares of nothing, and one who floods."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from monitoring import actions, tasks
from monitoring.gateways import stream
from monitoring.models import Check, Cursor, Incident
from monitoring.queries.uptime import Row
from monitoring.rules.uptime import Figures
from tenants import context
from tenants.context import Tenant
from tests.monitoring.estate import BY, T0, Estate, after, check, device, estate, packed
from tests.monitoring.test_drain import drained, put
from tests.monitoring.test_quiet import wake, window
from tests.monitoring.test_sweep import lapse
from tickets import actions as tickets
from tickets.models import Clock, Ticket

Drain = Callable[[], int]


@pytest.mark.parametrize(
    ("sent", "says"),
    [("2026-06-01T13:50:00Z", "behind ours"), ("2026-06-01T14:11:00Z", "ahead of ours")],
)
def test_a_wrong_clock_stands_on_the_devices_page_and_changes_nothing(
    harbor: Estate, ben: Browser, sent: str, says: str
) -> None:
    known = check(harbor)
    put(harbor, 60, sent_at=sent)
    drained()
    known.refresh_from_db()
    assert (known.status, known.due_at) == ("up", T0 + after(240))
    assert abs(known.facts["clock_wrong_by"]) in (660, 600)
    shown = ben.get(f"/devices/{known.device_id}").content.decode()
    assert "Clock wrong" in shown
    assert says in shown
    put(harbor, 1200, sent_at="2026-06-01T14:20:00Z")
    drained()
    assert "Clock wrong" not in ben.get(f"/devices/{known.device_id}").content.decode()


def test_the_promise_of_an_open_incident_waits_in_maintenance(harbor: Estate, drain: Drain) -> None:
    from tests.monitoring.estate import promise

    promise(harbor)
    known = check(harbor)
    window(1000, 4600, device=known.device)
    lapse(180)
    drain()
    assert actions.begin_windows(clock=T0 + after(900), by=BY, at=T0 + after(900)) == 0
    assert actions.begin_windows(clock=T0 + after(1010), by=BY, at=T0 + after(1010)) == 1
    wake(1010)
    drain()
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.pause_reason) == ("scheduled", "Agreed maintenance")
    assert ticket.resumes_at == T0 + after(4600)
    assert ticket.touched_at is None  # no person did it
    assert Clock.objects.get(ticket=ticket, target="resolution").due_at is None
    assert actions.begin_windows(clock=T0 + after(1040), by=BY, at=T0 + after(1040)) == 0
    tickets.resume_due(at=T0 + after(4601))
    ticket.refresh_from_db()
    assert ticket.status != "scheduled"
    fix = Clock.objects.get(ticket=ticket, target="resolution")
    assert fix.due_at == T0 + after(180 + 14400 + 4600 - 1010)
    wake(4600)
    assert Incident.objects.get().quiet == ""


def test_a_share_of_almost_nothing_is_not_said() -> None:
    day = timedelta(days=1)
    known = Row("a", Figures(up=timedelta(seconds=20), unknown=21 * day))
    assert known.unknown == 100
    assert known.share is None
    assert Row("b", Figures(up=day, unknown=day)).share == 100
    assert Row("c", Figures(unknown=day)).share is None


def test_availability_of_a_device_just_heard_of_is_a_dash(ben: Browser, harbor: Estate) -> None:
    from datetime import UTC, datetime

    from monitoring.models import Flip

    made, now = device(harbor), datetime.now(UTC)
    row = actions.add_check(
        device=made, name="Heartbeat", slug="heartbeat", period=60, grace=60, by=BY, at=now
    )
    Flip.objects.create(check_row=row, status="up", at=now, noticed_at=now)
    Check.objects.filter(pk=row.pk).update(status="up", status_at=now, last_seen_at=now)
    Cursor.objects.create(evaluated_at=now)
    shown = ben.get(f"/clients/{harbor.client.slug}/uptime").content.decode()
    assert "100.000%" not in shown
    assert "–" in shown


def test_one_who_floods_delays_no_other_beyond_a_batch(
    harbor: Estate, beta: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches are taken in turn: between two of the flood comes what the other one sent."""
    check(harbor)
    with context.inside(beta):
        theirs = estate()
        check(theirs)
        put(theirs, 60, schema="t_beta")
    monkeypatch.setattr(tasks, "BATCH", 20)
    body = b'{"host": "hdg-srv-01"}'
    for number in range(200):
        stream.line.add("t_alpha", packed(harbor, body, T0 + after(60 + number / 10)))
    taken: list[str] = []
    real = tasks._drain_safely

    def noting(schema: str) -> None:
        taken.append(schema)
        real(schema)

    monkeypatch.setattr(tasks, "_drain_safely", noting)
    monkeypatch.setattr(tasks, "REST_SECONDS", 0.0)
    tasks.drain()
    assert taken.index("t_beta") <= 1
    assert taken.count("t_alpha") > 1
    with context.inside(beta):
        assert Check.objects.get().last_seen_at == T0 + after(60)


def test_the_key_says_the_pace_it_is_used_at(harbor: Estate, ben: Browser) -> None:
    put(harbor, 1, period=366 * 86400, grace=60)
    put(harbor, 60, period=30, grace=30)
    drained()
    shown: Any = ben.get(f"/keys/{harbor.key.pk}").content.decode()
    assert "every 30s" in shown
    assert "366d" not in shown

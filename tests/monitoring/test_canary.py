"""A device that falls silent on purpose proves that silence is noticed; else others are told."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.core import mail as outbox
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as some

from contracts.clients.models import Device
from monitoring import actions, tasks
from monitoring.gateways import stream
from monitoring.models import Check, Incident
from monitoring.queries import canary as queries
from monitoring.queries import views
from monitoring.rules import canary as rules
from msp.celery import app
from msp.kit import proof
from tenants.context import Tenant
from tenants.notices.models import Mail
from tenants.notices.tasks import send
from tests.make import BY
from tests.monitoring.estate import Estate, check
from tests.monitoring.test_drain import drained
from tickets.models import Ticket

NAME = "t_alpha"
START = rules.silence(NAME, datetime(2026, 6, 1, 14, tzinfo=UTC))[0] + rules.EVERY


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@given(some.text(max_size=20), some.integers(0, 10**9))
def test_each_hour_has_one_silence_and_it_lasts(name: str, seconds: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    start, end = rules.silence(name, at)
    assert start <= at < start + rules.EVERY
    assert rules.is_silent(name, at) is (at < end)
    assert rules.silence(name, start - timedelta(seconds=1))[0] == start - rules.EVERY


@pytest.mark.parametrize(
    ("seconds", "opened", "overdue"),
    [
        (60, [], False),  # it is only just silent
        (449, [], False),
        (450, [], True),  # nobody noticed
        (450, [60], False),
        (3500, [60], False),
        (450, [-3540], True),  # the one before does not count
    ],
)
def test_a_silence_nobody_noticed_is_overdue(
    seconds: float, opened: list[float], overdue: bool
) -> None:
    placed, marks = after(-3000), [after(one) for one in opened]
    assert rules.is_overdue(NAME, after(seconds), placed, marks) is overdue


def test_what_was_placed_meanwhile_owes_nothing_yet() -> None:
    assert not rules.is_overdue(NAME, after(500), after(30), [])


def test_percentiles() -> None:
    seconds = [timedelta(seconds=one) for one in range(1, 101)]
    assert rules.percentile(seconds, 50) == timedelta(seconds=50)
    assert rules.percentile(seconds, 99) == timedelta(seconds=99)
    assert rules.percentile(seconds[:1], 99) == timedelta(seconds=1)
    assert rules.percentile([], 50) is None


@pytest.fixture
def canary(harbor: Estate) -> Check:
    return actions.place_canary(site=harbor.site, by=BY, at=after(-3000))


def at_time(time_machine: object, seconds: float) -> None:
    time_machine.move_to(after(seconds), tick=False)  # type: ignore[attr-defined]


def listen() -> None:
    """An intake says that it is open."""
    stream.pulse("web:1", time.time() - 600, time.time())


def lapse(seconds: float) -> None:
    actions.lapse(clock=after(seconds), by=BY, at=after(seconds))


def test_its_silence_opens_an_incident_that_calls_nobody(
    canary: Check, drain: Callable[[], int], time_machine: object, valkey: redis.Redis
) -> None:
    """Through the stream, the drain and the sweep, as every other silence."""
    from tests.conftest import person

    for seconds in (-20, -10, 0, 10, 50):
        at_time(time_machine, seconds)
        listen()
        tasks.tend_canaries()
    drained()
    canary.refresh_from_db()
    assert canary.last_seen_at == after(-10)
    lapse(52)
    at_time(time_machine, 60)
    assert drain() > 1
    incident = Incident.objects.get()
    assert (incident.opened_at, incident.detected_at) == (after(50), after(52))
    assert not Ticket.objects.exists()
    assert not Mail.objects.exists()
    from tenants.people.gates import viewer_of

    seen = viewer_of(person("Ada"))
    assert sum(views.state_counts(seen).values()) == 0
    assert not views.list_incidents(seen).exists()
    found = queries.proof(after(300))
    assert found is not None
    assert (found.middle, found.overdue) == (timedelta(seconds=2), False)
    assert proof.late(after(3600)) == []
    assert proof.late(after(3600 + 460)) == [NAME]  # nobody proved it again
    at_time(time_machine, 160)
    listen()
    tasks.tend_canaries()
    drained()
    incident.refresh_from_db()
    assert incident.resolved_at is not None


def test_it_beats_only_while_somebody_listens(
    canary: Check, time_machine: object, valkey: redis.Redis
) -> None:
    """Else its beat would be the only one that is heard, and all others silent."""
    at_time(time_machine, -60)
    listen()
    at_time(time_machine, -50)
    tasks.tend_canaries()
    assert stream.client().xlen(stream.name_of(NAME)) == 0
    listen()
    tasks.tend_canaries()
    assert stream.client().xlen(stream.name_of(NAME)) == 1


def test_a_check_of_somebody_elses_that_has_its_name_is_a_check(
    harbor: Estate, drain: Callable[[], int]
) -> None:
    """Whoever sends heartbeats names them; only ours calls nobody."""
    known = check(harbor, "web01", slug=rules.SLUG)
    assert queries.the_canary() is None
    actions.lapse(clock=known.due_at + timedelta(seconds=1), by=BY, at=known.due_at)
    drain()
    assert Ticket.objects.get().device == known.device
    ours = actions.place_canary(site=harbor.site, by=BY, at=known.due_at)
    assert queries.the_canary() == ours


def test_when_nobody_notices_the_owners_are_mailed_past_whatever_stands_still(
    canary: Check, time_machine: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the owner's worker straight to the sender; those who alert have no part in it."""
    asked: list[str] = []
    monkeypatch.setattr(tasks, "hint", lambda task: asked.append(task.name))
    at_time(time_machine, 440)
    tasks.watch_canaries()
    assert asked == []
    at_time(time_machine, 460)
    tasks.watch_canaries()
    tasks.watch_canaries()
    assert asked == ["tenants.notices.tasks.send"]
    taken = {name: app.amqp.router.route({}, name)["queue"].name for name in (
        *asked, "monitoring.tasks.watch_canaries", "monitoring.tasks.sweep",
    )}  # fmt: skip
    assert list(taken.values()) == ["sending", "owner", "default"]
    send()
    assert [one.to for one in outbox.outbox] == [["ada@alpha.example"]]
    assert outbox.outbox[0].subject == "Alerting is silent"


def test_a_watch_from_outside_sees_it(alpha: Tenant, valkey: redis.Redis) -> None:
    outside = Browser(HTTP_HOST="localhost")
    proof.prove("t_other", datetime.now(UTC) + timedelta(hours=1))
    assert outside.get("/alertz").status_code == 200
    proof.prove("t_other", datetime.now(UTC) - timedelta(seconds=2))
    answer = outside.get("/alertz")
    assert (answer.status_code, answer.json()["overdue"]) == (503, 1)
    ready = outside.get("/readyz")
    assert (ready.status_code, ready.json()["alerting"]) == (200, "overdue")
    proof.forget("t_other")
    assert outside.get("/alertz").status_code == 200


def test_it_is_placed_once_shown_and_taken_away(ada: Browser, ben: Browser, harbor: Estate) -> None:
    assert ben.get("/settings/canary").status_code == 403
    assert "Place the canary" in ada.get("/settings/canary").content.decode()
    assert ada.post("/settings/canary", {"site": harbor.site.pk}).status_code == 303
    assert ada.post("/settings/canary", {"site": harbor.site.pk}).status_code == 422
    assert "has not fallen silent yet" in ada.get("/settings/canary").content.decode()
    device = Device.objects.get(name="canary")
    assert device.counts_from_on.year == 9999
    assert ada.post("/settings/canary/remove").status_code == 303
    assert queries.the_canary() is None

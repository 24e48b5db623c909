"""Silence becomes one incident, dated by its deadline, and our own silence becomes none."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import redis
from django.db import connection

from contracts.clients.models import Device
from monitoring import actions, queries, tasks
from monitoring.gateways import stream
from monitoring.models import BlindInterval, Check, Cursor, Flip, Incident, Spooled
from monitoring.rules import envelope
from tenants import context
from tenants.context import Tenant
from tenants.journal.queries import about
from tests.monitoring.estate import (
    BY,
    T0,
    Estate,
    after,
    check,
    device,
    estate,
    many,
    packed,
    promise,
)
from tests.monitoring.test_drain import drained, put


def lapse(seconds: float, noticed: float | None = None) -> int:
    """Judge by the stream's clock at some seconds after T0."""
    at = T0 + after(noticed if noticed is not None else seconds)
    return actions.lapse(clock=T0 + after(seconds), by=BY, at=at)


def test_silence_opens_one_incident_dated_by_its_deadline(harbor: Estate) -> None:
    known = check(harbor)
    assert lapse(179.999) == 0
    assert lapse(180, noticed=1200) == 1
    assert lapse(1300) == 0
    incident = Incident.objects.get()
    assert incident.title == "No heartbeat from hdg-srv-01"
    assert (incident.number, incident.severity, incident.state) == (101, "critical", "open")
    assert incident.opened_at == T0 + after(180)
    assert incident.detected_at == T0 + after(1200)
    assert (incident.device, incident.client) == (known.device, harbor.client)
    known.refresh_from_db()
    assert (known.status, known.status_at) == ("down", T0 + after(180))
    flip = Flip.objects.get()
    assert (flip.status, flip.at, flip.noticed_at) == ("down", T0 + after(180), T0 + after(1200))
    (told,) = about("incident", incident.pk)
    assert told.sentence == "opened incident 101: No heartbeat from hdg-srv-01"


def test_what_was_never_seen_is_paused_or_retired_never_lapses(harbor: Estate) -> None:
    check(harbor, "a", status="new", due_at=None, last_seen_at=None)
    check(harbor, "b", status="paused", due_at=None)
    gone = check(harbor, "c")
    Device.objects.filter(pk=gone.device_id).update(retired_on=date(2026, 5, 1))
    assert lapse(10_000) == 0
    assert not Incident.objects.exists()


def test_a_beat_ends_it_in_the_same_transaction(harbor: Estate) -> None:
    known = check(harbor)
    lapse(180)
    put(harbor, 400)
    drained()
    incident = Incident.objects.get()
    assert (incident.state, incident.resolved_at) == ("resolved", T0 + after(400))
    assert [line.kind for line in about("incident", incident.pk)] == [
        "monitoring.incident_opened",
        "monitoring.incident_recovered",
    ]
    known.refresh_from_db()
    assert (known.status, known.status_at, known.due_at) == (
        "up", T0 + after(400), T0 + after(580),
    )  # fmt: skip
    assert lapse(580) == 1
    assert Incident.objects.count() == 2
    assert Incident.objects.filter(resolved_at=None).get().opened_at == T0 + after(580)


def test_a_duplicate_or_a_straggler_does_not_end_it(harbor: Estate) -> None:
    check(harbor, sequence=7, boot_id="b")
    lapse(180)
    put(harbor, 400, seq=7, boot_id="b")
    put(harbor, -30)
    drained()
    assert Incident.objects.get().resolved_at is None


def test_evidence_from_before_the_deadline_ends_it_where_it_began(harbor: Estate) -> None:
    """It lay in the spool while the deadline passed."""
    check(harbor)
    lapse(180)
    put(harbor, 170)
    drained()
    incident = Incident.objects.get()
    assert incident.resolved_at == incident.opened_at == T0 + after(180)


# -- the promise that covers it -------------------------------------------------------------------


def test_it_keeps_the_promise_that_covered_the_device(harbor: Estate) -> None:
    level, agreement, line = promise(harbor)
    check(harbor)
    check(harbor, "hdg-pc-01")
    Device.objects.filter(name="hdg-pc-01").update(kind="workstation")
    lapse(180)
    server, workstation = Incident.objects.order_by("device__name").reverse()
    assert (server.agreement, server.level_version, server.covered) == (agreement, level, True)
    assert server.agreement_line_id == line.pk
    assert server.coverage_reason
    assert (workstation.covered, workstation.agreement_line_id) == (False, None)
    assert workstation.coverage_reason


# -- the stream's clock ---------------------------------------------------------------------------


def pulse(since: datetime, at: datetime) -> list[tuple[datetime, datetime]]:
    return [(since, at)]


def test_a_backlog_is_not_silence(harbor: Estate) -> None:
    """The worker was away for a quarter of an hour; the intake was not (D1)."""
    known = check(harbor)
    dead = check(harbor, "hdg-srv-02")
    for minute in range(1, 16):
        put(harbor, minute * 60)
    opened = pulse(T0 - after(3600), T0 + after(900))
    assert tasks.sweep_one(opened) == 0
    drained()
    assert tasks.sweep_one(opened) == 1
    assert Incident.objects.get().device == dead.device
    assert Incident.objects.get().opened_at == T0 + after(180)
    known.refresh_from_db()
    assert known.status == "up"


def test_while_the_stream_is_idle_pulses_move_the_clock(harbor: Estate) -> None:
    check(harbor)
    put(harbor, 0)
    drained()
    assert tasks.sweep_one([]) == 0
    assert tasks.sweep_one(pulse(T0, T0 + after(180.5))) == 0
    assert tasks.sweep_one(pulse(T0, T0 + after(181))) == 1
    assert Cursor.objects.get().evaluated_at == T0 + after(180)


def test_a_quarter_of_an_hour_of_standstill_raises_nothing_but_who_is_dead(
    harbor: Estate,
) -> None:
    """Nobody could hear the devices (F20, D2). Twenty are well; one is not, since its deadline."""
    dead = check(harbor, "dead")
    for number in range(20):
        check(harbor, f"pc-{number}")
    tasks.sweep_one(pulse(T0 - after(60), T0 + after(10)))
    again = T0 + after(910)
    for second in range(910, 1130, 5):
        tasks.sweep_one(pulse(again, T0 + after(second)))
        if second == 960:  # they are back with their next beat
            for number in range(20):
                put(harbor, 955, host=f"pc-{number}")
            drained()
    incident = Incident.objects.get()
    assert (incident.device, incident.opened_at) == (dead.device, T0 + after(180))
    assert Flip.objects.get().check_row == dead
    blind = BlindInterval.objects.get()
    assert (blind.started_at, blind.ended_at) == (T0 + after(10), again)


def test_who_died_while_we_were_blind_is_found_and_dated_rightly(harbor: Estate) -> None:
    """Blind from 14:00:10 to 14:30; last beat at 14:00, every minute with two to spare."""
    check(harbor)
    tasks.sweep_one(pulse(T0 - after(60), T0 + after(10)))
    opened = T0 + after(1800)
    assert tasks.sweep_one(pulse(opened, T0 + after(1800 + 180))) == 0
    assert tasks.sweep_one(pulse(opened, T0 + after(1800 + 181))) == 1
    assert Incident.objects.get().opened_at == T0 + after(180)


def test_another_intake_that_stayed_open_leaves_no_gap(harbor: Estate) -> None:
    check(harbor)
    tasks.sweep_one(pulse(T0 - after(60), T0 + after(10)))
    both = [(T0 + after(900), T0 + after(950)), (T0 - after(60), T0 + after(950))]
    assert tasks.sweep_one(both) == 1
    assert not BlindInterval.objects.exists()


def test_a_spooled_beat_holds_the_judgement_up(harbor: Estate, valkey: redis.Redis) -> None:
    check(harbor)
    put(harbor, 0)
    drained()
    raw = packed(harbor, b'{"host": "hdg-srv-01"}', T0 + after(170))
    Spooled.objects.create(received_at=T0 + after(170), envelope=raw)
    valkey.delete(stream.DIRTY)
    assert tasks.sweep_one(pulse(T0, T0 + after(300))) == 0
    assert valkey.smembers(stream.DIRTY) == {b"t_alpha"}
    drained()
    assert tasks.sweep_one(pulse(T0, T0 + after(300))) == 0


# -- many at once ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("committed")
def test_eight_sweepers_open_a_hundred_incidents_for_a_hundred_problems() -> None:
    alpha = next(tenant for tenant in context.ready() if tenant.slug == "alpha")
    with context.inside(alpha):
        # two to a site: more would be one problem of the site
        many(estate(), [f"pc-{number:03}" for number in range(100)], per_site=2)
    start = threading.Barrier(8)
    counts: list[int] = []

    def work() -> None:
        try:
            with context.inside(alpha):
                start.wait()
                while found := actions.lapse(
                    clock=T0 + after(180), by=BY, at=T0 + after(200), limit=10
                ):
                    counts.append(found)
        finally:
            connection.close()

    sweepers = [threading.Thread(target=work) for _ in range(8)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()
    with context.inside(alpha):
        assert sum(counts) == 100
        assert Incident.objects.count() == 100
        assert (
            Incident.objects.filter(resolved_at=None).values("problem_key").distinct().count()
            == 100
        )
        assert sorted(Incident.objects.values_list("number", flat=True)) == list(range(101, 201))
        assert Flip.objects.count() == 100


def test_the_index_itself_refuses_a_second_open_incident(harbor: Estate) -> None:
    known = check(harbor)
    lapse(180)
    Check.objects.filter(pk=known.pk).update(status="up")
    assert lapse(181) == 1
    assert Incident.objects.count() == 1


def test_two_msps_are_judged_apart(harbor: Estate, beta: Tenant) -> None:
    check(harbor)
    with context.inside(beta):
        check(estate())
    assert lapse(180) == 1
    with context.inside(beta):
        assert not Incident.objects.exists()
        assert lapse(180) == 1
        assert Incident.objects.get().number == 101


def test_the_first_look_of_a_new_msp_is_calm(alpha: Tenant, valkey: redis.Redis) -> None:
    assert tasks.sweep_one([]) == 0
    now = datetime.now(UTC)
    assert tasks.sweep_one(pulse(now - timedelta(hours=1), now)) == 0
    assert queries.position().pulse_at == now


def test_seconds_of_the_deadline_are_exact(harbor: Estate) -> None:
    at = T0 + timedelta(milliseconds=250)
    assert envelope.milliseconds(at) % 1000 == 250
    known = check(harbor)
    put(harbor, 0.25)
    drained()
    known.refresh_from_db()
    assert known.due_at == at + after(180)
    assert device(harbor, "other").pk

"""From the stream into the database: once, in order, and past what is broken."""

import json

import pytest
import redis
from django.db import connection

from contracts.clients import actions as clients
from contracts.clients.models import Device
from monitoring import actions, tasks
from monitoring.actions import _batch, _keys
from monitoring.gateways import stream
from monitoring.models import (
    Check,
    Cursor,
    DeadLetter,
    EnrolmentKey,
    Flip,
    Reading,
    RefusedName,
    Rollup,
    Series,
    Spooled,
)
from monitoring.rules import envelope
from tenants import context
from tenants.context import Tenant
from tests.monitoring.estate import BY, T0, Estate, after, check, estate, packed
from tests.monitoring.knock import send


def put(where: Estate, seconds: float = 0, schema: str = "t_alpha", **beat: object) -> None:
    """A beat on the stream, received some seconds after T0."""
    body = json.dumps({"host": "hdg-srv-01", **beat}).encode()
    stream.line.add(schema, packed(where, body, T0 + after(seconds)))


def drained() -> None:
    while tasks.step():
        pass


def test_a_beat_moves_the_hot_row(harbor: Estate) -> None:
    known = check(harbor)
    put(harbor, 60, seq=7, boot_id="b", sent_at="2026-06-01T14:00:59Z")
    put(harbor, 120, seq=8, boot_id="b", facts={"os": "Debian 12"}, text="fine")
    drained()
    known.refresh_from_db()
    assert known.last_seen_at == T0 + after(120)
    assert known.due_at == T0 + after(300)
    assert known.last_sent_at == T0 + after(59)
    assert (known.status, known.beats, known.sequence, known.boot_id) == ("up", 2, 8, "b")
    assert (known.facts, known.body) == ({"os": "Debian 12"}, "fine")
    assert not Flip.objects.exists()
    cursor = Cursor.objects.get()
    assert cursor.evaluated_at == T0 + after(120)
    assert stream.client().xlen(stream.name_of("t_alpha")) == 0
    harbor.key.refresh_from_db()
    assert harbor.key.last_used_at == T0 + after(120)


def test_taken_twice_is_once(harbor: Estate) -> None:
    """The entries come again, as after a kill between commit and trimming."""
    known = check(harbor)
    put(harbor, 60, metrics={"cpu": 1})
    (entry,) = stream.client().xrange(stream.name_of("t_alpha"))
    drained()
    stream.client().xadd(stream.name_of("t_alpha"), entry[1], id=b"99999999999999-0")
    stream.client().delete(stream.name_of("t_alpha"))
    stream.client().xadd(stream.name_of("t_alpha"), entry[1], id=entry[0])
    drained()
    known.refresh_from_db()
    assert known.beats == 1
    assert Reading.objects.count() == 1


def test_what_a_client_sends_twice_counts_once(harbor: Estate) -> None:
    known = check(harbor)
    for _ in range(2):
        put(harbor, 60, seq=7, boot_id="b", sent_at="2026-06-01T14:01:00Z", metrics={"cpu": 1})
        put(harbor, 61, seq=6, boot_id="b", sent_at="2026-06-01T14:00:00Z", metrics={"cpu": 2})
        drained()
    known.refresh_from_db()
    assert known.beats == 1
    assert known.sequence == 7
    assert Reading.objects.count() == 2


def test_a_new_name_enrols_a_device(harbor: Estate) -> None:
    put(harbor, 1, host="hdg-pc-07", kind="laptop", period=300, grace=60)
    drained()
    found = Device.objects.get(name="hdg-pc-07")
    assert (found.client, found.site, found.kind) == (harbor.client, harbor.site, "laptop")
    made = Check.objects.get(device=found)
    assert (made.status, made.beats, made.enrolled_by) == ("up", 1, harbor.key)
    assert (made.period_seconds, made.grace_seconds) == (300, 60)
    assert list(Flip.objects.values_list("status", "at")) == [("up", T0 + after(1))]


def test_names_are_one_whatever_their_case_and_spelling(harbor: Estate) -> None:
    put(harbor, 1, host="HDG-PC-07")
    put(harbor, 3, host="hdg-pc-07")
    put(harbor, 2, host="Hdg-Pc-07")
    drained()
    assert Device.objects.count() == 1
    assert Check.objects.get().beats == 3
    assert Check.objects.get().last_seen_at == T0 + after(3)


def test_above_the_cap_names_wait_for_a_person(harbor: Estate) -> None:
    EnrolmentKey.objects.update(cap=2)
    for number in range(4):
        put(harbor, number, host=f"pc-{number}")
    put(harbor, 9, host="pc-3")
    drained()
    assert Device.objects.count() == 2
    refused = {row.name: row for row in RefusedName.objects.all()}
    assert refused.keys() == {"pc-2", "pc-3"}
    assert refused["pc-3"].reason == "The key has enrolled its 2 devices."
    assert not DeadLetter.objects.exists()


def test_a_retired_device_does_not_come_back_by_itself(harbor: Estate) -> None:
    known = check(harbor)
    clients.retire_device(device=known.device, on=T0.date(), by=BY, at=T0)
    put(harbor, 60)
    drained()
    assert Device.objects.count() == 1
    assert RefusedName.objects.get().reason == "A device of this name was retired on 2026-06-01."


def test_a_device_of_another_site_of_the_client_is_the_same_device(harbor: Estate) -> None:
    check(harbor)
    there = clients.add_site(client=harbor.client, name="Branch", by=BY, at=T0)
    key, token = actions.enrol_key(site=there, name="Branch", by=BY, at=T0)
    put(Estate(harbor.client, there, key, token), 60)
    drained()
    assert Device.objects.count() == 1
    assert Check.objects.get().beats == 1


def test_another_clients_device_is_another_device(harbor: Estate) -> None:
    check(harbor)
    put(estate("Fulton Freight"), 60)
    drained()
    assert sorted(Device.objects.values_list("client__name", flat=True)) == [
        "Fulton Freight",
        "Harbor Dental",
    ]
    assert Check.objects.get(device__client=harbor.client).beats == 0


def test_two_msps_drain_apart(harbor: Estate, beta: Tenant) -> None:
    known = check(harbor)
    with context.inside(beta):
        theirs = estate()
        their_check = check(theirs)
        put(theirs, 90, "t_beta")
    put(harbor, 60)
    tasks.drain()
    known.refresh_from_db()
    assert (known.beats, known.last_seen_at) == (1, T0 + after(60))
    with context.inside(beta):
        their_check.refresh_from_db()
        assert (their_check.beats, their_check.last_seen_at) == (1, T0 + after(90))


# -- readings -------------------------------------------------------------------------------------


def test_readings_are_copied_at_the_instant_they_were_measured(harbor: Estate) -> None:
    known = check(harbor)
    put(harbor, 60, sent_at="2026-06-01T14:00:55.25Z", metrics={"cpu": 12.5, "disk:/": 40})
    put(harbor, 120, sent_at="2026-06-01T15:30:00Z", metrics={"cpu": 13})  # its clock runs ahead
    drained()
    cpu = Series.objects.get(device=known.device, name="cpu")
    assert (cpu.unit, cpu.last_value, cpu.last_at) == ("%", 13.0, T0 + after(120))
    values = Reading.objects.filter(series=cpu).order_by("at").values_list("at", "value")
    assert list(values) == [(T0 + after(55.25), 12.5), (T0 + after(120), 13.0)]
    assert Series.objects.get(name="disk:/").last_value == 40.0


def test_an_old_reading_is_kept_and_does_not_become_the_last(harbor: Estate) -> None:
    check(harbor)
    put(harbor, 60, sent_at="2026-06-01T14:01:00Z", metrics={"cpu": 2})
    put(harbor, 61, sent_at="2026-06-01T13:00:00Z", metrics={"cpu": 1})
    drained()
    assert Series.objects.get().last_value == 2.0
    assert Reading.objects.count() == 2


def test_a_device_has_so_many_series_and_no_more(harbor: Estate) -> None:
    check(harbor)
    for part in range(6):
        names = [f"m{part}.{n}" for n in range(99)] + [f"disk:/{part}"]
        put(harbor, part, metrics=dict.fromkeys(names, 1.0))
        drained()
    assert Series.objects.count() == 500
    assert Series.objects.filter(name__startswith="disk:").count() == 5
    assert RefusedName.objects.get().reason == "A device has at most 500 series."
    assert Check.objects.get().beats == 6


def test_a_run_that_ends_in_the_instant_it_began_took_no_time(harbor: Estate) -> None:
    known = check(harbor)
    put(harbor, 60, signal="start")
    put(harbor, 60, signal="ok")
    drained()
    known.refresh_from_db()
    assert (known.duration_ms, known.last_started_at) == (0, None)


def test_readings_are_thinned_and_late_ones_thinned_again(harbor: Estate) -> None:
    check(harbor)
    for second, value in ((0, 1.0), (60, 5.0), (120, 3.0), (301, 9.0)):
        put(harbor, second, metrics={"cpu": value})
    drained()
    assert actions.roll_up(clock=T0 + after(330), by=BY, at=T0) == 1
    assert actions.roll_up(clock=T0 + after(330), by=BY, at=T0) == 0
    row = Rollup.objects.get()
    assert (row.at, row.seconds) == (T0, 300)
    assert (row.low, row.high, row.total, row.count, row.last) == (1.0, 5.0, 9.0, 3, 3.0)
    put(harbor, 340, sent_at="2026-06-01T14:04:00Z", metrics={"cpu": 11})
    drained()
    row.refresh_from_db()
    assert (row.high, row.total, row.count, row.last) == (11.0, 20.0, 4, 11.0)
    assert Rollup.objects.count() == 1


# -- what is broken -------------------------------------------------------------------------------


def test_one_bad_entry_is_buried_and_the_others_go_in(harbor: Estate) -> None:
    known = check(harbor)
    raw = stream.client()
    for number in range(20):
        put(harbor, number)
        if number == 7:
            raw.xadd(stream.name_of("t_alpha"), {b"e": b"not an envelope"})
        if number == 11:
            raw.xadd(stream.name_of("t_alpha"), {b"e": b"1 999999 1780322400000 json\n{}"})
        if number == 13:
            stream.line.add("t_alpha", packed(harbor, b'{"host": 3}'))
    raw.xadd(stream.name_of("t_alpha"), {b"x": b"no e at all"})
    drained()
    known.refresh_from_db()
    assert known.beats == 20
    letters = list(DeadLetter.objects.order_by("pk"))
    assert [letter.error.partition(":")[0] for letter in letters] == [
        "Unreadable", "UnknownKey", "Invalid", "Unreadable",
    ]  # fmt: skip
    assert bytes(letters[0].envelope) == b"not an envelope"


def test_an_entry_the_database_refuses_is_found(
    harbor: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = check(harbor)
    write = _batch.Batch.write

    def refuse(batch: _batch.Batch) -> None:
        write(batch)
        if any(report.text == "poison" for row in batch.rows.values() for report in row.reports):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(_batch.Batch, "write", refuse)
    for number in range(9):
        put(harbor, number, text="poison" if number == 4 else "")
    drained()
    known.refresh_from_db()
    assert known.beats == 8
    assert "division by zero" in DeadLetter.objects.get().error


def test_an_entry_that_kills_is_buried_unread(
    harbor: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Death is played by an exception nobody catches; the real one is in test_killed.py."""

    class Killed(BaseException):
        pass

    def read(batch: _batch.Batch, one: envelope.Envelope, owner: _keys.Owner) -> None:
        if b"killer" in one.body:
            raise Killed
        original(batch, one, owner)

    original = _batch.Batch._read
    monkeypatch.setattr(_batch.Batch, "_read", read)
    known = check(harbor)
    for number in range(300):
        put(harbor, number, host="killer" if number == 123 else "hdg-srv-01")
    deaths = 0
    for _ in range(200):
        try:
            if not tasks.step():
                break
        except Killed:
            deaths += 1
    assert DeadLetter.objects.get().error == "Whoever read this did not survive it."
    known.refresh_from_db()
    assert known.beats == 299
    assert deaths < 25


def test_a_dead_letter_is_sent_through_again(harbor: Estate) -> None:
    known = check(harbor)
    raw = packed(harbor, b'{"host": "hdg-srv-01"}', T0 + after(30))
    letter = DeadLetter.objects.create(entry_id="x/1-1", error="?", envelope=raw, at=T0)
    actions.replay(letter=letter, by=BY, at=T0)
    drained()
    known.refresh_from_db()
    letter.refresh_from_db()
    assert (known.beats, known.last_seen_at) == (1, T0 + after(30))
    assert letter.replayed_at == T0
    assert not Spooled.objects.exists()


# -- when Valkey is away, or comes back as another ------------------------------------------------


def test_the_spool_goes_first(harbor: Estate) -> None:
    known = check(harbor)
    put(harbor, 90, host="late-pc")
    raw = packed(harbor, b'{"host": "hdg-srv-01"}', T0 + after(60))
    Spooled.objects.create(received_at=T0 + after(60), envelope=raw)
    tasks.step()
    known.refresh_from_db()
    assert known.beats == 1
    assert not Device.objects.filter(name="late-pc").exists()
    drained()
    assert Device.objects.filter(name="late-pc").exists()


def test_a_stream_that_lost_its_data_is_read_from_its_beginning(
    harbor: Estate, valkey: redis.Redis
) -> None:
    known = check(harbor)
    valkey.xadd("hb:t_alpha", {b"e": packed(harbor, b'{"host":"hdg-srv-01"}')}, id="5000-0")
    drained()
    assert Cursor.objects.get().last_id == "5000-0"
    valkey.flushdb()  # and the clock of the new one is behind
    valkey.xadd("hb:t_alpha", {b"e": packed(harbor, b'{"host":"hdg-srv-01"}')}, id="4000-0")
    drained()
    known.refresh_from_db()
    assert known.beats == 2
    assert Cursor.objects.get().last_id == "4000-0"


def test_the_way_from_the_address_to_the_row(harbor: Estate) -> None:
    known = check(harbor)
    send("/hb", b'{"host": "hdg-srv-01"}', bearer=harbor.token)
    send(f"/ping/{harbor.token}/hdg-srv-01", b"all good")
    tasks.drain()
    known.refresh_from_db()
    assert known.beats == 2
    assert known.body == "all good"


def test_a_position_held_by_another_is_looked_at_again(
    harbor: Estate, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = check(harbor)
    put(harbor, 60)
    tasks.step()  # the stream gets its name
    valkey.delete(stream.DIRTY)
    with monkeypatch.context() as held:
        held.setattr("monitoring.actions._cursor.HeldCursor.take", lambda: None)
        assert not tasks.step()
    assert valkey.smembers(stream.DIRTY) == {b"t_alpha"}
    drained()
    known.refresh_from_db()
    assert known.beats == 1

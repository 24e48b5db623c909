"""What the intake takes, how it refuses, and what it does when it cannot keep anything."""

import base64
import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import redis
from django.conf import settings
from django.db import OperationalError

from monitoring import actions
from monitoring.gateways import stream
from monitoring.ingest import bodies, directory, keep
from monitoring.models import Check, EnrolmentKey, RefusedName, Spooled
from monitoring.rules import envelope
from monitoring.rules.sources import healthchecks
from monitoring.rules.sources.report import Report
from msp.kit.refs import system
from tenants import context
from tenants.context import Tenant
from tests.monitoring.estate import BY, T0, Estate, check, device, estate
from tests.monitoring.knock import send

BEAT = b'{"host": "hdg-srv-01", "metrics": {"cpu": 12.5}}'


def kept(schema: str = "t_alpha") -> list[envelope.Envelope]:
    """What lies on the stream, and for alpha what is sure of being stored before it."""
    found = [fields[b"e"] for _id, fields in stream.client().xrange(stream.name_of(schema))]
    if schema == "t_alpha":
        found += [bytes(row.envelope) for row in Spooled.objects.order_by("pk")]
    return sorted((envelope.unpack(raw) for raw in found), key=lambda one: one.received_at)


# -- taking ---------------------------------------------------------------------------------------


def test_a_beat_is_taken_onto_the_msps_stream(harbor: Estate, valkey: redis.Redis) -> None:
    got = send("/hb", BEAT, bearer=harbor.token)
    assert (got.status, got.json) == (202, {"accepted": 1})
    (found,) = kept()
    assert (found.key_id, found.kind, found.body) == (harbor.key.pk, "json", BEAT)
    assert valkey.smembers(stream.DIRTY) == {b"t_alpha"}


@pytest.mark.parametrize("how", ["path", "basic user", "basic password"])
def test_a_key_may_come_in_other_places(harbor: Estate, how: str) -> None:
    if how == "path":
        got = send(f"/hb/{harbor.token}", BEAT)
    else:
        pair = f"{harbor.token}:" if how == "basic user" else f"agent:{harbor.token}"
        basic = base64.b64encode(pair.encode()).decode()
        got = send("/hb", BEAT, HTTP_AUTHORIZATION=f"Basic {basic}")
    assert got.status == 202
    assert len(kept()) == 1


def test_many_beats_are_one_entry(harbor: Estate) -> None:
    body = json.dumps({"beats": [{"host": f"pc-{n}"} for n in range(50)]}).encode()
    got = send("/hb", body, bearer=harbor.token)
    assert got.json == {"accepted": 50}
    assert [found.body for found in kept()] == [body]


def test_a_packed_body_is_kept_unpacked(harbor: Estate) -> None:
    got = send("/hb", gzip.compress(BEAT), bearer=harbor.token, HTTP_CONTENT_ENCODING="gzip")
    assert got.status == 202
    assert kept()[0].body == BEAT


# -- refusing -------------------------------------------------------------------------------------

STRANGE = {
    "no JSON": (b"\x00\x01", 400),
    "brackets": (b"[" * 100_000, 422),
    "nested": (b'{"host": "a", "facts": {"a": ' + b'{"a":' * 100_000, 422),
    "NUL": (b'{"host": "a\\u0000"}', 400),
    "UTF-8": (b'{"host": "\xc3\x28"}', 400),
    "type": (b'{"host": ["a"]}', 422),
    "huge": (b'{"host": "a", "metrics": {"a": ' + b"9" * 4000 + b"}}", 422),
}


@pytest.mark.parametrize(("body", "status"), STRANGE.values(), ids=STRANGE.keys())
def test_strange_bodies_get_a_problem(harbor: Estate, body: bytes, status: int) -> None:
    got = send("/hb", body, bearer=harbor.token)
    assert got.status == status
    assert got.headers["Content-Type"] == "application/problem+json"
    assert got.json["status"] == status
    assert got.json["title"]
    assert kept() == []


def test_a_wrong_field_is_named(harbor: Estate) -> None:
    got = send("/hb", b'{"host": "a", "seq": "7"}', bearer=harbor.token)
    assert got.json["errors"] == [{"field": "seq", "reason": "Expected `int | null`, got `str`."}]


@pytest.mark.parametrize("token", ["", "x", "hb_" + "a" * 40, "hb_\u20ac" + "a" * 30, "a b" * 10])
def test_without_a_key_nothing_is_taken(harbor: Estate, token: str) -> None:
    got = send("/hb", BEAT, HTTP_AUTHORIZATION=f"Bearer {token}")
    assert got.status == 401
    assert "Bearer" in got.headers["WWW-Authenticate"]
    assert kept() == []


def test_a_key_is_worthless_at_another_msp(harbor: Estate, beta: Tenant) -> None:
    got = send("/hb", BEAT, bearer=harbor.token, host="beta.localhost")
    assert got.status == 401
    got = send(f"/ping/{harbor.token}/hdg-srv-01", host="beta.localhost", query="create=1")
    assert got.status == 401
    assert kept() == kept("t_beta") == []


def test_even_its_digest_copied_over_is_worthless(harbor: Estate, beta: Tenant) -> None:
    with context.inside(beta):
        theirs = estate("Other Dental")
        EnrolmentKey.objects.filter(pk=theirs.key.pk).update(
            prefix=harbor.key.prefix, digest=harbor.key.digest
        )
    assert send("/hb", BEAT, bearer=harbor.token, host="beta.localhost").status == 401


def test_a_revoked_key_is_dead_when_the_table_is_read_again(
    harbor: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send("/hb", BEAT, bearer=harbor.token).status == 202
    actions.revoke_key(key=harbor.key, by=BY, at=T0)
    now = directory.time.monotonic()
    monkeypatch.setattr(directory.time, "monotonic", lambda: now + directory.KEEP_SECONDS)
    assert directory.KEEP_SECONDS < 30
    assert send("/hb", BEAT, bearer=harbor.token).status == 401
    assert len(kept()) == 1


@pytest.mark.parametrize(
    ("host", "status"),
    [("nobody.localhost", 404), ("localhost", 404), ("", 404), ("\x00", 404), ("a" * 500, 404),
     ("ALPHA.localhost.:99", 202)],
)  # fmt: skip
def test_the_host_alone_says_whose_beat_it_is(harbor: Estate, host: str, status: int) -> None:
    assert send("/hb", BEAT, bearer=harbor.token, host=host).status == status


@pytest.mark.parametrize("path", ["/hbx", "/hb/a/b", "/hb//", "/ping/", "/ping/x", "/hc/"])
def test_addresses_that_are_none(harbor: Estate, path: str) -> None:
    assert send(path, BEAT).status in (401, 404)


def test_only_post_takes_beats(harbor: Estate) -> None:
    got = send("/hb", bearer=harbor.token, method="GET")
    assert (got.status, got.headers["Allow"]) == (405, "POST")
    assert send(f"/ping/{harbor.token}/a", method="PUT").status == 405


def test_a_body_is_never_read_beyond_the_limit(harbor: Estate) -> None:
    large = b"x" * (bodies.MOST_BYTES + 1)
    assert send("/hb", large, bearer=harbor.token).status == 413
    assert send("/hb", BEAT, bearer=harbor.token, CONTENT_LENGTH="9" * 4000).status == 413
    assert send("/hb", BEAT, bearer=harbor.token, CONTENT_LENGTH="-1").status == 400
    assert send("/hb", BEAT, bearer=harbor.token, CONTENT_LENGTH="4\u0662").status == 400
    assert send("/hb", BEAT, bearer=harbor.token, CONTENT_LENGTH="4000").status == 400


def test_a_gzip_bomb_stops_at_the_limit(harbor: Estate) -> None:
    bomb = gzip.compress(b"0" * (200 * 1024 * 1024))
    assert len(bomb) < bodies.MOST_BYTES
    packed = {"bearer": harbor.token, "HTTP_CONTENT_ENCODING": "gzip"}
    assert send("/hb", bomb, **packed).status == 413
    assert send("/hb", b"no gzip", **packed).status == 400
    assert send("/hb", gzip.compress(BEAT)[:-4], **packed).status == 400
    assert send("/hb", gzip.compress(BEAT) + b"more", **packed).status == 400
    got = send("/hb", BEAT, bearer=harbor.token, HTTP_CONTENT_ENCODING="br")
    assert (got.status, got.headers["Accept-Encoding"]) == (415, "gzip, deflate, snappy")


def test_a_suspended_msp_takes_nothing(harbor: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    known = directory.msp_of("alpha.localhost")
    for state, status in (("suspended", 403), ("building", 503)):
        closed = replace(known.tenant, state=state)
        monkeypatch.setattr(directory, "tenant_for", lambda _host, closed=closed: closed)
        assert send("/hb", BEAT, bearer=harbor.token).status == status


# -- the ping API ---------------------------------------------------------------------------------


def test_a_ping_names_a_device_by_its_spelling(harbor: Estate) -> None:
    known = check(harbor, "HDG SRV.01")
    for method in ("GET", "HEAD", "POST"):
        got = send(f"/ping/{harbor.token}/hdg-srv-01", method=method)
        assert got.status == 200
        assert got.headers["Ping-Body-Limit"] == "10000"
        assert got.body == (b"" if method == "HEAD" else b"OK")
    (report,) = reports()[:1]
    assert (report.check_id, report.signal) == (known.pk, "ok")


def reports() -> list[Report]:
    return [r for e in kept() for r in healthchecks.reports(e.body, e.received_at)]


def test_a_ping_carries_run_exit_status_and_output(harbor: Estate) -> None:
    check(harbor)
    rid = "3f0c8a52-6a5d-4f0e-9d5e-0123456789ab"
    send(f"/ping/{harbor.token}/hdg-srv-01/start", query=f"rid={rid}")
    send(f"/hc/{harbor.token}/hdg-srv-01/3", b"disk full", query=f"rid={rid}")
    begun, failed = reports()
    assert (begun.signal, begun.run_id) == ("start", rid)
    assert (failed.signal, failed.run_id, failed.text) == ("fail", rid, "Exit status 3\ndisk full")
    assert send(f"/ping/{harbor.token}/hdg-srv-01", query="rid=1").status == 400
    assert send(f"/ping/{harbor.token}/hdg-srv-01/256").status == 400
    assert send(f"/ping/{harbor.token}/HDG-SRV-01").status == 400


def test_an_unknown_slug_is_made_when_asked_for(harbor: Estate) -> None:
    assert send(f"/ping/{harbor.token}/nas-01", method="GET").status == 404
    made = send(f"/ping/{harbor.token}/nas-01", method="GET", query="create=1")
    assert (made.status, made.body) == (201, b"Created")
    again = send(f"/ping/{harbor.token}/nas-01", method="GET", query="create=1")
    assert (again.status, again.body) == (200, b"OK")
    found = Check.objects.get(device__name="nas-01")
    assert found.device.site_id == harbor.site.pk
    assert found.enrolled_by == harbor.key
    assert {report.check_id for report in reports()} == {found.pk}


def test_a_device_entered_by_hand_needs_no_create(harbor: Estate) -> None:
    device(harbor, "nas-02")
    assert send(f"/ping/{harbor.token}/nas-02").status == 200
    assert Check.objects.get(device__name="nas-02").enrolled_by is None


def test_a_job_has_a_slug_of_its_own_and_two_of_them_are_ambiguous(harbor: Estate) -> None:
    for name in ("srv-01", "srv-02"):
        actions.add_check(
            device=device(harbor, name), name="Backup", slug="backup", period=86400, grace=3600,
            by=BY, at=T0,
        )  # fmt: skip
        assert send(f"/ping/{harbor.token}/backup").status == 200  # remembered for some seconds
    directory.forget()
    assert send(f"/ping/{harbor.token}/backup").status == 409


def test_a_key_enrols_up_to_its_cap_and_keeps_the_name_for_a_person(harbor: Estate) -> None:
    actions.change_cap(key=harbor.key, cap=1, by=system("Tests"), at=T0)
    assert send(f"/ping/{harbor.token}/pc-1", query="create=1").status == 201
    for _ in range(2):
        refused = send(f"/ping/{harbor.token}/pc-2", query="create=1")
        assert (refused.status, refused.json["code"]) == (403, "not_enrolled")
    row = RefusedName.objects.get()
    assert (row.name, row.times) == ("pc-2", 2)
    assert row.reason == "The key has enrolled its 1 devices."
    actions.change_cap(key=harbor.key, cap=2, by=system("Tests"), at=T0)
    assert send(f"/ping/{harbor.token}/pc-2", query="create=1").status == 201


# -- when something is away -----------------------------------------------------------------------


@pytest.fixture
def no_valkey(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens at Valkey's address."""
    stream.line.drop()
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")


@contextmanager
def no_database() -> Iterator[None]:
    """Every statement fails as it does when the server is gone."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("the server is gone")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", refuse)
        yield


def test_without_valkey_beats_are_spooled(harbor: Estate, no_valkey: None) -> None:
    got = send("/hb", BEAT, bearer=harbor.token)
    assert got.status == 202
    (row,) = Spooled.objects.all()
    found = envelope.unpack(bytes(row.envelope))
    assert (found.body, found.received_at) == (BEAT, row.received_at)


def test_what_is_said_once_is_a_row_before_it_is_acknowledged(
    harbor: Estate, valkey: redis.Redis
) -> None:
    """A crash of Valkey may lose a second; no next beat makes up for a failure or an alert."""
    check(harbor)
    failed = b'{"host": "hdg-srv-01", "signal": "fail"}'
    assert send("/hb", failed, bearer=harbor.token).status == 202
    assert send(f"/ping/{harbor.token}/hdg-srv-01/fail").status == 200
    assert Spooled.objects.count() == 2
    assert valkey.smembers(stream.DIRTY) == {b"t_alpha"}
    assert send("/hb", BEAT, bearer=harbor.token).status == 202
    assert send(f"/ping/{harbor.token}/hdg-srv-01/start").status == 200
    assert Spooled.objects.count() == 2
    directory.forget()
    assert send("/hb", BEAT, bearer=harbor.token).status == 202
    with no_database():
        assert send("/hb", failed, bearer=harbor.token).status == 202
    assert (Spooled.objects.count(), valkey.xlen(stream.name_of("t_alpha"))) == (2, 4)


def test_without_a_database_the_stream_takes_what_known_keys_send(
    harbor: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send("/hb", BEAT, bearer=harbor.token).status == 202
    now = directory.time.monotonic()
    with no_database():
        monkeypatch.setattr(directory.time, "monotonic", lambda: now + 60)
        assert send("/hb", BEAT, bearer=harbor.token).status == 202
        believed = now + directory.BELIEVE_SECONDS + 61
        monkeypatch.setattr(directory.time, "monotonic", lambda: believed)
        got = send("/hb", BEAT, bearer=harbor.token)
    assert (got.status, got.headers["Retry-After"]) == (503, "5")
    assert len(kept()) == 2


def test_without_both_nothing_is_taken(harbor: Estate, no_valkey: None) -> None:
    directory.key_of(directory.msp_of("alpha.localhost"), harbor.token)
    with no_database():
        got = send("/hb", BEAT, bearer=harbor.token)
    assert (got.status, got.headers["Retry-After"]) == (503, "5")
    assert got.json["code"] == "try_later"


def test_a_long_stream_is_not_made_longer(harbor: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "INTAKE_MOST_ENTRIES", 3)
    taken = 0
    for _ in range(10):
        keep.forget()
        taken += send("/hb", BEAT, bearer=harbor.token).status == 202
    got = send("/hb", BEAT, bearer=harbor.token)
    assert (got.status, got.headers["Retry-After"]) == (503, "5")
    assert taken == len(kept()) == 4
    stream.client().delete(stream.name_of("t_alpha"))
    keep.forget()
    assert send("/hb", BEAT, bearer=harbor.token).status == 202


def test_a_restarted_valkey_costs_no_beat(harbor: Estate, valkey: redis.Redis) -> None:
    assert send("/hb", BEAT, bearer=harbor.token).status == 202
    valkey.client_kill_filter(_type="normal", skipme=True)
    assert send("/hb", BEAT, bearer=harbor.token).status == 202
    assert len(kept()) == 2
    assert not Spooled.objects.exists()

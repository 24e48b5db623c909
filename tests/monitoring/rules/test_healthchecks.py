"""The ping API's addresses, as its clients write them."""

from datetime import UTC, datetime

import pytest

from monitoring.rules.sources import healthchecks
from monitoring.rules.sources.healthchecks import Call, Ping
from monitoring.rules.sources.report import Invalid

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("nightly", Call("nightly", "ok", None)),
        ("nightly/", Call("nightly", "ok", None)),
        ("nightly/start", Call("nightly", "start", None)),
        ("nightly/fail", Call("nightly", "fail", None)),
        ("nightly/log", Call("nightly", "log", None)),
        ("nightly/0", Call("nightly", "ok", 0)),
        ("nightly/3", Call("nightly", "fail", 3)),
        ("nightly/255", Call("nightly", "fail", 255)),
    ],
)
def test_addresses(path: str, call: Call) -> None:
    assert healthchecks.call_of(path) == call


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 404),
        ("a/b/c", 404),
        ("Nightly", 400),
        ("" + "a" * 81, 400),
        ("nightly/256", 400),
        ("nightly/-1", 404),
        ("nightly/" + "9" * 5000, 404),
        ("nightly/stop", 404),
        ("nightly/\u0661", 404),
    ],
)
def test_addresses_that_are_none(path: str, status: int) -> None:
    with pytest.raises(Invalid) as refused:
        healthchecks.call_of(path)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("", Call("", "ok", None)),
        ("start", Call("", "start", None)),
        ("3", Call("", "fail", 3)),
        ("nightly", Call("nightly", "ok", None)),
        ("start/fail", Call("start", "fail", None)),
    ],
)
def test_behind_the_key_of_a_device_the_slug_may_be_left_out(path: str, call: Call) -> None:
    assert healthchecks.call_of(path, of_device=True) == call


def test_a_run_id_has_one_spelling() -> None:
    whole = "3f0c8a52-6a5d-4f0e-9d5e-0123456789ab"
    assert healthchecks.run_id_of(whole.upper()) == whole
    assert healthchecks.run_id_of(whole.replace("-", "")) == whole
    assert healthchecks.run_id_of("") == ""
    with pytest.raises(Invalid):
        healthchecks.run_id_of("7")


def test_output_may_be_anything() -> None:
    assert healthchecks.text_of(b"ok\x00\xff") == "ok\ufffd\ufffd"
    assert len(healthchecks.text_of(b"a" * 20_000)) == healthchecks.BODY_LIMIT


def test_a_ping_arrives_as_it_was_sent() -> None:
    sent = healthchecks.encode(Ping(7, "fail", "run", 3, "disk full"))
    (report,) = healthchecks.reports(sent, AT)
    assert (report.check_id, report.signal, report.run_id) == (7, "fail", "run")
    assert report.text == "Exit status 3\ndisk full"
    assert report.at == AT

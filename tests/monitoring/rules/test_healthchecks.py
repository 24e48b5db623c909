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
        ("KEY/nightly", Call("KEY", "nightly", "ok", None)),
        ("KEY/nightly/", Call("KEY", "nightly", "ok", None)),
        ("KEY/nightly/start", Call("KEY", "nightly", "start", None)),
        ("KEY/nightly/fail", Call("KEY", "nightly", "fail", None)),
        ("KEY/nightly/log", Call("KEY", "nightly", "log", None)),
        ("KEY/nightly/0", Call("KEY", "nightly", "ok", 0)),
        ("KEY/nightly/3", Call("KEY", "nightly", "fail", 3)),
        ("KEY/nightly/255", Call("KEY", "nightly", "fail", 255)),
    ],
)
def test_addresses(path: str, call: Call) -> None:
    assert healthchecks.call_of(path) == call


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("KEY", 404),
        ("KEY/a/b/c", 404),
        ("KEY/Nightly", 400),
        ("KEY/" + "a" * 81, 400),
        ("KEY/nightly/256", 400),
        ("KEY/nightly/-1", 404),
        ("KEY/nightly/" + "9" * 5000, 404),
        ("KEY/nightly/stop", 404),
        ("KEY/nightly/\u0661", 404),
    ],
)
def test_addresses_that_are_none(path: str, status: int) -> None:
    with pytest.raises(Invalid) as refused:
        healthchecks.call_of(path)
    assert refused.value.status == status


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

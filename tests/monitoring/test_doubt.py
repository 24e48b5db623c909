"""Many MSPs silent at once: nobody is called, the operator is told, and it is unknown."""

from collections.abc import Iterator

import pytest
import redis
import time_machine
from django.core import mail
from django.test import Client as Browser

from monitoring import tasks
from monitoring.models import BlindInterval, Check, Incident
from tenants import context
from tests.monitoring.estate import T0, Estate, after, check, estate
from tests.monitoring.test_sweep import pulse

NAMES = [f"pc-{number}" for number in range(4)]


@pytest.fixture
def both(alpha, beta, valkey: redis.Redis, settings) -> Iterator[tuple[Estate, Estate]]:
    """Two MSPs with four devices each, heard of at T0, every minute with two to spare."""
    settings.OPERATOR_EMAIL = "operator@example.com"
    here = estate()
    for name in NAMES:
        check(here, name)
    with context.inside(beta):
        there = estate("Beta Bakery")
        for name in NAMES:
            check(there, name)
    return here, there


def sweep(seconds: float) -> None:
    at = T0 + after(seconds)
    with context.outside(), time_machine.travel(at, tick=False):
        tasks.sweep_all(pulse(T0 - after(60), at))


def heard(tenant, seconds: float, *names: str) -> None:
    """They have reported at an instant."""
    with context.inside(tenant):
        Check.objects.filter(device__name__in=names).update(
            last_seen_at=T0 + after(seconds), due_at=T0 + after(seconds + 180), status="up"
        )


def incidents(tenant) -> int:
    with context.inside(tenant):
        return Incident.objects.count()


def alertz() -> tuple[int, int]:
    with context.outside():
        answer = Browser().get("/alertz", HTTP_HOST="localhost")
    return answer.status_code, answer.json()["silent_msps"]


def test_a_silence_of_several_msps_calls_nobody_and_tells_the_operator(alpha, beta, both) -> None:
    sweep(181)
    assert (incidents(alpha), incidents(beta)) == (0, 0)
    assert alertz() == (503, 2)
    for _ in range(2):
        tasks.doubting.tell_operator()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["operator@example.com"], "2 MSPs fell silent at once")
    heard(alpha, 300, *NAMES)
    heard(beta, 300, *NAMES)
    sweep(310)
    assert alertz() == (200, 0)
    for tenant in (alpha, beta):
        with context.inside(tenant):
            blind = BlindInterval.objects.get()
            assert (blind.started_at, blind.ended_at) == (T0, T0 + after(310))
            assert not Incident.objects.exists()


def test_who_is_truly_gone_is_told_with_the_true_deadline(alpha, beta, both) -> None:
    sweep(181)
    heard(alpha, 300, *NAMES)
    heard(beta, 300, *NAMES[1:])
    sweep(310)
    for seconds in (400, 310 + 60 + 120 + 2):
        assert incidents(beta) == 0
        heard(alpha, seconds - 10, *NAMES)
        heard(beta, seconds - 10, *NAMES[1:])
        sweep(seconds)
    with context.inside(beta):
        incident = Incident.objects.get()
        assert (incident.device.name, incident.opened_at) == ("pc-0", T0 + after(180))
    assert incidents(alpha) == 0


def test_a_doubt_that_lasts_is_told_as_it_was(alpha, beta, both) -> None:
    sweep(181)
    sweep(181 + 599)
    assert incidents(alpha) == 0
    sweep(181 + 601)
    assert incidents(alpha) >= 4
    assert incidents(beta) >= 4
    assert alertz()[0] == 503  # it is still silent


def test_one_msps_silence_is_its_own(alpha, beta, both) -> None:
    heard(beta, 170, *NAMES)
    sweep(181)
    assert incidents(alpha) >= 4
    assert (incidents(beta), alertz()) == (0, (200, 0))


def test_without_a_share_nothing_is_doubted(alpha, beta, both, settings) -> None:
    settings.DOUBT_SHARE = 0
    sweep(181)
    assert incidents(alpha) >= 4

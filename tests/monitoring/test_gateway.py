"""A gateway that dies with fifty computers behind it."""

from collections.abc import Callable

from django.test import Client as Browser

from monitoring import actions
from monitoring.models import Incident
from tenants.notices.models import Notice
from tests.conftest import person
from tests.monitoring.estate import BY, T0, Estate, after, check, many
from tests.monitoring.test_drain import drained, put
from tests.monitoring.test_quiet import beat, wake
from tests.monitoring.test_sweep import lapse
from tickets.dispatch import actions as dispatch
from tickets.dispatch import queries as oncall
from tickets.dispatch.models import Call
from tickets.dispatch.rules.chain import Chain, Step, Target
from tickets.models import Ticket

Drain = Callable[[], int]


def test_a_gateway_and_fifty_behind_it_are_one_page_and_one_ticket(
    harbor: Estate, ben: Browser, drain: Drain
) -> None:
    """All die at once, and the fifty are due first; all are seen, and end without a word (G4)."""
    gateway = check(harbor, "hdg-fw-01", last_seen_at=T0 + after(10), due_at=T0 + after(190))
    names = [f"hdg-pc-{number:02}" for number in range(50)]
    seen = {"grace_seconds": 60, "last_seen_at": T0 + after(20), "due_at": T0 + after(140)}
    many(harbor, names, kind="workstation", **seen)
    actions.put_behind(site=harbor.site, parent=gateway.device, by=BY, at=T0)
    chain = Chain((Step(0, (Target("person", person("Ben").pk),)),))
    dispatch.keep_policy(name="All", rank=1, when={}, chain=chain, by=BY, at=T0)
    assert lapse(140) == 50
    drain()
    assert not Ticket.objects.exists()
    assert lapse(190) == 1
    wake(190)
    drain()
    for call_id in oncall.due_calls(T0 + after(190)):
        dispatch.step_call(call_id=call_id, by=BY, at=T0 + after(190))
    cause = Incident.objects.get(device=gateway.device)
    assert Notice.objects.filter(about__startswith="call:").count() == 1
    assert Ticket.objects.get().device == gateway.device
    shown = ben.get(f"/incidents/{cause.number}").content.decode()
    assert all(f"hdg-pc-{number:02}" in shown for number in range(50))
    for number in range(50):
        put(harbor, 300 + number / 100, host=f"hdg-pc-{number:02}")
    drained()
    assert Incident.objects.filter(resolved_at=None).get() == cause  # resolution is not held back
    beat(harbor, 310, host="hdg-fw-01")
    drain()
    assert not Incident.objects.filter(resolved_at=None).exists()
    assert Notice.objects.exclude(about=f"call:{Call.objects.get().pk}").count() == 0
    assert Ticket.objects.count() == 1

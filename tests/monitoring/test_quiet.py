"""When nobody is called: agreed maintenance, what stands behind what, a site, flapping."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from monitoring import actions, tasks
from monitoring.models import Check, Incident
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.queries import about
from tests import make
from tests.monitoring.estate import BY, T0, Estate, after, check
from tests.monitoring.test_drain import drained, put
from tests.monitoring.test_sweep import lapse, pulse
from tickets.models import Clock, Ticket

BEN = Actor("person", 2, "Ben")
Drain = Callable[[], int]


def window(begin: float, end: float, **more: object):
    return actions.agree_window(
        name="Patch night", starts_at=T0 + after(begin), ends_at=T0 + after(end), zone="UTC",
        by=BY, at=T0, **more,
    )  # fmt: skip


def wake(seconds: float) -> int:
    at = T0 + after(seconds)
    return actions.wake(clock=at, by=BY, at=at)


def beat(where: Estate, seconds: float, **more: object) -> None:
    put(where, seconds, **more)
    drained()


def told(incident: Incident) -> list[str]:
    """What was said of it, without the rooms' names."""
    lines = about("incident", incident.pk)
    return [line.kind.removeprefix("monitoring.") for line in lines]


# -- maintenance (H3) ------------------------------------------------------------------------------


def test_what_goes_down_in_a_window_and_stays_is_told_after_it(
    harbor: Estate, drain: Drain
) -> None:
    """The promise counts from the window's end, and one interval is left to come back."""
    check(harbor)
    window(100, 600, device=Check.objects.get().device)
    assert lapse(180) == 1
    drain()
    incident = Incident.objects.get()
    assert (incident.told, incident.quiet, incident.opened_at) == (
        "",
        "maintenance",
        T0 + after(180),
    )
    assert not Ticket.objects.exists()
    assert wake(659) == 0
    assert wake(660) == 1
    drain()
    incident.refresh_from_db()
    assert (incident.told, incident.quiet) == ("critical", "")
    assert Ticket.objects.get().opened_at == T0 + after(600)
    assert told(incident) == ["incident_held", "incident_opened", "incident_linked"]


def test_what_goes_down_and_comes_back_in_a_window_is_told_to_nobody(
    harbor: Estate, drain: Drain
) -> None:
    check(harbor)
    window(100, 600, client=harbor.client)
    lapse(180)
    beat(harbor, 400)
    drain()
    incident = Incident.objects.get()
    assert incident.resolved_at == T0 + after(400)
    assert wake(700) == 0
    assert not Ticket.objects.exists()


def test_what_was_down_and_comes_back_in_a_window_is_told_when_it_ends(
    harbor: Estate, drain: Drain
) -> None:
    check(harbor)
    lapse(180)
    drain()
    window(300, 600, site=harbor.site)
    beat(harbor, 400)
    drain()
    assert Ticket.objects.get().resolved_at is None
    assert wake(600) == 1
    drain()
    incident = Incident.objects.get()
    assert (incident.state, incident.resolved_at) == ("resolved", T0 + after(400))
    assert Ticket.objects.get().status == "resolved"


def test_what_was_down_and_is_down_after_a_window_is_nothing_new(
    harbor: Estate, drain: Drain
) -> None:
    """Also where it came back and went in between (H3)."""
    check(harbor)
    lapse(180)
    window(300, 900)
    beat(harbor, 400)
    lapse(580)
    wake(900)
    drain()
    incident = Incident.objects.get()
    assert (incident.resolved_at, incident.recovered_at) == (None, None)
    assert Ticket.objects.count() == 1
    assert told(incident).count("incident_opened") == 1


def test_a_window_that_is_ended_early_holds_nothing_any_more(harbor: Estate) -> None:
    check(harbor)
    patch = window(100, 6000)
    lapse(180)
    actions.cancel_window(window=patch, by=BEN, at=T0 + after(200))
    with pytest.raises(Conflict):
        actions.cancel_window(window=patch, by=BEN, at=T0 + after(201))
    assert wake(261) == 1
    assert Incident.objects.get().told == "critical"


def test_a_recurring_window_holds_in_its_zone(harbor: Estate) -> None:
    """Nine in Chicago is 14:00 UTC in June."""
    check(harbor)
    actions.agree_window(
        name="Monday", starts_at=T0, zone="America/Chicago", schedule="0 9 * * 1", lasts=1800,
        by=BY, at=T0 - after(60),
    )  # fmt: skip
    lapse(180)
    incident = Incident.objects.get()
    assert (incident.quiet, incident.wake_at) == ("maintenance", T0 + after(1860))


def test_a_window_is_for_its_part_only(harbor: Estate) -> None:
    first, second = check(harbor, "a"), check(harbor, "b")
    window(100, 600, check=first)
    lapse(180)
    quiet = dict(Incident.objects.values_list("check_row_id", "quiet"))
    assert quiet == {first.pk: "maintenance", second.pk: ""}


@pytest.mark.parametrize(
    ("begin", "end", "field"),
    [(600, 100, "ends_at"), (-600, -100, "ends_at"), (0, 31 * 86_400, "ends_at")],
)
def test_a_window_that_cannot_be_is_refused(
    harbor: Estate, begin: float, end: float, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        window(begin, end)
    assert refused.value.field == field


# -- behind something (G) --------------------------------------------------------------------------


@pytest.fixture
def network(harbor: Estate) -> tuple[Check, list[Check]]:
    """A router with two minutes of grace, and three computers behind it with one."""
    router = check(harbor, "hdg-fw-01", last_seen_at=T0 + after(10), due_at=T0 + after(190))
    behind = [
        check(
            harbor, f"hdg-pc-0{number}", grace_seconds=60, last_seen_at=T0 + after(20),
            due_at=T0 + after(140),
        )
        for number in range(3)
    ]  # fmt: skip
    actions.put_behind(site=harbor.site, parent=router.device, by=BY, at=T0)
    return router, behind


def test_a_router_and_all_behind_it_are_one_call(
    harbor: Estate, network: tuple[Check, list[Check]], drain: Drain
) -> None:
    """The computers miss first and wait for the router; then they are behind its incident (G4)."""
    router, _behind = network
    assert lapse(140) == 3
    assert set(Incident.objects.values_list("quiet", "told")) == {("settling", "")}
    assert lapse(190) == 1
    wake(190)
    drain()
    cause = Incident.objects.get(device=router.device)
    assert cause.told
    children = Incident.objects.exclude(pk=cause.pk)
    assert {(one.quiet, one.behind_id) for one in children} == {("behind", cause.pk)}
    assert Ticket.objects.get().device == router.device


def test_all_come_back_without_a_word_to_anybody_else(
    harbor: Estate, network: tuple[Check, list[Check]], drain: Drain
) -> None:
    lapse(140)
    lapse(190)
    wake(190)
    drain()
    for seconds, host in ((300, "hdg-fw-01"), (310, "hdg-pc-00"), (311, "hdg-pc-01")):
        beat(harbor, seconds, host=host)
    drain()
    assert Incident.objects.filter(resolved_at=None).count() == 1
    assert wake(359) == 0
    wake(361)  # one own interval after the router's return the third is judged by itself (G5)
    drain()
    left = Incident.objects.get(resolved_at=None)
    assert (left.device.name, left.told, left.behind) == ("hdg-pc-02", "critical", None)
    assert left.opened_at == T0 + after(140)
    assert Ticket.objects.count() == 2


def test_a_parent_that_is_well_holds_nobody_back_for_long(
    harbor: Estate, network: tuple[Check, list[Check]]
) -> None:
    router, behind = network
    Check.objects.filter(pk__in=[one.pk for one in behind[1:]]).delete()
    beat(harbor, 130, host="hdg-fw-01")
    lapse(140)
    assert Incident.objects.get().told == "critical"
    assert router.pk


def test_one_of_two_lines_is_enough(harbor: Estate) -> None:
    lines = [check(harbor, name) for name in ("wan-1", "wan-2")]
    server = check(harbor, "hdg-srv-01", due_at=T0 + after(400))
    for line in lines:
        actions.put_behind(device=server.device, parent=line.device, group="wan", by=BY, at=T0)
    Check.objects.filter(pk=lines[1].pk).update(
        due_at=T0 + after(9000), last_seen_at=T0 + after(999)
    )
    lapse(180)
    lapse(400)
    assert set(Incident.objects.values_list("device__name", "quiet")) == {
        ("wan-1", ""), ("hdg-srv-01", ""),
    }  # fmt: skip


def test_nothing_stands_behind_itself(harbor: Estate) -> None:
    first, second = check(harbor, "a").device, check(harbor, "b").device
    edge = actions.put_behind(device=second, parent=first, by=BY, at=T0)
    for child, parent in ((first, second), (first, first), (second, first)):
        with pytest.raises(Refused) as refused:
            actions.put_behind(device=child, parent=parent, by=BY, at=T0)
        assert refused.value.field == "parent"
    elsewhere = make.device(make.client("Another"), "other")
    with pytest.raises(Refused):
        actions.put_behind(device=elsewhere, parent=first, by=BY, at=T0)
    actions.take_from_behind(dependency=edge, by=BY, at=T0)
    actions.put_behind(device=first, parent=second, by=BY, at=T0)


# -- a site as a whole (D3) ------------------------------------------------------------------------


def test_a_site_that_falls_silent_is_one_incident_and_one_ticket(
    harbor: Estate, drain: Drain
) -> None:
    for number in range(10):
        check(harbor, f"pc-{number}", due_at=T0 + after(180 + number))
    for second in range(10):
        lapse(180 + second)
    drain()
    whole = Incident.objects.get(site=harbor.site)
    assert whole.title == "10 devices of Main office fell silent"
    assert Incident.objects.exclude(told="").get() == whole
    assert whole.in_its_wake.count() == 10
    assert Ticket.objects.get().subject.endswith("devices of Main office fell silent")
    for number in range(10):
        put(harbor, 600 + number, host=f"pc-{number}")
    drained()
    drain()
    assert not Incident.objects.filter(resolved_at=None).exists()
    whole.refresh_from_db()
    assert whole.resolved_at == T0 + after(609)
    assert Ticket.objects.get().status == "resolved"


def test_a_device_among_many_that_are_well_is_told_at_once(harbor: Estate) -> None:
    for number in range(10):
        check(harbor, f"pc-{number}", last_seen_at=T0 + after(170), due_at=T0 + after(350))
    check(harbor, "dead")
    lapse(180)
    assert Incident.objects.get().told == "critical"


def test_many_that_were_late_and_came_back_leave_the_one_that_did_not(harbor: Estate) -> None:
    """It is held for a minute, because it looked like the whole site."""
    for number in range(5):
        check(harbor, f"pc-{number}", due_at=T0 + after(180 if number == 0 else 200))
    lapse(180)
    assert Incident.objects.get().quiet == "settling"
    for number in range(1, 5):
        put(harbor, 190, host=f"pc-{number}")
    drained()
    assert wake(239) == 0
    assert wake(240) == 1
    incident = Incident.objects.get()
    assert (incident.told, incident.opened_at) == ("critical", T0 + after(180))


# -- flapping (F) ----------------------------------------------------------------------------------


def test_what_goes_and_comes_is_told_once_until_it_is_calm(harbor: Estate, drain: Drain) -> None:
    """Fails and works again each half minute: from the seventh change on its ends are kept."""
    known = check(harbor)
    for turn in range(12):
        beat(harbor, 30 + turn * 60, signal="fail")
        beat(harbor, 60 + turn * 60)
        drain()
    assert Incident.objects.filter(resolved_at=None).count() == 1
    incident = Incident.objects.get(resolved_at=None)
    assert incident.flapping_since is not None
    assert incident.flaps >= 6
    kinds = [line.kind for one in Incident.objects.all() for line in about("incident", one.pk)]
    assert kinds.count("monitoring.flapping_began") == 1
    assert Ticket.objects.count() == 1  # each return within a day is the same ticket (K3)
    last = 60 + 11 * 60
    assert wake(last + 60) == 0
    for minute in range(1, 25):
        beat(harbor, last + minute * 60)
    assert wake(last + 25 * 60) == 1
    incident.refresh_from_db()
    assert incident.resolved_at == T0 + after(last)
    assert {"flapping_ended", "incident_recovered"} <= set(told(incident))
    assert told(incident).count("flapping_ended") == 1
    assert known.pk


def test_a_reboot_is_no_flapping(harbor: Estate) -> None:
    check(harbor)
    beat(harbor, 30, signal="fail")
    beat(harbor, 90)
    incident = Incident.objects.get()
    assert (incident.state, incident.flapping_since) == ("resolved", None)


# -- who comes back (K3), and two MSPs' sweep ------------------------------------------------------


def test_what_is_back_within_a_day_goes_on_on_the_same_ticket(harbor: Estate, drain: Drain) -> None:
    check(harbor)
    lapse(180)
    drain()
    beat(harbor, 400)
    drain()
    assert Ticket.objects.get().status == "resolved"
    lapse(580)
    drain()
    ticket = Ticket.objects.get()
    assert ticket.resolved_at is None
    again = Incident.objects.get(resolved_at=None)
    assert again.follows == Incident.objects.exclude(pk=again.pk).get()
    assert again.ticket_id == ticket.pk
    assert not Clock.objects.filter(ticket=ticket, stopped_at__isnull=False).exists()


def test_what_is_back_after_a_day_gets_a_new_ticket_that_names_the_old_one(
    harbor: Estate, drain: Drain
) -> None:
    check(harbor)
    lapse(180)
    drain()
    beat(harbor, 400)
    drain()
    beat(harbor, 90_000)
    lapse(90_180)
    drain()
    first, second = Ticket.objects.order_by("pk")
    assert second.follows == first


def test_the_sweep_wakes_what_waits(harbor: Estate) -> None:
    check(harbor)
    window(100, 600)
    tasks.sweep_one(pulse(T0, T0 + after(200)))
    assert Incident.objects.get().told == ""
    tasks.sweep_one(pulse(T0 + after(190), T0 + after(662)))
    assert Incident.objects.get().told == "critical"


def test_windows_of_one_client_are_none_of_anothers(harbor: Estate) -> None:
    other = make.client("Another")
    site = make.site(other)
    window(100, 600, client=other)
    check(harbor)
    assert replace(harbor, site=site).site == site
    lapse(180)
    assert Incident.objects.get().told == "critical"
    assert isinstance(T0, datetime)

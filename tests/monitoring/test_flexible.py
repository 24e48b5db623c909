"""Maintenance somewhere in an agreed time, from the first problem on (H1)."""

from monitoring import actions
from monitoring.models import Check, Incident
from tenants.journal.queries import about
from tests.monitoring.estate import BY, T0, Estate, after, check, estate
from tests.monitoring.test_quiet import Drain, beat, wake, window
from tests.monitoring.test_sweep import lapse


def test_a_flexible_window_begins_with_the_first_problem(harbor: Estate, drain: Drain) -> None:
    """Ten minutes somewhere in two hours; a device of another client begins nothing (H1)."""
    check(harbor)
    check(estate("Quill Papers"), "qp-srv-01")
    agreed = window(100, 7300, client=harbor.client, flexible=600)
    assert lapse(180) == 2
    drain()
    agreed.refresh_from_db()
    assert agreed.triggers == [(T0 + after(180)).isoformat()]
    quiet = dict(Incident.objects.values_list("device__name", "quiet"))
    assert quiet == {"hdg-srv-01": "maintenance", "qp-srv-01": ""}
    held = Incident.objects.get(quiet="maintenance")
    assert held.wake_at == T0 + after(180 + 600 + 60)
    wake(840)
    drain()
    held.refresh_from_db()
    assert held.told == "critical"
    assert "window_began" in [
        line.kind.removeprefix("monitoring.") for line in about("client", harbor.client.pk)
    ]


def test_the_canary_begins_no_window_and_is_in_none(harbor: Estate, drain: Drain) -> None:
    """Its silence is no problem, and has to be told in maintenance too."""
    ours = actions.place_canary(site=harbor.site, by=BY, at=T0)
    Check.objects.filter(pk=ours.pk).update(status="up", status_at=T0, due_at=T0 + after(150))
    agreed = window(100, 7300, flexible=600)
    window(100, 7300, client=harbor.client)
    assert lapse(180) == 1
    agreed.refresh_from_db()
    assert agreed.triggers == []
    assert (Incident.objects.get().quiet, Incident.objects.get().told != "") == ("", True)


def test_a_flexible_window_begins_once_and_then_it_is_over(harbor: Estate, drain: Drain) -> None:
    check(harbor)
    agreed = window(100, 7300, flexible=600)
    lapse(180)
    beat(harbor, 200)
    drain()
    assert Incident.objects.get().resolved_at is not None
    beat(harbor, 1900)
    lapse(2100)
    drain()
    agreed.refresh_from_db()
    assert (len(agreed.triggers), Incident.objects.get(resolved_at=None).quiet) == (1, "")

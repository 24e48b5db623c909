"""An incident's ticket: opened with its clock running, closed when nobody had touched it."""

from collections.abc import Callable

import pytest

from monitoring import actions
from monitoring.models import Incident
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.queries import about
from tests import make
from tests.monitoring.estate import T0, Estate, after, check, promise
from tests.monitoring.test_drain import drained, put
from tests.monitoring.test_sweep import lapse
from tickets import actions as tickets
from tickets.models import Clock, Ticket

BEN = Actor("person", 2, "Ben")
Drain = Callable[[], int]


@pytest.fixture
def silent(harbor: Estate, drain: Drain) -> Incident:
    """An incident of a covered server, noticed two minutes after its deadline."""
    promise(harbor)
    check(harbor)
    lapse(180, noticed=300)
    drain()
    return Incident.objects.get()


def test_a_ticket_opens_with_its_clock_running_since_the_deadline(silent: Incident) -> None:
    ticket = Ticket.objects.get()
    assert silent.ticket_id == ticket.pk
    assert (ticket.subject, ticket.channel) == ("No heartbeat from hdg-srv-01", "monitoring")
    assert (ticket.priority, ticket.device_id) == (1, silent.device_id)
    assert ticket.opened_at == silent.opened_at == T0 + after(180)
    assert (ticket.agreement, ticket.covered) == (silent.agreement, True)
    response = Clock.objects.get(ticket=ticket, target="response")
    assert response.due_at == T0 + after(180 + 900)
    assert "Last heard from it Monday, June 1, 09:00:00 CDT." in ticket.messages.get().body
    assert "opened ticket" in about("incident", silent.pk)[-1].sentence


def test_the_clock_of_a_night_runs_in_the_agreements_hours(harbor: Estate, drain: Drain) -> None:
    """Down since Monday 23:00 UTC; the agreement's day begins at 9 in New York."""
    promise(harbor, make.calendar())
    check(harbor, last_seen_at=T0 + after(9 * 3600 - 180), due_at=T0 + after(9 * 3600))
    lapse(9 * 3600, noticed=9 * 3600 + 5)
    drain()
    response = Clock.objects.get(ticket=Ticket.objects.get(), target="response")
    assert response.due_at == T0 + after(23 * 3600 + 900)


def test_what_no_agreement_covers_has_a_ticket_and_no_clock(harbor: Estate, drain: Drain) -> None:
    """What becomes of it the client says in the portal (test_uptime)."""
    check(harbor)
    lapse(180)
    drain()
    incident, ticket = Incident.objects.get(), Ticket.objects.get()
    assert (incident.covered, ticket.covered, incident.consent) == (False, False, "")
    assert not Clock.objects.filter(ticket=ticket, due_at__isnull=False).exists()


def test_told_twice_it_is_one_ticket(silent: Incident, drain: Drain) -> None:
    from monitoring import events, reactions
    from tenants.journal.registry import Told

    event = events.IncidentOpened(
        silent.pk, silent.number, silent.device_id, silent.client_id, silent.check_row_id,
        silent.title, "", "",
    )  # fmt: skip
    Incident.objects.update(ticket_id=None)
    reactions.open_ticket(event, Told(1, T0 + after(400), BEN))
    assert Ticket.objects.count() == 1


def test_recovery_resolves_a_ticket_nobody_touched(silent: Incident, drain: Drain) -> None:
    put_beat(silent, 500)
    drain()
    ticket = Ticket.objects.get()
    assert ticket.status == "resolved"
    silent.refresh_from_db()
    assert silent.resolved_at == T0 + after(500)


def put_beat(incident: Incident, seconds: float) -> None:
    from monitoring.models import EnrolmentKey

    key = EnrolmentKey.objects.get()
    put(Estate(incident.client, key.site, key, ""), seconds)
    drained()


def test_recovery_only_comments_on_a_ticket_somebody_touched(
    silent: Incident, drain: Drain
) -> None:
    ticket = Ticket.objects.get()
    tickets.note(ticket=ticket, body="Looking at it", by=BEN, at=T0 + after(400))
    put_beat(silent, 500)
    drain()
    ticket.refresh_from_db()
    assert ticket.resolved_at is None
    assert "Recovered, please verify." in ticket.messages.order_by("pk").last().body


def test_what_is_over_before_anybody_was_called_gets_no_ticket(
    harbor: Estate, drain: Drain
) -> None:
    check(harbor)
    lapse(180)
    put(harbor, 200)
    drained()
    drain()
    assert Incident.objects.get().resolved_at is not None
    assert not Ticket.objects.exists()


def test_a_closed_ticket_leaves_the_incident_waiting_for_the_beat(
    silent: Incident, drain: Drain
) -> None:
    tickets.resolve(ticket=Ticket.objects.get(), by=BEN, at=T0 + after(400), text="Rebooted")
    drain()
    silent.refresh_from_db()
    assert (silent.state, silent.acknowledged_by) == ("acknowledged", "Ben")
    assert silent.resolved_at is None
    put_beat(silent, 500)
    silent.refresh_from_db()
    assert silent.state == "resolved"


def test_acknowledging_answers_the_tickets_first_promise(silent: Incident, drain: Drain) -> None:
    actions.acknowledge(incident=silent, by=BEN, at=T0 + after(400))
    actions.acknowledge(incident=silent, by=Actor("person", 1, "Ada"), at=T0 + after(500))
    drain()
    silent.refresh_from_db()
    assert (silent.state, silent.acknowledged_by) == ("acknowledged", "Ben")
    assert silent.acknowledged_at == T0 + after(400)
    assert Ticket.objects.get().responded_at == T0 + after(400)


def test_closed_by_hand_it_needs_a_reason_and_stays_closed(silent: Incident) -> None:
    at = T0 + after(400)
    with pytest.raises(Refused) as refused:
        actions.resolve_incident(incident=silent, note=" ", by=BEN, at=at)
    assert refused.value.field == "note"
    actions.resolve_incident(incident=silent, note="Being replaced", by=BEN, at=at)
    with pytest.raises(Conflict):
        actions.acknowledge(incident=silent, by=BEN, at=at)
    assert lapse(9999) == 0
    put_beat(silent, 10_000)
    assert Incident.objects.count() == 1
    assert lapse(10_180) == 1
    assert Incident.objects.count() == 2


def test_a_note_is_on_its_timeline(silent: Incident) -> None:
    actions.note_incident(incident=silent, note="Power cut on Oak Street", by=BEN, at=T0)
    lines = about("incident", silent.pk)
    assert "noted: Power cut on Oak Street" in [line.sentence for line in lines]


def test_a_change_of_pace_moves_the_deadline_at_once(harbor: Estate) -> None:
    known = check(harbor)
    actions.change_check(check=known, period=300, grace=60, by=BEN, at=T0 + after(10))
    assert known.due_at == T0 + after(360)
    actions.change_check(check=known, period=5, grace=5, by=BEN, at=T0 + after(100))
    assert known.due_at == T0 + after(100)  # not in the past (A8)
    with pytest.raises(Refused) as refused:
        actions.change_check(check=known, period=1, grace=5, by=BEN, at=T0)
    assert refused.value.field == "period"


def test_a_paused_check_expects_nothing_until_it_is_resumed(silent: Incident) -> None:
    known = silent.check_row
    actions.pause_check(check=known, by=BEN, at=T0 + after(400))
    silent.refresh_from_db()
    assert silent.resolved_at == T0 + after(400)
    put_beat(silent, 500)
    assert lapse(5000) == 0
    actions.resume_check(check=known, by=BEN, at=T0 + after(6000))
    assert (known.status, known.due_at) == ("up", T0 + after(6180))
    assert lapse(6180) == 1

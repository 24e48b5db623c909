"""Time on tickets: what is kept, what coverage says, who may change it, what a client sees."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from contracts import actions as contracts
from msp.kit.refs import system
from msp.kit.refusals import Conflict, Refused
from tenants import context
from tests.tickets.conftest import Scene, ny
from tickets import actions, queries
from tickets.models import Ticket, TimeEntry

NINE = ny(2026, 1, 12, 9, 30)  # a Monday
LATE = ny(2026, 1, 12, 20)


@pytest.fixture
def ticket(scene: Scene) -> Ticket:
    return scene.open(at=ny(2026, 1, 12, 9))


def log(scene: Scene, ticket: Ticket, minutes: int = 30, start: datetime = NINE, **more: Any):
    more = {"at": LATE, "by": scene.by, "person": scene.ben} | more
    return actions.log_time(
        ticket=ticket, started_at=start, ended_at=start + timedelta(minutes=minutes), **more
    )


def by_the_hour(scene: Scene) -> None:
    """Quill pays for each hour, one and a half times after hours."""
    agreement = contracts.draft_agreement(
        client=scene.quill, name="By the hour", starts_on=ny(2026, 1, 5).date(), by=scene.by,
        at=ny(2026, 1, 5),
    )  # fmt: skip
    version = agreement.versions.get()
    line = contracts.LineInput("Work", "time", {"rate": "150.00", "after": "1.5"})
    contracts.set_lines(
        version=version, lines=[line], level_version=scene.office, by=scene.by, at=ny(2026, 1, 5)
    )
    contracts.publish(version=version, by=scene.by, at=ny(2026, 1, 5))


def test_time_keeps_the_answer_of_coverage(scene: Scene, ticket: Ticket) -> None:
    entry = log(scene, ticket, note="Reinstalled the driver")
    [part] = entry.parts
    assert (part["verdict"], part["hour_class"], part["seconds"]) == ("included", "business", 1800)
    assert part["agreement_id"] == scene.agreement.pk
    assert "Laptops" in part["reason"]
    assert any("Servers" in reason for reason in part["failed"])
    assert entry.worked_on.isoformat() == "2026-01-12"


def test_time_across_the_end_of_support_hours_has_two_answers(scene: Scene) -> None:
    by_the_hour(scene)
    ticket = scene.open(at=ny(2026, 1, 12, 16), client=scene.quill, contact=scene.eve, device=None)
    assert (ticket.covered, ticket.verdict) == (True, "billable")
    entry = log(scene, ticket, 90, ny(2026, 1, 12, 16, 30))
    assert [(one["hour_class"], one["seconds"], one["verdict"]) for one in entry.parts] == [
        ("business", 1800, "billable"), ("after", 3600, "billable"),
    ]  # fmt: skip


def test_work_nobody_agreed_on_is_billable_and_says_so(scene: Scene) -> None:
    ticket = scene.open(at=ny(2026, 1, 12, 9), client=scene.quill, contact=scene.eve, device=None)
    [part] = log(scene, ticket).parts
    assert (part["verdict"], part["agreement_id"]) == ("billable", None)
    assert "No agreement" in part["reason"]


def test_another_verdict_needs_a_reason_and_keeps_the_agreed_one(
    scene: Scene, ticket: Ticket
) -> None:
    with pytest.raises(Refused) as refused:
        log(scene, ticket, override="billable")
    assert refused.value.field == "override_why"
    [part] = log(scene, ticket, override="billable", override_why="Their own mistake").parts
    assert (part["verdict"], part["agreed"]) == ("billable", "included")


@pytest.mark.parametrize(
    ("minutes", "start", "more", "field"),
    [
        (1441, ny(2026, 1, 10, 9), {}, "ended_at"),
        (-1, NINE, {}, "ended_at"),
        (30, LATE + timedelta(hours=1), {}, "started_at"),
        (600, NINE + timedelta(hours=8), {}, "ended_at"),
        (30, NINE, {"work_type": "juggling"}, "work_type"),
        (30, NINE, {"role": "king"}, "role"),
        (30, NINE, {"override": "double"}, "override"),
        (30, NINE, {"note": "x" * 2001}, "note"),
    ],
)
def test_what_cannot_be_time_is_refused_at_its_field(
    scene: Scene, ticket: Ticket, minutes: int, start: datetime, more: dict, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        log(scene, ticket, minutes, start, **more)
    assert refused.value.field == field
    assert not TimeEntry.objects.exists()


def test_time_sent_twice_is_one_entry(scene: Scene, ticket: Ticket) -> None:
    assert log(scene, ticket, key="k1").pk == log(scene, ticket, key="k1").pk
    assert queries.time_of(ticket).seconds == 1800


def test_a_person_has_one_timer(scene: Scene, ticket: Ticket) -> None:
    other = scene.open(at=ny(2026, 1, 12, 9))
    who = {"person": scene.ben, "by": scene.by}
    entry = actions.start_timer(ticket=ticket, at=NINE, **who)
    assert actions.start_timer(ticket=ticket, at=NINE, **who).pk == entry.pk
    with pytest.raises(Conflict, match=f"#{ticket.number}"):
        actions.start_timer(ticket=other, at=NINE, **who)
    assert queries.time_of(ticket).entries == []
    assert queries.time_of(other, scene.ben.pk).mine == entry
    end = NINE + timedelta(minutes=42, seconds=18)
    stopped = actions.stop_timer(entry=entry, ended_at=end, by=scene.by, at=end)
    assert (stopped.seconds, stopped.parts[0]["verdict"]) == (42 * 60 + 18, "included")
    again = actions.stop_timer(entry=entry, ended_at=LATE, by=scene.by, at=LATE)
    assert again.ended_at == end
    assert queries.time_of(other, scene.ben.pk).mine is None


def test_time_is_corrected_and_taken_away_until_it_is_billed(scene: Scene, ticket: Ticket) -> None:
    entry = log(scene, ticket)
    who = {"by": scene.by, "at": LATE}
    changed = actions.change_time(entry=entry, ended_at=NINE + timedelta(minutes=45), **who)
    assert changed.parts[0]["seconds"] == 2700
    actions.bind_time(entry_ids=[entry.pk], ref="June of Harbor", **who)
    for act in (actions.change_time, actions.remove_time):
        with pytest.raises(Conflict, match="June of Harbor"):
            act(entry=entry, **who)
    with pytest.raises(Conflict, match="billed elsewhere"):
        actions.bind_time(entry_ids=[entry.pk], ref="another", **who)
    assert actions.free_time(ref="June of Harbor", **who) == 1
    actions.remove_time(entry=entry, **who)
    assert not TimeEntry.objects.exists()
    told = [item.text for item in queries.timeline(ticket, for_client=False)]
    assert "took 45 min of remote work off this ticket" in told


def test_a_moved_ticket_takes_its_time_along(scene: Scene, ticket: Ticket) -> None:
    entry = log(scene, ticket)
    actions.approve_time(entry_ids=[entry.pk], by=scene.by, at=LATE)
    actions.move(ticket=ticket, client=scene.quill, by=scene.by, at=LATE)
    entry.refresh_from_db()
    assert entry.approved_at is None  # it was approved as another client's
    assert (entry.client_id, entry.parts[0]["verdict"]) == (scene.quill.pk, "billable")


def test_the_page_logs_shows_corrects_and_measures(
    scene: Scene, ticket: Ticket, ben: Browser
) -> None:
    here = f"/tickets/{ticket.number}"
    assert ben.get(f"{here}/time").status_code == 200
    said = {
        "minutes": "25", "work_type": "remote", "role": "technician", "person": scene.ben.pk,
        "note": "SECRETWORD",
    }  # fmt: skip
    assert ben.post(f"{here}/time", said).status_code == 303
    entry = TimeEntry.objects.get()
    assert (entry.seconds, entry.person) == (1500, scene.ben)
    shown = ben.get(here).content.decode()
    assert "25m" in shown
    assert "Start timer" in shown
    wrong = ben.post(f"{here}/time", said | {"minutes": "9999"})
    assert wrong.status_code == 422
    assert ben.post(f"{here}/time/{entry.pk}", said | {"minutes": "20"}).status_code == 303
    assert ben.post(f"{here}/timer").status_code == 303
    running = TimeEntry.objects.get(ended_at=None)
    assert "data-run" in ben.get(here).content.decode()
    assert ben.get(f"{here}/time/{running.pk}").status_code == 200
    assert ben.post(f"{here}/time/{running.pk}", said | {"minutes": "1"}).status_code == 303
    assert not TimeEntry.objects.filter(ended_at=None).exists()
    assert ben.post(f"{here}/time/{running.pk}/remove").status_code == 303
    assert TimeEntry.objects.count() == 1


def test_a_form_that_shows_minutes_loses_no_seconds(
    scene: Scene, ticket: Ticket, ben: Browser
) -> None:
    start, end = NINE + timedelta(seconds=40), NINE + timedelta(minutes=7, seconds=5)
    entry = actions.log_time(
        ticket=ticket, person=scene.ben, started_at=start, ended_at=end, by=scene.by, at=LATE
    )
    said = {
        "minutes": "7", "started_at": "2026-01-12T09:30", "work_type": "onsite",
        "role": "technician", "person": scene.ben.pk,
    }  # fmt: skip
    here = f"/tickets/{ticket.number}/time/{entry.pk}"
    assert ben.post(here, said).status_code == 303
    entry.refresh_from_db()
    assert (entry.started_at, entry.ended_at, entry.work_type) == (start, end, "onsite")
    assert ben.post(here, said | {"minutes": "9"}).status_code == 303
    entry.refresh_from_db()
    assert entry.ended_at == start + timedelta(minutes=9)


def test_who_may_not_write_logs_no_time(scene: Scene, ticket: Ticket, guy: Browser) -> None:
    assert guy.post(f"/tickets/{ticket.number}/timer").status_code == 403
    assert guy.get(f"/tickets/{ticket.number}/time").status_code == 403


def test_a_client_is_told_only_what_concerns_them(scene: Scene, ticket: Ticket, portal) -> None:
    log(scene, ticket, note="SECRETWORD")
    page = portal(scene.dana).get(f"/portal/requests/{ticket.number}").content.decode()
    assert "by the hour" not in page
    log(scene, ticket, 80, override="billable", override_why="INNERREASON", note="SECRETWORD")
    page = portal(scene.dana).get(f"/portal/requests/{ticket.number}").content.decode()
    assert "We worked 1 h 50 min on this. 1 h 20 min of it counts by the hour" in page
    assert "SECRETWORD" not in page
    assert "INNERREASON" not in page


def test_another_msp_knows_nothing_of_it(scene: Scene, ticket: Ticket, beta) -> None:
    log(scene, ticket)
    with context.inside(beta):
        assert not TimeEntry.objects.exists()


def test_time_between_two_dates_is_the_clients_date(scene: Scene, ticket: Ticket) -> None:
    start = datetime(2026, 1, 12, 5, 30, tzinfo=UTC)  # half past eleven in Chicago, the day before
    assert log(scene, ticket, 10, start, by=system("Tests")).worked_on.isoformat() == "2026-01-11"


def test_time_can_be_of_a_kind_of_ones_own(scene: Scene, ticket: Ticket, ben: Browser) -> None:
    kind = contracts.add_work_kind(name="Cabling", by=scene.by, at=NINE)
    entry = log(scene, ticket, work_type="cabling")
    contracts.retire_work_kind(kind=kind, by=scene.by, at=LATE)
    assert "Cabling" in ben.get(f"/tickets/{ticket.number}").content.decode()
    form = ben.get(f"/tickets/{ticket.number}/time/{entry.pk}").content.decode()
    assert '<option value="cabling" selected>' in form

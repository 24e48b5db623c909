"""Time worked on tickets: written down afterwards, or measured by a timer that runs on the server.

An entry keeps what coverage answered when it was written down. It may be changed and taken away
until it stands on an approved bill.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from contracts import queries as contracts
from contracts.rules.decisions import ROLES
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce
from tenants.people.models import Person
from tickets import events
from tickets.actions._answers import Answers
from tickets.actions._held import Held
from tickets.models import Ticket, TimeEntry

LONGEST = timedelta(hours=24)
OLDEST = timedelta(days=3653)
LONGEST_NOTE = 2000
_CHANGEABLE = (
    "person", "work_type", "role", "started_at", "ended_at", "note", "override", "override_why",
)  # fmt: skip


@transaction.atomic
def log_time(
    *, ticket: Ticket, person: Person, started_at: datetime, ended_at: datetime, by: Actor,
    at: datetime, work_type: str = "remote", role: str = "technician", note: str = "",
    override: str = "", override_why: str = "", key: str | None = None,
) -> TimeEntry:  # fmt: skip
    """Write down work that is done; sent twice with the same key it is one entry."""
    held = Held(ticket, by=by, at=at)
    known = TimeEntry.objects.filter(ticket=ticket, key=key).first() if key else None
    if known is not None:
        return known
    entry = TimeEntry(
        ticket=ticket, person=person, started_at=_to_the_second(started_at),
        ended_at=_to_the_second(ended_at), work_type=work_type, role=role, note=note,
        override=override, override_why=override_why, key=key or None, created_at=at,
    )  # fmt: skip
    _keep(entry, ticket, at)
    held.save()
    held.announce(events.TimeLogged, **_told(entry))
    return entry


@transaction.atomic
def start_timer(*, ticket: Ticket, person: Person, by: Actor, at: datetime) -> TimeEntry:
    """Begin to measure. A person has one timer; the one that runs has to be stopped first."""
    held = Held(ticket, by=by, at=at)
    Held.demand_staff(person)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    running = TimeEntry.objects.filter(person=person, ended_at__isnull=True).first()
    if running is not None and running.ticket_id == ticket.pk:
        return running
    if running is not None:
        raise Conflict(f"Your timer runs on #{running.ticket.number}. Stop it there first.")
    entry = TimeEntry(
        ticket=ticket, person=person, started_at=_to_the_second(at), work_type="remote",
        role="technician", created_at=at,
    )  # fmt: skip
    _keep(entry, ticket, at)
    held.save()
    held.announce(events.TimerStarted, entry_id=entry.pk)
    return entry


@transaction.atomic
def stop_timer(
    *, entry: TimeEntry, ended_at: datetime, by: Actor, at: datetime, **said: Any
) -> TimeEntry:
    """End the timer and keep its time; who stops it twice has stopped it once."""
    row, held = _held(entry, by, at)
    if row.ended_at is not None:
        return row
    _put(row, {"ended_at": ended_at, **said})
    _keep(row, row.ticket, at)
    held.save()
    held.announce(events.TimeLogged, **_told(row))
    return row


@transaction.atomic
def change_time(*, entry: TimeEntry, by: Actor, at: datetime, **said: Any) -> TimeEntry:
    """Correct an entry; coverage is asked anew, because it was another piece of work."""
    row, held = _held(entry, by, at)
    _demand_open(row)
    before = _told(row)["words"]
    _put(row, said)
    row.approved_at, row.approved_by = None, ""  # it is another statement now
    _keep(row, row.ticket, at)
    held.save()
    held.announce(events.TimeChanged, before=before, **_told(row))
    return row


@transaction.atomic
def remove_time(*, entry: TimeEntry, by: Actor, at: datetime) -> Ticket:
    """Take an entry away; the journal keeps that it was there."""
    row, held = _held(entry, by, at)
    _demand_open(row)
    told = _told(row)
    row.delete()
    held.save()
    held.announce(events.TimeRemoved, **told)
    return row.ticket


@transaction.atomic
def bind_time(*, entry_ids: Iterable[int], ref: str, by: Actor, at: datetime) -> int:
    """Keep entries as they are, because a bill with them was approved; `ref` names the bill.

    An entry that is bound to another bill, or gone, is a conflict: a bill must not stand on it.
    """
    wanted = set(entry_ids)
    rows = list(
        TimeEntry.objects.select_for_update().filter(pk__in=wanted, billed_ref__in=("", ref))
    )
    if len(rows) < len(wanted):
        raise Conflict("Time on this bill was taken away or billed elsewhere. Count it again.")
    TimeEntry.objects.filter(pk__in=wanted).update(billed_ref=ref)
    for client_id in sorted({row.client_id for row in rows}):
        announce(events.TimeBound(client_id, len(rows), ref), by=by, at=at)
    return len(rows)


@transaction.atomic
def free_time(*, ref: str, by: Actor, at: datetime) -> int:
    """Let entries be changed again, because their bill is a draft again."""
    rows = TimeEntry.objects.select_for_update().filter(billed_ref=ref)
    clients = sorted(set(rows.values_list("client_id", flat=True)))
    count = TimeEntry.objects.filter(billed_ref=ref).update(billed_ref="")
    for client_id in clients:
        announce(events.TimeFreed(client_id, count, ref), by=by, at=at)
    return count


def _held(entry: TimeEntry, by: Actor, at: datetime) -> tuple[TimeEntry, Held]:
    """The ticket first, then the entry, in the order every action takes them."""
    held = Held(entry.ticket, by=by, at=at)
    row = TimeEntry.objects.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if row is None:
        raise Conflict("This entry was taken away meanwhile.")
    row.ticket = entry.ticket
    return row, held


def _demand_open(entry: TimeEntry) -> None:
    if entry.billed_ref:
        raise Conflict(f"It is billed ({entry.billed_ref}) and stays as it is.")
    if entry.voided_at is not None:
        raise Conflict("It was voided and comes on no bill. Write down anew what is right.")


def _put(entry: TimeEntry, said: dict[str, Any]) -> None:
    for name, value in said.items():
        if name not in _CHANGEABLE:
            raise TypeError(f"{name} of an entry is not changed")
        if name in ("started_at", "ended_at") and value is not None:
            value = _to_the_second(value)
        setattr(entry, name, value)


def _keep(entry: TimeEntry, ticket: Ticket, at: datetime) -> None:
    """Check what was said, ask coverage, save."""
    Held.demand_staff(entry.person)
    _check_words(entry)
    _check_hours(entry, at)
    entry.updated_at = at
    Answers.ask(entry, ticket)
    entry.save()


def _check_words(entry: TimeEntry) -> None:
    kinds = contracts.work_names([entry.work_type])
    for field, known in (("work_type", kinds), ("role", ROLES)):
        if getattr(entry, field) not in known:
            raise Refused(f"It is none of {', '.join(known)}.", field=field)
    if entry.override not in TimeEntry.Override.values:
        raise Refused("There is no such verdict.", field="override")
    entry.note = entry.note.replace("\x00", " ").replace("\r\n", "\n").strip()
    entry.override_why = " ".join(entry.override_why.replace("\x00", " ").split())
    if len(entry.note) > LONGEST_NOTE:
        raise Refused(f"The note has at most {LONGEST_NOTE} characters.", field="note")
    if entry.override and not entry.override_why:
        raise Refused("Say why it is not charged as agreed.", field="override_why")
    if len(entry.override_why) > 200:
        raise Refused("The reason has at most 200 characters.", field="override_why")
    if not entry.override:
        entry.override_why = ""


def _check_hours(entry: TimeEntry, at: datetime) -> None:
    if entry.started_at < at - OLDEST:
        raise Refused("That is more than ten years ago.", field="started_at")
    if entry.started_at > at:
        raise Refused("Work cannot begin in the future.", field="started_at")
    if entry.ended_at is None:
        return
    if entry.ended_at < entry.started_at:
        raise Refused("It cannot end before it began.", field="ended_at")
    if entry.ended_at > at + timedelta(minutes=1):
        raise Refused("Work that is still to come is not written down.", field="ended_at")
    if entry.ended_at - entry.started_at > LONGEST:
        raise Refused("One entry has at most 24 hours. Say when it ended.", field="ended_at")


def _told(entry: TimeEntry) -> dict[str, Any]:
    minutes = entry.seconds // 60
    kind = contracts.work_names([entry.work_type])[entry.work_type]
    return {"entry_id": entry.pk, "minutes": minutes, "words": f"{minutes} min of {kind}"}


def _to_the_second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)

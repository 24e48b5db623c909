"""Time on tickets: what was worked, what coverage said of it, and what a client is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Sum

from contracts import queries as contracts
from contracts.rules.decisions import HOUR_CLASSES, VERDICTS
from contracts.rules.labour import Worked
from tenants.people.rules.viewer import Viewer
from tickets.models import Ticket, TimeEntry

LOOKS = {  # tone, shape
    "included": ("ok", "done"),
    "no_charge": ("ok", "done"),
    "billable": ("warn", "flag"),
    "excluded": ("", "minus"),
    "other": ("info", "ring"),
}


@dataclass(frozen=True)
class Part:
    """A stretch of an entry in words: how long, in which hours, what coverage said, and why."""

    seconds: int
    hours: str
    verdict: str
    words: str
    tone: str
    shape: str
    reason: str
    failed: tuple[str, ...]


@dataclass(frozen=True)
class Logged:
    """An entry as the ticket's page shows it."""

    entry: TimeEntry
    kind: str
    seconds: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class TimeOf:
    """A ticket's time: what is done, the timers that run, and the viewer's own anywhere."""

    entries: list[Logged]
    timers: list[TimeEntry]
    mine: TimeEntry | None

    @property
    def seconds(self) -> int:
        return sum(one.seconds for one in self.entries)


def time_of(ticket: Ticket, person_id: int | None = None) -> TimeOf:
    """What was worked on a ticket, the oldest first, in one question."""
    wanted = Q(ticket=ticket)
    if person_id is not None:
        wanted |= Q(person_id=person_id, ended_at__isnull=True)
    rows = list(TimeEntry.objects.filter(wanted).select_related("person", "ticket"))
    here = [one for one in rows if one.ticket_id == ticket.pk]
    running = [one for one in rows if one.ended_at is None]
    names = contracts.work_names(one.work_type for one in here)
    return TimeOf(
        [logged(one, names) for one in here if one.ended_at is not None],
        [one for one in running if one.ticket_id == ticket.pk],
        next((one for one in running if one.person_id == person_id), None),
    )


def logged(entry: TimeEntry, names: dict[str, str] | None = None) -> Logged:
    """One entry with its parts in words; `names` are of kinds of work, where they are read."""
    known = names or contracts.work_names([entry.work_type])
    kind = known.get(entry.work_type, entry.work_type)
    return Logged(entry, kind, entry.seconds, tuple(_part(one) for one in entry.parts))


def told_client(ticket: Ticket) -> list[str]:
    """The work on a request in sentences for the client, where some of it may be charged."""
    rows = TimeEntry.objects.done().filter(ticket=ticket, client_id=ticket.client_id)
    parts = [part for entry in rows for part in entry.parts]
    charged = [part for part in parts if part["verdict"] in ("billable", "other")]
    seconds = sum(int(part["seconds"]) for part in charged)
    if not seconds:
        return []
    if ticket.paid_by:
        return [f"Our work on this is paid by {ticket.paid_by}."]
    whole = sum(int(part["seconds"]) for part in parts)
    said = [f"We worked {minutes_said(whole)} on this."]
    if seconds == whole:
        return [*said, "It counts by the hour, as agreed."]
    return [*said, f"{minutes_said(seconds)} of it counts by the hour, as agreed."]


def minutes_said(seconds: int) -> str:
    """A length of work as people say it: `1 h 20 min`."""
    minutes = -(-seconds // 60)
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


def seconds_logged(*, person_id: int, since: datetime) -> int:
    """What a person wrote down that began since an instant."""
    return _took(TimeEntry.objects.done().filter(person_id=person_id, started_at__gte=since))


# -- what billing charges ------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A stretch of work as billing charges it, with what a line opens to."""

    worked: Worked
    ended_at: datetime
    person: str
    number: int
    subject: str
    reason: str
    device_id: int | None
    approved_at: datetime | None = None


def work_of(
    *, client_id: int, before: date, known_at: datetime, since: date | None = None,
    refs: Iterable[str] | None = None,
) -> list[Piece]:  # fmt: skip
    """A client's time worked before a day, as far as it was written down by an instant.

    What something else pays for, such as a fixed fee, is left out unless a bill has taken it, and
    so is what was voided. With `refs` only what is not billed yet, or stands on one of those bills.
    """
    rows = TimeEntry.objects.done().filter(
        _charged(), client_id=client_id, worked_on__lt=before, created_at__lte=known_at
    )
    rows = rows.exclude(billed_ref="", voided_at__isnull=False)
    if since is not None:
        rows = rows.filter(worked_on__gte=since)
    if refs is not None:
        rows = rows.filter(billed_ref__in=["", *refs])
    return _pieces(rows)


def clients_with_open_time(*, before: date) -> set[int]:
    """Clients for whom something was worked before a day that stands on no approved bill."""
    rows = TimeEntry.objects.done().filter(
        _charged(), worked_on__lt=before, billed_ref="", voided_at__isnull=True
    )
    return set(rows.values_list("client_id", flat=True).distinct())


def seconds_on(ticket_ids: Iterable[int]) -> int:
    """What was written down on these tickets."""
    return _took(TimeEntry.objects.done().filter(ticket_id__in=set(ticket_ids)))


def _took(rows: QuerySet[TimeEntry]) -> int:
    took = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    total = rows.aggregate(sum=Sum(took))["sum"]
    return int(total.total_seconds()) if total else 0


def _charged() -> Q:
    """Time that is charged as time, or stands on a bill already."""
    return Q(ticket__paid_by="") | ~Q(billed_ref="")


def voided_entries(*, client_id: int, known_at: datetime | None = None) -> dict[int, str]:
    """Billed entries that were wrong, with the reason, as far as it was known by an instant."""
    rows = TimeEntry.objects.filter(client_id=client_id, voided_at__isnull=False)
    if known_at is not None:
        rows = rows.filter(voided_at__lte=known_at)
    return dict(rows.values_list("pk", "void_why"))


def voided_ids(*, client_id: int | None = None) -> QuerySet[TimeEntry, Any]:
    """The same as a part of a question, whatever was known when; of every client without one."""
    rows = TimeEntry.objects.filter(voided_at__isnull=False)
    return (rows if client_id is None else rows.filter(client_id=client_id)).values("pk")


def to_approve(viewer: Viewer) -> QuerySet[TimeEntry]:
    """Work that waits for approval, the oldest first."""
    rows = TimeEntry.objects.visible_to(viewer).filter(
        client__approves_time=True, ended_at__isnull=False, billed_ref="", approved_at__isnull=True,
        voided_at__isnull=True,
    )  # fmt: skip
    return rows.select_related("client", "person", "ticket").order_by("worked_on", "pk")


def changed_since(entry_ids: Iterable[int], instant: datetime) -> bool:
    """Whether any of these entries was changed, voided or taken away after an instant."""
    wanted = set(entry_ids)
    rows = TimeEntry.objects.filter(pk__in=wanted, updated_at__lte=instant)
    same = rows.filter(voided_at__isnull=True).count()
    return same < len(wanted)


def _pieces(rows: QuerySet[TimeEntry]) -> list[Piece]:
    found = []
    for entry in rows.select_related("person", "ticket"):
        for number, part in enumerate(entry.parts):
            found.append(_piece(entry, number, part))
    return found


def _piece(entry: TimeEntry, number: int, part: dict[str, Any]) -> Piece:
    worked = Worked(
        entry_id=entry.pk, part=number, ticket_id=entry.ticket_id, on=entry.worked_on,
        started_at=datetime.fromisoformat(part["started_at"]), seconds=int(part["seconds"]),
        work_type=entry.work_type, hour_class=part["hour_class"], verdict=part["verdict"],
        agreement_id=part["agreement_id"],
        rate=None if part["rate"] is None else Decimal(part["rate"]),
        multiplier=Decimal(part["multiplier"]),
        agreed=entry.override == TimeEntry.Override.BILLABLE,
    )  # fmt: skip
    return Piece(
        worked, datetime.fromisoformat(part["ended_at"]), entry.person.name, entry.ticket.number,
        entry.ticket.subject, part["reason"], entry.ticket.device_id, entry.approved_at,
    )  # fmt: skip


def _part(part: dict[str, Any]) -> Part:
    tone, shape = LOOKS[part["verdict"]]
    times = Decimal(part["multiplier"])
    words = VERDICTS[part["verdict"]] + ("" if times == 1 else f", {times.normalize():f} times")
    return Part(
        int(part["seconds"]), HOUR_CLASSES.get(part["hour_class"], ""), part["verdict"], words,
        tone, shape, part["reason"], tuple(part["failed"]),
    )  # fmt: skip

"""Taking over a stretch, and swapping with somebody."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce
from tenants.people.models import Person
from tickets.dispatch import events, queries
from tickets.dispatch.models import Override, Schedule
from tickets.dispatch.rules import rota as rules

State = Override.State
LONGEST = timedelta(days=62)
Stretch = tuple[datetime, datetime]


@transaction.atomic
def take_over(
    *, schedule: Schedule, person: Person, starts_at: datetime, ends_at: datetime, by: Actor,
    at: datetime,
) -> Override:  # fmt: skip
    """Put somebody on call for a stretch, whatever the layers say."""
    _demand(person, starts_at, ends_at, at)
    row = Override.objects.create(
        schedule=schedule, person=person, starts_at=starts_at, ends_at=ends_at,
        made_by=by.name[:120], created_at=at, agreed_at=at,
    )  # fmt: skip
    announce(_told(events.TakenOver, row), by=by, at=at)
    return row


@transaction.atomic
def cancel_override(*, override: Override, by: Actor, at: datetime) -> Override:
    """Take back what has not begun; end now what has. Of a swap it is both stretches."""
    row, others = _held(override)
    if not _runs(row, at):
        raise Conflict("This is over already.")
    for one in (row, *(other for other in others if _runs(other, at))):
        if one.state == State.AGREED and one.starts_at < at:
            one.ends_at = at
        else:
            one.state = State.CANCELLED
        one.save(update_fields=["ends_at", "state"])
        announce(
            events.OverrideCancelled(
                one.schedule_id, one.person_id, one.person.name, one.schedule.name,
                one.starts_at.isoformat(),
            ),
            by=by, at=at,
        )  # fmt: skip
    return row


def _runs(row: Override, at: datetime) -> bool:
    return row.state in (State.AGREED, State.ASKED) and row.ends_at > at


@transaction.atomic
def ask_swap(
    *, schedule: Schedule, asker: Person, person: Person, stretch: Stretch,
    in_return: Stretch | None = None, by: Actor, at: datetime,
) -> Override:  # fmt: skip
    """Ask somebody to take over a stretch of one's own, perhaps for one of theirs in return.

    Nothing changes until they agree.
    """
    if asker.pk == person.pk:
        raise Refused("Ask somebody else.", field="person")
    _demand(person, *stretch, at)
    _demand_on_call(schedule, asker, stretch, "starts")
    if in_return is not None:
        _demand(asker, *in_return, at)
        _demand_on_call(schedule, person, in_return, "return_starts")
    swap = uuid4().hex
    asked = [(person, stretch)] + ([(asker, in_return)] if in_return else [])
    rows = Override.objects.bulk_create(
        [
            Override(
                schedule=schedule, person=one, asked_by=asker, starts_at=start, ends_at=end,
                state=State.ASKED, swap=swap, made_by=by.name[:120], created_at=at,
            )
            for one, (start, end) in asked
        ]
    )  # fmt: skip
    announce(_told(events.SwapAsked, rows[0]), by=by, at=at)
    return rows[0]


@transaction.atomic
def answer_swap(*, override: Override, agreed: bool, by: Actor, at: datetime) -> Override:
    """Say yes or no to a swap one was asked for; both stretches change hands together."""
    row, _others = _held(override)
    if row.asked_by_id is not None and row.asked_by_id in (row.person_id, _person(by)):
        raise Refused("The one who was asked has to answer.")
    if row.state != State.ASKED or not row.swap:
        raise Conflict("This was answered already.")
    if row.ends_at <= at:
        raise Conflict("The time this was about has passed.")
    both = Override.objects.filter(swap=row.swap, state=State.ASKED)
    state = State.AGREED if agreed else State.DECLINED
    both.update(state=state, agreed_at=at if agreed else None)
    row.refresh_from_db()
    announce(
        events.SwapAnswered(
            row.schedule_id, row.asked_by_id or row.person_id, row.schedule.name,
            row.starts_at.isoformat(), "agreed to" if agreed else "declined",
        ),
        by=by, at=at,
    )  # fmt: skip
    return row


def _person(by: Actor) -> int | None:
    return by.id if by.kind == "person" else None


def _held(override: Override) -> tuple[Override, list[Override]]:
    """The row and what else is of its swap, held in one order whichever of them was meant."""
    rows = Override.objects.select_for_update(of=("self",)).select_related("person", "schedule")
    meant = Q(pk=override.pk) | (Q(swap=override.swap) if override.swap else Q())
    found = {row.pk: row for row in rows.filter(meant).order_by("pk")}
    return found.pop(override.pk), list(found.values())


def _demand(person: Person, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if person.kind != Person.Kind.STAFF or not person.is_active:
        raise Refused("Only somebody of the team can be called.", field="person")
    if ends_at <= starts_at:
        raise Refused("It ends before it begins.", field="ends")
    if ends_at <= at:
        raise Refused("That is over already.", field="ends")
    if ends_at - starts_at > LONGEST:
        raise Refused("Two months at most. Change the rotation instead.", field="ends")


def _demand_on_call(schedule: Schedule, person: Person, stretch: Stretch, field: str) -> None:
    """Nobody gives away what is not theirs."""
    found = rules.shifts(queries.rota_of(schedule), *stretch)
    if any(one.person != person.pk for one in found):
        raise Refused(f"{person.name} is not on call all of that time.", field=field)


def _told(
    event: type[events.TakenOver] | type[events.SwapAsked], row: Override
) -> events.TakenOver | events.SwapAsked:
    return event(
        row.schedule_id, row.person_id, row.person.name, row.schedule.name,
        row.starts_at.isoformat(), row.ends_at.isoformat(),
    )  # fmt: skip

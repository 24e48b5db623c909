"""One change to many tickets, all of them or none."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.people.models import Person
from tenants.people.rules.viewer import Viewer
from tickets.actions.progress import set_status
from tickets.actions.promises import set_priority
from tickets.actions.work import assign
from tickets.models import Ticket
from tickets.queries.queue import Wanted, queue

MOST = 500


@dataclass(frozen=True)
class Change:
    """What to set: owner, priority or status, with the reason where the status needs one."""

    field: str
    value: str
    reason: str = ""
    may_major: bool = False


@transaction.atomic
def change_many(
    *, wanted: Wanted, total: int, numbers: list[int] | None, change: Change, viewer: Viewer,
    by: Actor, at: datetime,
) -> int:  # fmt: skip
    """Change the tickets of a list: those numbered, or with `numbers` None all of them.

    What the person saw must still be true: the whole list must have its size, and each chosen
    ticket must still be in it. Otherwise nothing is changed and the answer is a conflict.
    """
    rows = queue(wanted, viewer, at).order_by("pk").select_for_update(of=("self",))
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    found = list(rows[: MOST + 1])
    _demand_same(found, total if numbers is None else len(set(numbers)), numbers is None)
    owner = _owner(change.value, by) if change.field == "owner" else None
    for ticket in found:
        try:
            _apply(ticket, change, owner, by, at)
        except Refused as error:
            reason = f"#{ticket.number}: {error.reason} Nothing was changed."
            raise Refused(reason, field=error.field, code=error.code) from error
    return len(found)


def _demand_same(found: list[Ticket], expected: int, whole: bool) -> None:
    if len(found) > MOST:
        raise Refused(f"At most {MOST} tickets can be changed at once.", field="all")
    if len(found) != expected:
        what = "The list changed" if whole else "Some tickets left this list"
        raise Conflict(f"{what}: {expected} then, {len(found)} now. Look again and repeat.")


def _owner(value: str, by: Actor) -> Person | None:
    if value == "none":
        return None
    pk = by.id if value == "me" else int(value) if value.isdecimal() else None
    person = Person.objects.filter(pk=pk).first()
    if person is None:
        raise Refused("There is nobody with this number.", field="owner")
    return person


def _apply(ticket: Ticket, change: Change, owner: Person | None, by: Actor, at: datetime) -> None:
    if change.field == "owner":
        assign(ticket=ticket, owner=owner, by=by, at=at)
    elif change.field == "priority":
        number = int(change.value) if change.value.isdecimal() else -1
        set_priority(ticket=ticket, priority=number, may_major=change.may_major, by=by, at=at)
    else:
        set_status(ticket=ticket, status=change.value, pause_reason=change.reason, by=by, at=at)

"""A wait that should not have been counts after all (S13)."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tickets import events
from tickets.actions._held import Held
from tickets.models import Ticket
from tickets.queries.waits import wait_since, waits_of
from tickets.rules.promises import What
from tickets.rules.states import Status


@transaction.atomic
def void_wait(*, ticket: Ticket, since: datetime, because: str, by: Actor, at: datetime) -> Ticket:
    """Let the clock run on through a wait, as if it had never stood still; a miss shows at once.

    A wait that goes on ends now. Nothing that happened is rewritten: the list of it says that this
    wait was voided and why.
    """
    held = Held(ticket, by=by, at=at)
    wait = wait_since(waits_of(ticket), since)
    if wait is None:
        raise Refused("It did not wait then.", field="since")
    if not because.strip():
        raise Refused("Say why it counts after all.", field="because")
    if wait.voided:
        return ticket
    if wait.until is None:
        held.move(Status.OPEN)
    until = wait.until or at
    held.clocks.tell(What.VOIDED, at, since=wait.since, until=until)
    ticket.contested_at = None
    held.save()
    held.announce(
        events.WaitVoided, since=wait.since.isoformat(), until=until.isoformat(),
        because=because.strip()[:200],
    )  # fmt: skip
    return ticket

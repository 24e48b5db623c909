"""What happened on a ticket: what was said and what was changed, in one line of time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tenants.journal.queries import Line, about
from tickets.models import Message, Ticket

# Their message stands in the timeline itself.
_SAID = frozenset({"tickets.replied", "tickets.noted", "tickets.client_wrote"})
_LOOKS = {  # kind of entry: icon, tone
    "tickets.opened": ("inbox", ""),
    "tickets.assigned": ("user", ""),
    "tickets.handed": ("users", ""),
    "tickets.acknowledged": ("eye", ""),
    "tickets.prioritised": ("signal", ""),
    "tickets.resolved": ("check", "ok"),
    "tickets.closed": ("archive", ""),
    "tickets.reopened": ("rotate-ccw", "warn"),
    "tickets.clock_missed": ("alarm-clock", "danger"),
    "tickets.clock_warned": ("hourglass", "warn"),
    "tickets.wait_ended": ("play", ""),
    "tickets.wait_contested": ("hand", "warn"),
    "tickets.wait_voided": ("hourglass", "warn"),
    "tickets.split": ("split", ""),
    "tickets.bundled": ("layers", ""),
    "tickets.unbundled": ("layers", ""),
    "tickets.moved": ("arrow-right-left", ""),
    "tickets.held_to": ("gauge", ""),
    "tickets.merged": ("merge", ""),
    "tickets.took_over": ("merge", ""),
    "tickets.timer_started": ("timer", ""),
    "tickets.time_logged": ("timer", ""),
    "tickets.time_changed": ("timer", ""),
    "tickets.time_removed": ("timer-off", ""),
}
LIMIT = 400


@dataclass(frozen=True)
class Item:
    """One line: `part` is conversation, notes or changes; `html` is set for what somebody wrote;
    `message` is one that can be split off; of one instant the opening stands first, then what was
    said, then what followed (`rank`)."""

    id: str
    at: datetime
    part: str
    who: str
    text: str = ""
    html: str = ""
    from_us: bool = True
    icon: str = "circle-dot"
    tone: str = ""
    rank: int = 1
    message: int = 0


def timeline(ticket: Ticket, *, for_client: bool, part: str = "") -> list[Item]:
    """Oldest first. A client sees what was said to them and by them, never a note or a change.

    What was said while the ticket was thought to be another client's is never shown to this one.
    """
    messages = ticket.messages.all()
    if for_client:
        said = messages.exclude(kind=Message.Kind.NOTE)
        if ticket.client_since is not None:
            said = said.filter(at__gte=ticket.client_since)
        return [_said(one) for one in said]
    items = [_said(one) for one in messages] + _changes(ticket)
    items.sort(key=lambda item: (item.at, item.rank))
    return [item for item in items if part in ("", item.part)]


def parts(items: Iterable[Item]) -> dict[str, int]:
    """How many lines each filter of the timeline shows."""
    counted = Counter(item.part for item in items)
    return {
        "": counted.total(),
        **{name: counted[name] for name in ("conversation", "notes", "changes")},
    }


def _said(message: Message) -> Item:
    is_note = message.kind == Message.Kind.NOTE
    return Item(
        id=f"m{message.pk}",
        at=message.at,
        part="notes" if is_note else "conversation",
        who=message.author_name,
        html=message.html,
        from_us=message.kind != Message.Kind.CLIENT,
        message=message.pk if message.kind in (Message.Kind.OPENING, Message.Kind.CLIENT) else 0,
    )


def _first_reply(line: Line) -> Item:
    """The reply stands in the timeline itself; that it was the one promised is worth a line."""
    text = "sent the first reply"
    return Item(
        f"e{line.id}", line.at, "changes", line.actor_name, text, icon="check-check", rank=2
    )


def _changes(ticket: Ticket) -> list[Item]:
    found = []
    for line in about("ticket", ticket.pk, limit=LIMIT):
        if line.kind in _SAID:
            if line.facts.get("first"):
                found.append(_first_reply(line))
            continue
        icon, tone = _LOOKS.get(line.kind, ("circle-dot", ""))
        if not line.kind.startswith("tickets."):
            icon = "siren"
        found.append(
            Item(
                f"e{line.id}",
                line.at,
                "changes",
                line.actor_name,
                line.sentence.replace(f"#{ticket.number}", "this ticket"),
                icon=icon,
                tone=tone,
                rank=0 if line.kind == "tickets.opened" else 2,
            )
        )
    return found

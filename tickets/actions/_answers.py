"""What coverage answers about time that is written down, kept with the entry for ever."""

from datetime import datetime
from typing import Any

from contracts import queries as contracts
from contracts.queries import Cover, Work
from contracts.rules.labour import Stretch
from msp.kit.periods import local_date
from tickets.models import Ticket, TimeEntry


class Answers:
    """The verdicts of an entry: asked when it is written down or changed, never afterwards."""

    @staticmethod
    def ask(entry: TimeEntry, ticket: Ticket) -> None:
        """Put the question that tickets and incidents put, for each class of hours worked in."""
        entry.client_id = ticket.client_id
        entry.worked_on = local_date(entry.started_at, ticket.client.zone)
        if entry.ended_at is None:
            entry.parts = []
            return
        answers = contracts.cover_work(
            client_id=ticket.client_id, device_id=ticket.device_id,
            started_at=entry.started_at, ended_at=entry.ended_at,
            work=Work(None, entry.work_type, entry.role, ticket.site_id),
        )  # fmt: skip
        entry.parts = [_part(stretch, cover, entry) for stretch, cover in answers]

    @staticmethod
    def move_along(ticket: Ticket, at: datetime) -> None:
        """A ticket that is another client's takes its time with it, but for what was billed."""
        rows = TimeEntry.objects.select_for_update().filter(ticket=ticket, billed_ref="")
        for entry in rows:
            if entry.client_id != ticket.client_id:
                entry.approved_at, entry.approved_by = None, ""  # it was another one's work
            Answers.ask(entry, ticket)
            entry.updated_at = at
            entry.save()


def _part(stretch: Stretch, cover: Cover, entry: TimeEntry) -> dict[str, Any]:
    part = {
        "started_at": stretch.started_at.isoformat(),
        "ended_at": stretch.ended_at.isoformat(),
        "seconds": stretch.seconds,
        "hour_class": stretch.hour_class,
        "verdict": cover.verdict,
        "owner": cover.owner,
        "agreement_id": cover.agreement_id,
        "agreement": cover.agreement_name,
        "line_id": cover.line_id,
        "rate": None if cover.rate is None else f"{cover.rate:f}",
        "multiplier": f"{cover.multiplier:f}",
        "row": cover.row,
        "reason": cover.reason,
        "failed": list(cover.failed),
    }
    if not entry.override:
        return part
    said = f"{entry.get_override_display()}: {entry.override_why}"
    return part | {"verdict": entry.override, "agreed": cover.verdict, "reason": said}

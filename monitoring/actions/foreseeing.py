"""Work that follows from where a quantity is heading, before anything is wrong."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from monitoring import events
from monitoring.models import Series
from monitoring.rules.forecasting import Forecast, in_words
from monitoring.rules.series import label_of
from msp.kit.refs import Actor
from tenants.journal.announce import announce
from tickets import actions as tickets
from tickets.models import Ticket

LET_BE = timedelta(days=7)  # after somebody solved it; until then the trend is of before


@transaction.atomic
def warn_of_end(
    *, series: Series, ahead: Forecast, likely: float, by: Actor, at: datetime
) -> Ticket | None:
    """Open a ticket about an end that is likely within a week; None where there is one."""
    Series.objects.select_for_update().get(pk=series.pk)
    key = f"forecast:{series.pk}:"
    known = Ticket.objects.filter(source_key__startswith=key)
    if known.filter(Q(resolved_at__isnull=True) | Q(resolved_at__gte=at - LET_BE)).exists():
        return None
    device, name = series.device, label_of(series.name)
    words = in_words(ahead, name, series.unit)
    ticket = tickets.open_ticket(
        client=device.client, device=device, channel=Ticket.Channel.MONITORING,
        subject=f"{name} of {device.name} is likely to be {ahead.aim.words} within a week",
        body=f"{words}\n\nWithin seven days: {likely:.0%}. Nothing is wrong yet.",
        priority=Ticket.Priority.MEDIUM, source_key=f"{key}{at:%Y%m%d}", by=by, at=at,
    )  # fmt: skip
    announce(
        events.EndForeseen(series.pk, device.pk, device.client_id, ticket.pk, words), by=by, at=at
    )
    return ticket

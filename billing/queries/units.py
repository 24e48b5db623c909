"""What a unit of the register was charged for, and what was learned of it since."""

from datetime import datetime

from billing.models import Invoice, InvoiceLine
from billing.queries.corrections import corrections
from billing.queries.meters import Known
from billing.queries.written import DraftLine, written_for
from contracts.clients.models import Client
from msp.kit.periods import local_date, month_of

SHOWN = 12


def lines_of_unit(unit_type: str, unit_id: int) -> list[InvoiceLine]:
    """The lines of issued bills a unit counted on, the newest first."""
    rows = InvoiceLine.objects.filter(
        units__unit_type=unit_type, units__unit_id=unit_id, invoice__state=Invoice.State.ISSUED
    )
    return list(
        rows.select_related("invoice").order_by("-invoice__starts_on", "-pk").distinct()[:SHOWN]
    )


def coming_corrections(client: Client, at: datetime) -> list[DraftLine]:
    """What the next bill will say of months that are issued, as the register is known now."""
    month = month_of(local_date(at, client.zone))
    return corrections(client, written_for(client), month, Known(client.pk, at))

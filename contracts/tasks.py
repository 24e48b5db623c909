"""Agreements go on by themselves when the time for notice is over."""

import logging
from datetime import UTC, datetime

from contracts import actions
from contracts.models import Agreement, Quote
from contracts.queries import quotes, renewals
from msp.kit.refs import system
from msp.kit.refusals import Refused
from tenants.context import Tenant
from tenants.work import for_each, platform_task

log = logging.getLogger(__name__)


@platform_task
def renew_due() -> None:
    """Each MSP's agreements that go on today; one that is asked twice goes on once."""
    for_each(_renew)


def _renew(_tenant: Tenant) -> None:
    now = datetime.now(UTC)
    for pk in renewals.due_agreements(now):
        agreement = Agreement.objects.get(pk=pk)
        try:
            actions.renew_due(agreement=agreement, by=system("Renewals"), at=now)
        except Refused as error:
            log.warning("Agreement %s could not be renewed: %s", agreement.number, error.reason)
    for pk in renewals.ending_agreements(now):
        actions.remind_of_end(agreement=Agreement.objects.get(pk=pk), by=system("Renewals"), at=now)


@platform_task
def expire_due() -> None:
    """Each MSP's quotes whose last day is over; one that was answered meanwhile is left alone."""
    for_each(_expire)


def _expire(_tenant: Tenant) -> None:
    now = datetime.now(UTC)
    for pk in quotes.expired(now):
        actions.expire_quote(quote=Quote.objects.get(pk=pk), by=system("Quotes"), at=now)

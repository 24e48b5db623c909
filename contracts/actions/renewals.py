"""What becomes of an agreement at its last day: it goes on, it is raised, it is ended."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from contracts import events
from contracts.actions.agreements import LineInput, amend, publish, set_lines
from contracts.models import Agreement, AgreementVersion
from contracts.queries import renewals as queries
from contracts.rules.renewing import earliest_end, next_end, reminds_on
from contracts.rules.repricing import uplift_line
from msp.kit.money import minor_units
from msp.kit.periods import local_date
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce
from tenants.journal.queries import about


@transaction.atomic
def renew(
    *, agreement: Agreement, months: int, percent: Decimal | None = None, by: Actor, at: datetime
) -> Agreement:
    """Let it go on for so many months; a percentage raises its prices from the day it goes on."""
    agreement, _version = _locked(agreement)
    if agreement.ends_on is None:
        raise Conflict("It runs on without a last day; there is nothing to renew.")
    if not 1 <= months <= 120:
        raise Refused("Between 1 and 120 months.", field="months")
    began_again = agreement.ends_on
    agreement.ends_on = next_end(agreement.starts_on, began_again, months)
    agreement.notice_given_on = None
    agreement.save(update_fields=["ends_on", "notice_given_on"])
    if percent:
        raise_prices(agreement=agreement, percent=percent, effective_on=began_again, by=by, at=at)
    _tell_renewed(agreement, by, at)
    return agreement


@transaction.atomic
def raise_prices(
    *, agreement: Agreement, percent: Decimal, effective_on: date, by: Actor, at: datetime
) -> AgreementVersion:
    """Publish a version with every price raised; the bill then names the old price and the new."""
    agreement, last = _locked(agreement)
    if not 0 < percent <= 100:
        raise Refused("An uplift is above 0 and at most 100 percent.", field="percent")
    if agreement.versions.filter(published_at__isnull=True).exists():
        raise Conflict("There is a draft. Publish or discard it before prices are raised.")
    version = amend(agreement=agreement, effective_on=effective_on, by=by, at=at)
    places = minor_units(agreement.currency)
    lines = [
        LineInput(
            line.description, line.kind, uplift_line(line.kind, line.facts, percent, places),
            line.service, line.level_version, line.line_key, line.offer,
        )
        for line in version.lines.select_related("service", "level_version", "offer")
    ]  # fmt: skip
    set_lines(version=version, lines=lines, level_version=last.level_version, by=by, at=at)
    version.refresh_from_db()
    version.note = f"Prices raised by {percent.normalize():f} % on {effective_on}."
    version.save(update_fields=["note"])
    return publish(version=version, by=by, at=at)


@transaction.atomic
def give_notice(*, agreement: Agreement, by: Actor, at: datetime) -> Agreement:
    """Somebody ends it: it holds to the end of its term, or of the time for notice."""
    agreement, version = _locked(agreement)
    if agreement.notice_given_on is not None:
        raise Conflict(f"Notice was given on {agreement.notice_given_on}.")
    today = local_date(at, agreement.client.zone)
    agreement.ends_on = earliest_end(queries.term_of(agreement, version), today)
    agreement.notice_given_on = today
    agreement.save(update_fields=["ends_on", "notice_given_on"])
    last_on = (agreement.ends_on - timedelta(days=1)).isoformat()
    announce(
        events.NoticeGiven(agreement.pk, agreement.client_id, agreement.name, last_on),
        by=by, at=at,
    )  # fmt: skip
    return agreement


@transaction.atomic
def renew_due(*, agreement: Agreement, by: Actor, at: datetime) -> bool:
    """Let an agreement go on whose time for notice is over; False where it is not."""
    agreement, version = _locked(agreement)
    term = queries.term_of(agreement, version)
    today = local_date(at, agreement.client.zone)
    if agreement.state != Agreement.State.ACTIVE or not term.renews_now(today):
        return False
    percent = version.uplift_percent
    blocked = agreement.versions.filter(published_at__isnull=True).exists()
    renew(
        agreement=agreement, months=term.renews_months or 1,
        percent=None if blocked else percent, by=by, at=at,
    )  # fmt: skip
    return True


@transaction.atomic
def remind_of_end(*, agreement: Agreement, by: Actor, at: datetime) -> bool:
    """Say that the time to decide comes, once for each last day; False where it is not near."""
    agreement, version = _locked(agreement)
    term = queries.term_of(agreement, version)
    if not reminds_on(term, local_date(at, agreement.client.zone)) or agreement.last_on is None:
        return False
    last_on = agreement.last_on.isoformat()
    told = about("agreement", agreement.pk, rooms=("contracts",))
    if any(one.kind == events.AgreementEnding.kind and one.facts["last_on"] == last_on
           for one in told):  # fmt: skip
        return False
    announce(
        events.AgreementEnding(agreement.pk, agreement.client_id, agreement.name, last_on),
        by=by, at=at,
    )  # fmt: skip
    return True


def _locked(agreement: Agreement) -> tuple[Agreement, AgreementVersion]:
    row = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("client")
        .get(pk=agreement.pk)
    )
    version = row.versions.filter(published_at__isnull=False).order_by("-number").first()
    if version is None or row.state != Agreement.State.ACTIVE:
        raise Conflict("Only an agreement in effect can be renewed or ended with notice.")
    return row, version


def _tell_renewed(agreement: Agreement, by: Actor, at: datetime) -> None:
    last_on = agreement.last_on.isoformat() if agreement.last_on else ""
    announce(
        events.AgreementRenewed(agreement.pk, agreement.client_id, agreement.name, last_on),
        by=by, at=at,
    )  # fmt: skip

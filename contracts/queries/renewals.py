"""Agreements that come to their last day, in the order somebody has to decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from contracts.models import Agreement, AgreementVersion
from contracts.queries.agreements import published_of
from contracts.queries.pricing import Standing, standings
from contracts.rules.renewing import SOON, Term, reminds_on, said
from msp.kit.periods import local_date
from tenants.people.rules.viewer import Viewer


@dataclass(frozen=True)
class Renewal:
    """An agreement with its term, its month, and what happens if nobody does anything."""

    agreement: Agreement
    version: AgreementVersion
    term: Term
    standing: Standing
    today: date

    @property
    def face(self) -> str:
        """Where it stands: notice given, ends, too late to say no, or still open."""
        if self.term.notice_given_on is not None:
            return "notice"
        if not self.term.renews_months:
            return "ends"
        decide_by = self.term.decide_by
        return "renews" if decide_by is not None and self.today > decide_by else "open"

    @property
    def days_left(self) -> int | None:
        """Days in which notice is still in time."""
        decide_by = self.term.decide_by
        return None if decide_by is None else (decide_by - self.today).days

    @property
    def uplift(self) -> Decimal | None:
        return self.version.uplift_percent

    @property
    def words(self) -> str:
        return said(self.term)


def renewal_queue(viewer: Viewer, at: datetime, *, q: str = "", days: int = SOON) -> list[Renewal]:
    """Active agreements whose time for a decision comes within so many days, nearest first."""
    rows = (
        Agreement.objects.visible_to(viewer)
        .filter(state=Agreement.State.ACTIVE, ends_on__isnull=False, ends_on__gt=at.date())
        .select_related("client")
    )
    if q:
        rows = rows.filter(client__name__icontains=q) | rows.filter(name__icontains=q)
    known = list(rows)
    standing = standings(known, at)
    found = [
        _renewal(row, standing[row.pk], local_date(at, row.client.zone))
        for row in known
        if row.pk in standing
    ]
    near = [one for one in found if one.days_left is not None and one.days_left <= days]
    return sorted(near, key=lambda one: (one.term.decide_by or date.max, one.agreement.pk))


def _renewal(agreement: Agreement, standing: Standing, today: date) -> Renewal:
    version = standing.version
    return Renewal(agreement, version, term_of(agreement, version), standing, today)


def term_of(agreement: Agreement, version: AgreementVersion | None) -> Term:
    """An agreement's time as its version says it."""
    return Term(
        agreement.starts_on,
        agreement.ends_on,
        version.renews_months if version else None,
        version.notice_days if version else 0,
        agreement.notice_given_on,
    )


def to_renew(agreements: Iterable[Agreement], at: datetime) -> list[tuple[Agreement, Term]]:
    """Those whose time for notice is over and that go on."""
    found = []
    known = list(agreements)
    latest = {version.agreement_id: version for version in published_of([a.pk for a in known])}
    for agreement in known:
        version = latest.get(agreement.pk)
        term = term_of(agreement, version)
        if version and term.renews_now(local_date(at, agreement.client.zone)):
            found.append((agreement, term))
    return found


def due_agreements(at: datetime) -> list[int]:
    """Agreements with a last day near enough that they may have to go on."""
    horizon = at.date() + timedelta(days=400)
    rows = Agreement.objects.filter(
        state=Agreement.State.ACTIVE, ends_on__isnull=False, ends_on__lt=horizon,
        notice_given_on=None, versions__renews_months__isnull=False,
    )  # fmt: skip
    return list(rows.distinct().values_list("pk", flat=True))


def ending_agreements(at: datetime) -> list[int]:
    """Agreements whose last day, or the last day to say no, comes within a month."""
    known = Agreement.objects.filter(
        state=Agreement.State.ACTIVE, ends_on__isnull=False, notice_given_on=None,
        ends_on__gt=at.date(),
    ).select_related("client")  # fmt: skip
    latest = {version.agreement_id: version for version in published_of([a.pk for a in known])}
    return [
        one.pk
        for one in known
        if one.pk in latest
        and reminds_on(term_of(one, latest[one.pk]), local_date(at, one.client.zone))
    ]

"""Agreements by date: which version holds, and what it bills."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from contracts.models import Agreement, AgreementLine, AgreementVersion
from contracts.rules import credit_words, decisions, drafts, words
from contracts.rules.credits import CreditTerms, read_credits
from contracts.rules.doubles import Counted
from contracts.rules.terms import Block, read_terms
from msp.kit.periods import Period
from tenants.people.rules.viewer import Viewer

ENDLESS = date.max
MOST_FOUND = 6


@dataclass(frozen=True)
class BillableLine:
    """One agreement line with the part of a period it is in force for.

    Two versions of a line within the period are two of these with the same `line_key`.
    `agreement_starts_on` anchors its billing, `published_at` is since when it was known.
    """

    agreement_id: int
    agreement_name: str
    line_id: int
    line_key: UUID
    description: str
    kind: str
    facts: dict[str, Any]
    period: Period
    currency: str
    service_id: int | None
    agreement_starts_on: date
    published_at: datetime


def billable_lines(*, client_id: int, period: Period) -> list[BillableLine]:
    """What a client's published agreements charge for in a period, by agreement and line."""
    found = [
        BillableLine(
            version.agreement_id, version.agreement.name, line.pk, line.line_key,
            line.description, line.kind, line.facts, part, version.agreement.currency,
            line.service_id, version.agreement.starts_on, version.published_at,
        )
        for version in published(client_id)
        if version.published_at and (part := clipped(version, period))
        for line in version.lines.all()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.agreement_id, one.period.start, one.line_id))


def published(client_id: int) -> list[AgreementVersion]:
    """Every published version of a client's agreements with its lines, oldest first."""
    return list(_published().filter(agreement__client_id=client_id))


def published_of(agreement_ids: list[int]) -> list[AgreementVersion]:
    """Every published version of these agreements with its lines, oldest first."""
    return list(_published().filter(agreement_id__in=agreement_ids))


def _in_effect() -> QuerySet[AgreementVersion]:
    rows = AgreementVersion.objects.filter(published_at__isnull=False)
    return rows.order_by("agreement_id", "effective_on", "number")


def _published() -> QuerySet[AgreementVersion]:
    return (
        _in_effect()
        .select_related("agreement__client", "level_version__level")
        .prefetch_related("lines__level_version__level", "lines__service")
    )


def in_force(version: AgreementVersion) -> Period | None:
    """The dates a published version holds; None for one replaced before it began."""
    agreement = version.agreement
    start = max(version.effective_on, agreement.starts_on)
    end = min(version.superseded_on or ENDLESS, agreement.ends_on or ENDLESS)
    return Period(start, end) if start < end else None


def clipped(version: AgreementVersion, period: Period) -> Period | None:
    """The part of a period a version is in force for."""
    held = in_force(version)
    return held.clip(period) if held else None


def version_on(agreement: Agreement, day: date) -> AgreementVersion | None:
    """The published version in effect on a date, else the one that will be, else the last."""
    versions = list(
        agreement.versions.filter(published_at__isnull=False).order_by("effective_on", "number")
    )
    held = [one for one in versions if (span := in_force(one)) and span.contains(day)]
    coming = [one for one in versions if one.effective_on > day]
    return next(iter([*held, *coming, *reversed(versions)]), None)


def draft_of(version: AgreementVersion, *, backdated: bool = False) -> drafts.Draft:
    """A version as the checks before publishing see it."""
    agreement = version.agreement
    before = (
        agreement.versions.filter(published_at__isnull=False, number__lt=version.number)
        .order_by("-number")
        .first()
    )
    rows = terms_of(version.lines.all())
    known = set(before.lines.values_list("line_key", flat=True)) if before else set()
    return drafts.Draft(
        lines=[Counted(row.description, agreement.name, row.service_id, terms)
               for row, terms in rows],
        bought=[(at, row.description, terms.bought_on) for at, (row, terms) in enumerate(rows)
                if isinstance(terms, Block) and row.line_key not in known],
        effective_on=version.effective_on,
        ends_on=agreement.ends_on,
        follows_number=before.number if before else None,
        follows_on=before.effective_on if before else None,
        backdated=backdated,
    )  # fmt: skip


def other_counted_lines(agreement: Agreement, starts_on: date) -> list[Counted]:
    """Lines of the client's other agreements in force at any time from a date on."""
    ends_on = agreement.ends_on or ENDLESS
    if ends_on <= starts_on:
        return []
    window = Period(starts_on, ends_on)
    return [
        Counted(line.description, version.agreement.name, line.service_id, terms)
        for version in published(agreement.client_id)
        if version.agreement_id != agreement.pk and clipped(version, window)
        for line, terms in terms_of(version.lines.all())
    ]


def terms_of(lines: Iterable[AgreementLine]) -> list[tuple[AgreementLine, Any]]:
    """Each line with its typed terms."""
    return [(line, read_terms(line.kind, line.facts)) for line in lines]


def said_of(version: AgreementVersion) -> words.Said:
    """What a version says, for telling two of them apart."""
    level = version.level_version
    return words.Said(
        currency=version.agreement.currency,
        lines=[
            (str(line.line_key), line.description, terms)
            for line, terms in terms_of(version.lines.all())
        ],
        level=f"{level.level.name}, version {level.number}" if level else "",
        hours=level.calendar_name if level else "",
        targets=level.targets if level else None,
        terms=_terms_said(version),
        coverage=[decisions.sentence(row) for row in decisions.read_rows(version.coverage)],
        credits=credits_said(version),
    )


def credits_said(version: AgreementVersion) -> list[str]:
    """What a missed promise gives back, in sentences."""
    return credit_words.sentences(read_credits(version.credits), version.agreement.currency)


@dataclass(frozen=True)
class CreditPromise:
    """What a version gives back for promises missed while it is in force."""

    agreement_id: int
    agreement_name: str
    currency: str
    terms: CreditTerms
    period: Period


def credit_promises(*, client_id: int) -> list[CreditPromise]:
    """Every version of a client's agreements that gives something back, and when it holds."""
    rows = _in_effect().filter(agreement__client_id=client_id).exclude(credits={})
    return [
        CreditPromise(
            version.agreement_id, version.agreement.name, version.agreement.currency, terms, held
        )
        for version in rows.select_related("agreement")
        if (held := in_force(version)) and (terms := read_credits(version.credits))
    ]


def clients_with_credits() -> set[int]:
    """Clients whom some agreement gives something back, or gave while it held."""
    rows = _in_effect().exclude(credits={})
    return set(rows.values_list("agreement__client_id", flat=True))


def _terms_said(version: AgreementVersion) -> list[tuple[str, str]]:
    """How a version renews, as far as two of them can differ."""
    months, uplift = version.renews_months, version.uplift_percent
    said = [("Notice", f"{version.notice_days} days")]
    if months:
        said.append(("Goes on for", f"{months} months at a time"))
    if uplift:
        said.append(("A renewal raises prices by", f"{uplift.normalize():f} %"))
    return said


def has_agreements() -> bool:
    """Whether any agreement is or was in effect."""
    return AgreementVersion.objects.filter(published_at__isnull=False).exists()


def list_agreements(
    viewer: Viewer, at: datetime, *, q: str = "", client: str = "", state: str = ""
) -> QuerySet[Agreement]:
    """Agreements by client; one that is over by its dates counts as ended."""
    rows = Agreement.objects.visible_to(viewer).select_related("client")
    over = Q(state=Agreement.State.ENDED) | Q(ends_on__lte=at.date())
    if state == Agreement.State.ENDED:
        rows = rows.filter(over)
    elif state == Agreement.State.DRAFT:
        rows = rows.filter(state=Agreement.State.DRAFT)
    else:
        rows = rows.exclude(over)
    if client:
        rows = rows.filter(client__slug=client)
    if q:
        rows = rows.filter(
            Q(name__icontains=q) | Q(number__iexact=q) | Q(client__name__icontains=q)
        )
    return rows.order_by("client__name", "name", "pk")


def search_agreements(viewer: Viewer, text: str) -> list[Agreement]:
    """The agreements whose name, number or client contains the text."""
    rows = Agreement.objects.visible_to(viewer).select_related("client")
    found = rows.filter(
        Q(name__icontains=text) | Q(number__iexact=text) | Q(client__name__icontains=text)
    )
    return list(found[:MOST_FOUND])

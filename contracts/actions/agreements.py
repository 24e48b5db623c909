"""Agreements: drafting, publishing, amending and ending them.

A published version is never edited. The next one says from when it holds, and the one before ends
on that date; the database refuses two that overlap.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from contracts import events
from contracts.clients.models import Client
from contracts.models import (
    Agreement,
    AgreementLine,
    AgreementVersion,
    Offer,
    Service,
    ServiceLevelVersion,
)
from contracts.queries import agreements as queries
from contracts.queries import approvals
from contracts.rules import credits as crediting
from contracts.rules import decisions, drafts
from contracts.rules.terms import read_terms, write_terms
from msp.kit import edits
from msp.kit.facts import InvalidFact
from msp.kit.money import minor_units
from msp.kit.periods import local_date
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce

MOST_LINES = 60
TERM_FIELDS = frozenset({"renews_months", "notice_days", "uplift_percent"})


@dataclass(frozen=True)
class LineInput:
    """One line as it is written into a draft; `line_key` is kept to follow it through versions."""

    description: str
    kind: str
    facts: dict[str, Any]
    service: Service | None = None
    level_version: ServiceLevelVersion | None = None
    line_key: uuid.UUID | None = None
    offer: Offer | None = None


@transaction.atomic
def draft_agreement(
    *, client: Client, name: str, starts_on: date, ends_on: date | None = None,
    currency: str | None = None, by: Actor, at: datetime,
) -> Agreement:  # fmt: skip
    """Begin an agreement with an empty first version. `ends_on` is the first day without it."""
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is archived.", field="client")
    agreement = Agreement(
        client=client, name=name.strip(), number=uuid.uuid4().hex[:20], starts_on=starts_on,
        ends_on=ends_on, currency=currency or client.currency, created_at=at,
    )  # fmt: skip
    _check(agreement)
    agreement.save()
    agreement.number = f"A-{agreement.pk:04}"
    agreement.save(update_fields=["number"])
    AgreementVersion.objects.create(agreement=agreement, number=1, effective_on=starts_on)
    announce(events.AgreementDrafted(agreement.pk, client.pk, agreement.name), by=by, at=at)
    return agreement


@transaction.atomic
def change_draft(
    *, version: AgreementVersion, name: str, effective_on: date, ends_on: date | None = None,
    note: str = "", by: Actor, at: datetime, **terms: Any,
) -> AgreementVersion:  # fmt: skip
    """Change a draft's name and start; before the first publishing also its end.

    `terms` are how it renews, how much notice it takes and what a renewal raises prices by.
    """
    version = _locked_draft(version)
    agreement = version.agreement
    agreement.name = name.strip()
    if agreement.state == Agreement.State.DRAFT:
        agreement.starts_on, agreement.ends_on = effective_on, ends_on
    elif ends_on != agreement.ends_on:
        raise Refused("End the agreement to change its last day.", field="ends_on")
    _check(agreement)
    agreement.save(update_fields=["name", "starts_on", "ends_on"])
    version.effective_on, version.note = effective_on, note[:300]
    edits.apply(version, terms, TERM_FIELDS)
    _check_terms(version)
    version.save(update_fields=["effective_on", "note", *sorted(TERM_FIELDS)])
    _tell(agreement, f"the terms of version {version.number}", by, at)
    return version


@transaction.atomic
def set_lines(
    *, version: AgreementVersion, lines: Sequence[LineInput],
    level_version: ServiceLevelVersion | None = None, by: Actor, at: datetime,
) -> AgreementVersion:  # fmt: skip
    """Write a draft's lines and its service level; what was there before is replaced."""
    version = _locked_draft(version)
    if len(lines) > MOST_LINES:
        raise Refused(f"An agreement has at most {MOST_LINES} lines.", field="lines")
    rows = [_line(version, position, line) for position, line in enumerate(lines)]
    _check_keys(version.agreement, rows)
    version.lines.all().delete()
    AgreementLine.objects.bulk_create(rows)
    version.level_version = level_version
    version.save(update_fields=["level_version"])
    _tell(version.agreement, f"the lines of version {version.number}", by, at)
    return version


@transaction.atomic
def set_coverage(
    *, version: AgreementVersion, rows: Sequence[dict[str, Any]], by: Actor, at: datetime
) -> AgreementVersion:
    """Write a draft's decision table; what was there before is replaced (H5)."""
    version = _locked_draft(version)
    try:
        version.coverage = decisions.write_rows(decisions.read_rows(list(rows)))
    except InvalidFact as error:
        raise Refused(error.reason, field=error.field) from error
    version.save(update_fields=["coverage"])
    _tell(version.agreement, f"the coverage of version {version.number}", by, at)
    return version


@transaction.atomic
def set_credits(
    *, version: AgreementVersion, facts: dict[str, Any], by: Actor, at: datetime
) -> AgreementVersion:
    """Write what a draft's missed promises give back; nothing where it is empty (X6)."""
    version = _locked_draft(version)
    try:
        said = crediting.write_credits(crediting.read_credits(facts))
    except InvalidFact as error:
        raise Refused(error.reason, field=f"credits.{error.field}") from error
    if said != version.credits:
        version.credits = said
        version.save(update_fields=["credits"])
        _tell(version.agreement, f"the service credits of version {version.number}", by, at)
    return version


@transaction.atomic
def publish(
    *, version: AgreementVersion, by: Actor, at: datetime, backdated: bool = False
) -> AgreementVersion:
    """Put a draft into effect from its date and end the version before on that date.

    1. Lock the agreement: of two who publish one wins. 2. Refuse what would bill wrongly.
    3. End the version before. 4. Publish.
    `backdated` allows a first version that began before today, for agreements taken over.
    """
    version = _locked_draft(version)
    agreement = version.agreement
    if agreement.state == Agreement.State.ENDED:
        raise Conflict(f"{agreement.name} has ended. Draft a new agreement instead.")
    before = agreement.versions.filter(published_at__isnull=False).order_by("-number").first()
    found = drafts.findings(
        queries.draft_of(version, backdated=backdated),
        queries.other_counted_lines(agreement, version.effective_on),
        local_date(at, agreement.client.zone),
    )
    if found:
        raise Refused(found[0].reason, field=found[0].field)
    unapproved = approvals.against_publishing(version)
    if unapproved:
        raise Refused(unapproved, field="approval")
    if before is not None:
        before.superseded_on = version.effective_on
        before.save(update_fields=["superseded_on"])
    version.published_at = at
    version.save(update_fields=["published_at"])
    agreement.state = Agreement.State.ACTIVE
    agreement.save(update_fields=["state"])
    announce(
        events.AgreementPublished(
            agreement.pk, agreement.client_id, agreement.name, version.number,
            version.effective_on.isoformat(),
        ),
        by=by, at=at,
    )  # fmt: skip
    return version


@transaction.atomic
def amend(*, agreement: Agreement, effective_on: date, by: Actor, at: datetime) -> AgreementVersion:
    """A draft of the next version, a copy of the last published one; lines keep their keys."""
    agreement = _locked(agreement)
    if agreement.versions.filter(published_at__isnull=True).exists():
        raise Conflict("There is a draft already. Publish or discard it first.")
    last = agreement.versions.order_by("-number").first()
    if last is None or agreement.state == Agreement.State.ENDED:
        raise Conflict("Only an agreement in effect can be amended.")
    if effective_on < last.effective_on:
        raise Refused(
            f"Version {last.number} begins on {last.effective_on}; the next cannot begin before.",
            field="effective_on",
        )
    version = AgreementVersion.objects.create(
        agreement=agreement, number=last.number + 1, effective_on=effective_on,
        level_version=last.level_version, renews_months=last.renews_months,
        notice_days=last.notice_days, uplift_percent=last.uplift_percent, coverage=last.coverage,
        credits=last.credits,
    )  # fmt: skip
    AgreementLine.objects.bulk_create([_copy(line, version) for line in last.lines.all()])
    announce(
        events.AgreementAmended(
            agreement.pk, agreement.client_id, agreement.name, version.number,
            effective_on.isoformat(),
        ),
        by=by, at=at,
    )  # fmt: skip
    return version


@transaction.atomic
def discard_draft(*, version: AgreementVersion, by: Actor, at: datetime) -> None:
    """Drop an amendment that was never published; a first draft is dropped with its agreement."""
    version = _locked_draft(version)
    agreement = version.agreement
    announce(
        events.DraftDiscarded(agreement.pk, agreement.client_id, agreement.name, version.number),
        by=by, at=at,
    )  # fmt: skip
    version.delete()
    if not agreement.versions.exists():
        agreement.delete()


@transaction.atomic
def end_agreement(*, agreement: Agreement, ends_on: date, by: Actor, at: datetime) -> Agreement:
    """Set the first day on which the agreement no longer holds; not before today."""
    agreement = _locked(agreement)
    if agreement.state == Agreement.State.DRAFT:
        raise Conflict("This agreement was never in effect. Discard its draft instead.")
    today = local_date(at, agreement.client.zone)
    if ends_on < today:
        raise Refused(f"It cannot end before today, {today}.", field="ends_on")
    if ends_on <= agreement.starts_on:
        raise Refused(f"It begins on {agreement.starts_on} and must end later.", field="ends_on")
    agreement.ends_on = ends_on
    if ends_on <= today:
        agreement.state = Agreement.State.ENDED
    agreement.save(update_fields=["ends_on", "state"])
    last_on = (ends_on - timedelta(days=1)).isoformat()
    announce(
        events.AgreementEnded(agreement.pk, agreement.client_id, agreement.name, last_on),
        by=by, at=at,
    )  # fmt: skip
    return agreement


def _locked(agreement: Agreement) -> Agreement:
    return (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("client")
        .get(pk=agreement.pk)
    )


def _locked_draft(version: AgreementVersion) -> AgreementVersion:
    agreement = _locked(version.agreement)
    version = AgreementVersion.objects.get(pk=version.pk)
    if version.published_at is not None:
        raise Conflict(f"Version {version.number} is published and is never edited. Amend it.")
    version.agreement = agreement
    return version


def _check(agreement: Agreement) -> None:
    if not agreement.name:
        raise Refused("An agreement needs a name.", field="name")
    if agreement.ends_on is not None and agreement.ends_on <= agreement.starts_on:
        raise Refused("It must end after it begins.", field="ends_on")
    try:
        minor_units(agreement.currency)
    except ValueError:
        raise Refused(
            f"{agreement.currency!r:.80} is not an ISO 4217 currency.", field="currency"
        ) from None


def _check_terms(version: AgreementVersion) -> None:
    months, uplift = version.renews_months, version.uplift_percent
    if months is not None and not 1 <= months <= 120:
        raise Refused("Between 1 and 120 months.", field="renews_months")
    if not 0 <= version.notice_days <= 730:
        raise Refused("Between 0 and 730 days.", field="notice_days")
    if uplift is not None and not 0 < uplift <= 100:
        raise Refused("Above 0 and at most 100 percent.", field="uplift_percent")


def _line(version: AgreementVersion, position: int, line: LineInput) -> AgreementLine:
    try:
        terms = read_terms(line.kind, line.facts)
    except InvalidFact as error:
        raise Refused(error.reason, field=f"lines[{position}].{error.field}") from error
    if not line.description.strip():
        raise Refused("A line needs words.", field=f"lines[{position}].description")
    return AgreementLine(
        version=version, position=position, service=line.service,
        description=line.description.strip()[:120], kind=line.kind, facts=write_terms(terms),
        level_version=line.level_version, line_key=line.line_key or uuid.uuid4(),
        offer=line.offer,
    )  # fmt: skip


def _check_keys(agreement: Agreement, rows: Sequence[AgreementLine]) -> None:
    """A key is one line's through all versions of its agreement, and of no other."""
    keys = [row.line_key for row in rows]
    others = AgreementLine.objects.exclude(version__agreement=agreement).filter(line_key__in=keys)
    taken = set(others.values_list("line_key", flat=True))
    for position, key in enumerate(keys):
        if key in keys[:position]:
            raise Refused("Two lines have this key.", field=f"lines[{position}].line_key")
        if key in taken:
            raise Refused(
                "It is the key of another agreement's line. Leave it out.",
                field=f"lines[{position}].line_key",
            )


def _copy(line: AgreementLine, version: AgreementVersion) -> AgreementLine:
    return AgreementLine(
        version=version, position=line.position, service_id=line.service_id,
        description=line.description, kind=line.kind, facts=line.facts,
        level_version_id=line.level_version_id, line_key=line.line_key, offer_id=line.offer_id,
    )  # fmt: skip


def _tell(agreement: Agreement, what: str, by: Actor, at: datetime) -> None:
    announce(
        events.AgreementChanged(agreement.pk, agreement.client_id, agreement.name, what),
        by=by, at=at,
    )  # fmt: skip

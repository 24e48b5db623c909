"""Asking a client to approve a version of an agreement before it is published."""

from datetime import datetime

from django.db import transaction

from contracts import events
from contracts.actions.answers import Signature
from contracts.models import Agreement, AgreementVersion, Answer
from contracts.queries import approvals as queries
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce


@transaction.atomic
def ask_approval(*, version: AgreementVersion, by: Actor, at: datetime) -> AgreementVersion:
    """Put a draft before the client; it is published only once the client has said yes to it."""
    version = _locked(version)
    if version.published_at is not None:
        raise Conflict(f"Version {version.number} is published already.")
    if not version.lines.exists():
        raise Refused("There is nothing in it to approve yet.", field="lines")
    version.approval_asked_at = at
    version.approval_digest = queries.digest_of(version)
    version.save(update_fields=["approval_asked_at", "approval_digest"])
    _tell(events.ApprovalAsked, version, by, at)
    return version


@transaction.atomic
def take_approval_back(*, version: AgreementVersion, by: Actor, at: datetime) -> AgreementVersion:
    """Ask no more: it can be published without the client's word again."""
    version = _locked(version)
    if version.published_at is not None or version.approval_asked_at is None:
        raise Conflict("The client is not asked about it.")
    version.approval_asked_at, version.approval_digest = None, ""
    version.save(update_fields=["approval_asked_at", "approval_digest"])
    _tell(events.ApprovalTakenBack, version, by, at)
    return version


@transaction.atomic
def approve_version(
    *, version: AgreementVersion, digest: str, signature: Signature, by: Actor, at: datetime
) -> Answer:
    """Keep the client's yes to exactly the wording they read, known by its digest."""
    version = _locked(version)
    known = queries.word_of(version)
    said_yes = known is not None and known.verdict == Answer.Verdict.ACCEPTED
    if said_yes and version.approval_digest == digest:
        return known
    document = _answerable(version, digest)
    answer = signature.accept(
        document=document, asked_at=version.approval_asked_at, at=at, agreement_version=version
    )
    _tell(events.VersionApproved, version, by, at)
    return answer


@transaction.atomic
def decline_version(
    *, version: AgreementVersion, digest: str, reason: str, signature: Signature, by: Actor,
    at: datetime,
) -> Answer:  # fmt: skip
    """Keep the client's no with its reason."""
    version = _locked(version)
    document = _answerable(version, digest)
    answer = signature.decline(
        reason=reason, document=document, asked_at=version.approval_asked_at, at=at,
        agreement_version=version,
    )  # fmt: skip
    announce(
        events.VersionDeclined(
            version.agreement_id, version.agreement.client_id, version.agreement.name,
            version.number, answer.reason[:300],
        ),
        by=by, at=at,
    )  # fmt: skip
    return answer


def _locked(version: AgreementVersion) -> AgreementVersion:
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("client")
    agreement = rows.get(pk=version.agreement_id)
    found = AgreementVersion.objects.select_related("level_version__level").filter(pk=version.pk)
    version = found.first() or version
    if version.pk is None:
        raise Conflict("This draft was discarded meanwhile.")
    version.agreement = agreement
    return version


def _answerable(version: AgreementVersion, digest: str) -> dict:
    """The document that is answered, if it is still the one that was read."""
    standing = queries.standing(version)
    if version.published_at is not None or not standing:
        raise Conflict("We do not ask about this version any more. Load the page again.")
    if standing in ("accepted", "declined"):
        raise Conflict(f"It was {standing} already; nothing was changed by this.")
    if standing == "changed" or digest != version.approval_digest:
        raise Conflict("We have changed it meanwhile. Load the page and read it again.")
    return queries.document_of(version)


def _tell(event: type, version: AgreementVersion, by: Actor, at: datetime) -> None:
    agreement = version.agreement
    announce(event(agreement.pk, agreement.client_id, agreement.name, version.number), by=by, at=at)

"""What a client is asked to approve of an agreement, and what it said."""

from datetime import date, datetime
from typing import Any

from contracts.models import AgreementVersion, Answer
from contracts.queries.agreements import terms_of
from contracts.rules import quoting, words
from contracts.rules.terms import write_terms
from tenants.context import current
from tenants.people.rules.viewer import Viewer

# Names and sentences that may be written otherwise without anything being agreed otherwise.
_NAMES = ("seller", "client", "service_level")
_WORDS = ("words",)


def document_of(version: AgreementVersion) -> dict[str, Any]:
    """Everything a version says, in values that JSON has, under the names of today."""
    agreement, level = version.agreement, version.level_version
    return {
        "kind": "agreement version",
        "seller": current().name,
        "client": agreement.client.name,
        "number": agreement.number,
        "name": agreement.name,
        "version": version.number,
        "currency": agreement.currency,
        "effective_on": version.effective_on.isoformat(),
        "ends_on": _day(agreement.ends_on),
        "renews_months": version.renews_months,
        "notice_days": version.notice_days,
        "uplift_percent": str(version.uplift_percent) if version.uplift_percent else None,
        "level_version_id": level.pk if level else None,
        "service_level": f"{level.level.name}, version {level.number}" if level else "",
        "targets": level.targets if level else {},
        "coverage": version.coverage,
        **({"credits": version.credits} if version.credits else {}),
        "lines": [
            {
                "key": str(line.line_key),
                "description": line.description,
                "kind": line.kind,
                "facts": write_terms(terms),
                "service_id": line.service_id,
                "level_version_id": line.level_version_id,
                "words": words.sentence(terms, agreement.currency),
            }
            for line, terms in terms_of(version.lines.all())
        ],
    }


def digest_of(version: AgreementVersion) -> str:
    """The mark of what a version agrees on. It stays when the client, a service level or we are
    called otherwise; the answer keeps the names as they were when it was given."""
    document = {name: said for name, said in document_of(version).items() if name not in _NAMES}
    document["lines"] = [
        {name: said for name, said in line.items() if name not in _WORDS}
        for line in document["lines"]
    ]
    return quoting.digest_of(document)


def is_as_sent(version: AgreementVersion) -> bool:
    """Whether nothing was changed since the client was asked."""
    return version.approval_digest == digest_of(version)


def word_of(version: AgreementVersion) -> Answer | None:
    """What the client answered to the request that stands."""
    if version.approval_asked_at is None:
        return None
    return version.answers.filter(asked_at=version.approval_asked_at).first()


def standing(version: AgreementVersion) -> str:
    """Where an approval stands: nothing, changed, waiting, accepted or declined."""
    if version.approval_asked_at is None:
        return ""
    if version.published_at is None and not is_as_sent(version):
        return "changed"
    word = word_of(version)
    return str(word.verdict) if word else "waiting"


def against_publishing(version: AgreementVersion) -> str:
    """Why a version whose approval was asked for cannot be published yet; empty where it can."""
    return {
        "changed": "It was changed after the client was asked to approve it. Ask again.",
        "waiting": "The client was asked to approve it and has not answered yet.",
        "declined": "The client declined it. Change it and ask again, or take the request back.",
    }.get(standing(version), "")


def to_approve(viewer: Viewer, at: datetime) -> list[AgreementVersion]:
    """The drafts a client is asked about and has not answered, as they were sent."""
    rows = AgreementVersion.objects.filter(
        agreement__client_id=viewer.client_id, published_at__isnull=True,
        approval_asked_at__isnull=False, approval_asked_at__lte=at,
    )  # fmt: skip
    known = rows.select_related("agreement__client", "level_version__level")
    return [one for one in known.prefetch_related("lines") if standing(one) == "waiting"]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None

"""The MSP's own kinds of work."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from contracts import events
from contracts.models import WorkKind
from contracts.rules.decisions import WORK_TYPES
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce

MOST_KINDS = 30


@transaction.atomic
def add_work_kind(*, name: str, by: Actor, at: datetime) -> WorkKind:
    """One more kind of work; one that was retired under this name is back."""
    named = _checked(name)
    retired = WorkKind.objects.filter(name__iexact=named, retired_at__isnull=False).first()
    if retired is not None:
        retired.retired_at = None
        retired.save(update_fields=["retired_at"])
        announce(events.WorkKindAdded(retired.pk, retired.name), by=by, at=at)
        return retired
    code = slugify(named).replace("-", "_")[:20]
    known = {word.casefold() for word in WORK_TYPES.values()}
    taken = WorkKind.objects.filter(name__iexact=named) | WorkKind.objects.filter(code=code)
    if not code or code in WORK_TYPES or named.casefold() in known or taken.exists():
        raise Refused("There is such a kind of work already.", field="name")
    if WorkKind.objects.count() >= MOST_KINDS:
        raise Refused(f"There are {MOST_KINDS} kinds of your own already.", field="name")
    kind = WorkKind.objects.create(code=code, name=named)
    announce(events.WorkKindAdded(kind.pk, kind.name), by=by, at=at)
    return kind


@transaction.atomic
def retire_work_kind(*, kind: WorkKind, by: Actor, at: datetime) -> WorkKind:
    """Nothing new is of this kind; what was written down keeps its name."""
    kind = WorkKind.objects.select_for_update().get(pk=kind.pk)
    if kind.retired_at is None:
        kind.retired_at = at
        kind.save(update_fields=["retired_at"])
        announce(events.WorkKindRetired(kind.pk, kind.name), by=by, at=at)
    return kind


def _checked(name: str) -> str:
    named = " ".join(name.replace("\x00", " ").split())
    if not named:
        raise Refused("Name the kind of work.", field="name")
    if len(named) > 60:
        raise Refused("The name has at most 60 characters.", field="name")
    return named

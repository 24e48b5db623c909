"""Which check a ping's slug means, and making what is not known yet when it is asked for.

At a site a new slug is a new device, behind the key of a device it is a new job of that one.
"""

import time
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError

from monitoring import queries
from monitoring.actions import enrolment
from monitoring.ingest.answers import Problem, later
from monitoring.ingest.directory import Key, Known, inside
from msp.kit.refs import system
from msp.kit.refusals import Refused

KEEP_SECONDS = 10.0
MOST_SLUGS = 10_000
MOST_SLUG = 60  # of a check; a device's spelling may be longer


def check_of(
    known: Known, key: Key, slug: str, *, create: bool, period: int | None = None
) -> tuple[int, bool]:
    """The check's id, and whether it was made just now; raises Problem where there is not one.

    One that is made is expected each `period`, where that is not the usual; with 0 it is not.
    """
    kept = known.slugs.get((key.id, slug))
    if kept and kept[0] > time.monotonic():
        return kept[1], False
    try:
        with inside(known.tenant):
            check_id, created = _look(key, slug, create, period)
    except (InterfaceError, OperationalError) as error:
        if kept:
            return kept[1], False
        raise later("The database does not answer.") from error
    if len(known.slugs) > MOST_SLUGS:
        known.slugs.clear()
    known.slugs[(key.id, slug)] = (time.monotonic() + KEEP_SECONDS, check_id)
    return check_id, created


def _look(key: Key, slug: str, create: bool, period: int | None) -> tuple[int, bool]:
    found = queries.pinged(site_id=key.site_id, device_id=key.device_id, slug=slug)
    if len(found) > 1:
        names = ", ".join(target.device_name for target in found[:5])
        raise Problem(
            409, f"Several devices of this site answer to {slug}: {names}.", code="ambiguous"
        )
    if not found and not create:
        raise Problem(404, f"Nothing here is called {slug}. Add ?create=1 to make it.")
    if found and found[0].check_id is not None:
        return found[0].check_id, False
    job = slug if key.device_id is not None and not found else queries.HEARTBEAT
    if len(job) > MOST_SLUG:
        raise Problem(400, f"A slug has at most {MOST_SLUG} characters.", field="slug")
    at, by = datetime.now(UTC), system("Monitoring")
    host = found[0].device_name if found else slug
    try:
        check = enrolment.enrol(
            key_id=key.id, host=host, slug=job, period=period, grace=period, by=by, at=at
        )
    except Refused as refused:
        enrolment.refuse(key_id=key.id, name=slug, reason=refused.reason, by=by, at=at)
        raise Problem(403, refused.reason, code="not_enrolled", field="slug") from None
    return check.pk, not found

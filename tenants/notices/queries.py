"""Reading what people are told."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.module_loading import import_string

from msp.kit.live import Told
from msp.kit.slots import News, fills, news
from tenants.notices.models import Notice
from tenants.people.rules.viewer import Viewer


def unread(viewer: Viewer) -> int:
    """How many notices wait, for the sidebar."""
    return Notice.objects.filter(person_id=viewer.person_id, read_at__isnull=True).count()


def alerts_wait(at: datetime) -> bool:
    """Whether anybody is to be told something outside the product by now."""
    return Notice.objects.filter(send_at__lte=at).exists()


def people_with_alerts(at: datetime) -> list[int]:
    """Those with an alert that may leave by now."""
    due = Notice.objects.filter(send_at__lte=at).order_by("person_id")
    return list(due.values_list("person_id", flat=True).distinct())


def heard_by(viewer: Viewer, told: Iterable[Told]) -> Iterator[str]:
    """The names this person may learn, in at most one question whatever the number of names.

    Staff need the permission of the noun's room. A client's people hear only happenings that
    refer to their own client, and of those only what portal pages show.
    """
    known = viewer if viewer.is_staff else _as_contact(viewer)
    if known is None:
        return
    declared = news()
    for one in told:
        if _concerns(known, one):
            yield from (name for name in one.names if _may_hear(known, name, declared))


def _as_contact(viewer: Viewer) -> Viewer | None:
    """The room of clients knows whose contact a portal person is; None when nobody's."""
    for path in fills("portal-viewer"):
        return import_string(path)(viewer)
    return None


def _concerns(viewer: Viewer, one: Told) -> bool:
    if one.person_id is not None:
        return one.person_id == viewer.person_id
    return viewer.is_staff or f"client-{viewer.client_id}" in one.names


def _may_hear(viewer: Viewer, name: str, declared: dict[str, News]) -> bool:
    noun = name.partition("-")[0]
    rule = declared.get(noun)
    if rule is None:
        return False
    if viewer.is_staff:
        return not rule.permission or rule.permission in viewer.permissions
    return rule.portal and (noun != "client" or name == f"client-{viewer.client_id}")

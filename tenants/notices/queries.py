"""Reading what people are told."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.apps import apps
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from msp.kit.live import Told
from msp.kit.sealing import unseal
from msp.kit.slots import News, fills, news
from tenants.context import current_schema
from tenants.notices.models import Channel, Mail, Notice, Outgoing
from tenants.notices.rules.webhooks import holds_up
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


def about(ident: str) -> str:
    """What a channel's seal is about: itself, in this MSP."""
    return f"{current_schema()}:channel:{ident}"


def secret_of(channel: Channel) -> str:
    """The address of a service, or what a webhook signs with."""
    return unseal(channel.secret, about=about(channel.ident))


def feeds() -> list[tuple[str, str]]:
    """What webhooks may be told of: each room names its own on its AppConfig, as `feeds`."""
    return [one for config in apps.get_app_configs() for one in getattr(config, "feeds", [])]


def channels(
    *, person_id: int | None = None, of_msp: bool = False
) -> QuerySet[Channel]:  # fmt: skip
    """The channels of a person; else those of the teams, or of the MSP as a whole."""
    rows = Channel.objects.filter(removed_at__isnull=True).select_related("team")
    if person_id is not None:
        return rows.filter(person_id=person_id).order_by("name", "pk")
    return rows.filter(person__isnull=True, team__isnull=of_msp).order_by("name", "pk")


def outgoing_waits(at: datetime) -> list[int]:
    """Channels with something due."""
    due = _due_outgoing(at).order_by("channel_id")
    return list(due.values_list("channel_id", flat=True).distinct())


def outgoing_due(channel_id: int, at: datetime, limit: int = 50) -> list[int]:
    """What one channel is owed by now, oldest first; a feed waits behind one that is to wait."""
    rows = Outgoing.objects.filter(
        channel_id=channel_id, done_at__isnull=True, gave_up_at__isnull=True
    )
    found: list[int] = []
    for pk, next_at, kind, status in rows.order_by("pk").values_list(
        "pk", "next_at", "kind", "status"
    )[: 10 * limit]:
        if next_at <= at:
            found.append(pk)
        elif holds_up(status, alert=kind == "alert"):
            break
    return found[:limit]


def _due_outgoing(at: datetime) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(next_at__lte=at, done_at__isnull=True, gave_up_at__isnull=True)


def deliveries(*, failed: bool) -> QuerySet[Outgoing]:
    """What was sent to channels, newest first; `failed`: only what did not arrive."""
    rows = Outgoing.objects.select_related("channel").order_by("-created_at", "-pk")
    return rows.filter(done_at__isnull=True, tries__gt=0) if failed else rows


def letters_given_up(give_up: int) -> QuerySet[Mail]:
    """Mail that was tried as often as we do."""
    rows = Mail.objects.filter(sent_at__isnull=True, tries__gte=give_up)
    return rows.order_by("-created_at", "-pk")


def failing(give_up: int) -> int:
    """How many messages somebody has to look at."""
    lost = Outgoing.objects.filter(gave_up_at__isnull=False, channel__removed_at__isnull=True)
    return lost.count() + letters_given_up(give_up).count()


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

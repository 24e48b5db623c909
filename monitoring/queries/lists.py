"""Lists of checks, keys and what could not be stored."""

from django.db.models import Count, Q, QuerySet

from contracts.clients.models import Device
from monitoring.models import Check, DeadLetter, EnrolmentKey, HostAlias
from monitoring.queries.standing import RANKS, Pulse, with_state


def checks_of(device_id: int, now: Pulse) -> list[Check]:
    """A device's checks, the heartbeat first."""
    rows = with_state(Check.objects.filter(device_id=device_id), now)
    return sorted(rows, key=lambda one: (one.slug != "heartbeat", one.name))


def list_checks(now: Pulse, *, state: str = "", q: str = "", client: str = "") -> QuerySet[Check]:
    """Every check of devices in service, the worst first."""
    rows = with_state(Check.objects.filter(device__retired_on__isnull=True), now)
    if state in RANKS:
        rows = rows.filter(state=state)
    if client:
        rows = rows.filter(device__client__slug=client)
    if q:
        rows = rows.filter(Q(device__name__icontains=q) | Q(name__icontains=q))
    rows = rows.select_related("device__client")
    return rows.order_by("-rank", "device__name", "name", "pk")


def list_keys(*, state: str = "", q: str = "") -> QuerySet[EnrolmentKey]:
    """Enrolment keys in use, or the revoked ones, by client and site."""
    rows = EnrolmentKey.objects.filter(revoked_at__isnull=state != "revoked")
    if q:
        found = (
            Q(name__icontains=q) | Q(site__name__icontains=q) | Q(site__client__name__icontains=q)
        )
        rows = rows.filter(found | Q(prefix__istartswith=q))
    rows = rows.select_related("site__client").annotate(
        enrolled=Count("checks", distinct=True), waiting=Count("refused", distinct=True)
    )
    return rows.order_by("site__client__name", "site__name", "-created_at", "pk")


def list_letters(*, replayed: bool = False) -> QuerySet[DeadLetter]:
    """What was taken and could not be stored, the newest first."""
    return DeadLetter.objects.filter(replayed_at__isnull=not replayed).order_by("-at", "-pk")


def letters_waiting() -> int:
    """How many of them nobody has sent through again."""
    return DeadLetter.objects.filter(replayed_at__isnull=True).count()


def device_names(key: EnrolmentKey) -> list[str]:
    """What a refused name of a key may be another name of."""
    rows = Device.objects.filter(client_id=key.site.client_id, retired_on__isnull=True)
    return list(rows.order_by("name").values_list("name", flat=True)[:2000])


def aliases_of(device_id: int) -> list[HostAlias]:
    """The other names a device reports under."""
    return list(HostAlias.objects.filter(device=device_id))

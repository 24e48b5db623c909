"""Reading clients, their places, people and devices."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from contracts.clients.models import Client, Contact, Device, Site
from tenants.people.rules.viewer import Viewer

MOST_FOUND = 6


def client_by_slug(slug: str, viewer: Viewer) -> Client | None:
    """The client of an address, if the viewer may see it."""
    return Client.objects.visible_to(viewer).filter(slug=slug).first()


def contact_by_email(email: str) -> Contact | None:
    """The contact who writes from this address; matching, never permission."""
    return (
        Contact.objects.select_related("client")
        .filter(email__iexact=email.strip(), archived_at__isnull=True)
        .first()
    )


def has_clients() -> bool:
    """Whether a new MSP has taken on anybody yet."""
    return Client.objects.exists()


def search_clients(viewer: Viewer, text: str) -> list[Client]:
    """The clients whose name contains the text."""
    rows = Client.objects.visible_to(viewer).filter(archived_at__isnull=True)
    return list(rows.filter(name__icontains=text)[:MOST_FOUND])


def search_contacts(viewer: Viewer, text: str) -> list[Contact]:
    """The contacts whose name or address contains the text."""
    rows = Contact.objects.visible_to(viewer).filter(archived_at__isnull=True)
    found = rows.filter(Q(name__icontains=text) | Q(email__istartswith=text))
    return list(found.select_related("client")[:MOST_FOUND])


def search_devices(viewer: Viewer, text: str) -> list[Device]:
    """The devices in service whose name or serial number contains the text."""
    rows = Device.objects.visible_to(viewer).filter(retired_on__isnull=True)
    found = rows.filter(Q(name__icontains=text) | Q(serial__iexact=text))
    return list(found.select_related("client")[:MOST_FOUND])


# -- lists ---------------------------------------------------------------------------------------

_CLIENT_ORDERS = {"name": "name", "devices": "device_count", "users": "user_count"}
_DEVICE_ORDERS = {
    "name": "name",
    "client": "client__name",
    "kind": "kind",
    "since": "counts_from_on",
}
_IN_SERVICE = Q(retired_on__isnull=True)
_COUNTING = Q(counts_from_on__isnull=False, counts_until_on__isnull=True, archived_at__isnull=True)


@dataclass(frozen=True)
class ClientHead:
    """The figures every page of a client carries on its tabs."""

    devices: int
    people: int
    users: int
    sites: int


def client_head(client: Client) -> ClientHead:
    """How many devices, people, users and sites a client has now."""
    people = client.contacts.filter(archived_at__isnull=True).aggregate(
        all=Count("pk"), users=Count("pk", filter=_COUNTING)
    )
    devices = client.devices.filter(_IN_SERVICE).count()
    return ClientHead(devices, people["all"], people["users"], client.sites.count())


def list_clients(
    viewer: Viewer, *, q: str = "", segment: str = "", state: str = "", sort: str = ""
) -> QuerySet[Client]:
    """Clients with what they have in numbers; the archived ones only when asked for."""
    rows = Client.objects.visible_to(viewer).filter(archived_at__isnull=state != "archived")
    if q:
        rows = rows.filter(name__icontains=q)
    if segment:
        rows = rows.filter(segment=segment)
    rows = rows.annotate(
        device_count=_counted(Device.objects.filter(_IN_SERVICE)),
        user_count=_counted(Contact.objects.filter(_COUNTING)),
        site_count=_counted(Site.objects.all()),
    )
    return rows.order_by(*_order(sort, _CLIENT_ORDERS), "name")


def list_devices(
    viewer: Viewer, *, q: str = "", kind: str = "", client: str = "", site: str = "",
    state: str = "", sort: str = "",
) -> QuerySet[Device]:  # fmt: skip
    """Devices in service, or the retired ones; found by name or serial number."""
    rows = Device.objects.visible_to(viewer).filter(retired_on__isnull=state != "retired")
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(serial__iexact=q))
    if kind:
        rows = rows.filter(kind=kind)
    if client:
        rows = rows.filter(client__slug=client)
    if site.isascii() and site.isdigit():
        rows = rows.filter(site_id=int(site))
    rows = rows.select_related("client", "site", "owner")
    return rows.order_by(*_order(sort, _DEVICE_ORDERS), "name", "pk")


def list_contacts(client: Client, *, q: str = "", show: str = "") -> QuerySet[Contact]:
    """A client's people; `users` and `portal` narrow to those who count or may sign in."""
    rows = client.contacts.filter(archived_at__isnull=True).select_related("site")
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(email__istartswith=q))
    if show == "users":
        rows = rows.filter(_COUNTING)
    elif show == "portal":
        rows = rows.exclude(portal_role="")
    return rows.order_by("name", "pk")


def list_sites(client: Client) -> list[Site]:
    """A client's places with how many devices stand there."""
    return list(
        client.sites.annotate(device_count=Count("devices", filter=Q(devices__retired_on=None)))
    )


def people_to_know(client: Client) -> list[Contact]:
    """Whom to call: portal administrators first, then those with a title."""
    rows = client.contacts.filter(archived_at__isnull=True)
    found = rows.filter(Q(portal_role="admin") | ~Q(title=""))
    return sorted(found[:20], key=lambda one: (one.portal_role != "admin", one.name))[:4]


def client_names(viewer: Viewer) -> list[tuple[str, str]]:
    """Slug and name of every client, for choices."""
    rows = Client.objects.visible_to(viewer).filter(archived_at__isnull=True)
    return list(rows.values_list("slug", "name"))


def class_labels() -> list[tuple[str, str]]:
    """The classes of countable units with their words, other units last."""
    return [
        *Device.Kind.choices, ("user", "Users"), ("licence", "Licences"), ("meter", "Meters"),
    ]  # fmt: skip


def _counted(rows: QuerySet) -> Coalesce:
    """How many of the rows a client has, as a subquery: joins would multiply each other."""
    per_client = rows.filter(client=OuterRef("pk")).order_by().values("client")
    return Coalesce(Subquery(per_client.annotate(n=Count("pk")).values("n")), 0)


def _order(sort: str, known: dict[str, str]) -> list[str]:
    name = known.get(sort.removeprefix("-"))
    return [("-" if sort.startswith("-") else "") + name] if name else []

"""Service levels, read once per process: a version never changes."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import OuterRef, Q, QuerySet, Subquery

from contracts.models import AgreementVersion, Service, ServiceLevel, ServiceLevelVersion
from contracts.rules import calendar as calendars
from contracts.rules.calendar import SupportCalendar
from contracts.rules.policy import Policy, read_policy
from tenants.context import current_schema


@dataclass(frozen=True)
class Level:
    """A promise as its version says it. `targets` maps a priority to seconds by promise."""

    version_id: int
    name: str
    number: int
    targets: dict[str, dict[str, int]]
    calendar: SupportCalendar
    calendar_name: str
    pauses_response: bool
    policy: Policy = field(default_factory=Policy)


def level(version_id: int) -> Level:
    """The promise of a service level's version."""
    return _level(current_schema(), version_id)


@lru_cache(maxsize=2048)
def _level(schema: str, version_id: int) -> Level:
    version = ServiceLevelVersion.objects.select_related("level").get(pk=version_id)
    return Level(
        version.pk,
        version.level.name,
        version.number,
        version.targets,
        calendars.from_dict(version.calendar),
        version.calendar_name,
        version.pauses_response,
        read_policy(version.policy),
    )


def forget() -> None:
    """Drop what is remembered; for tests, whose databases begin anew."""
    _level.cache_clear()


@dataclass(frozen=True)
class Catalogue:
    """What a draft may choose from: the newest version of each level, and services on offer.

    `units` are the client's devices and people by what counts them and by name.
    """

    levels: dict[int, ServiceLevelVersion]
    services: dict[int, Service]
    sites: dict[int, str]
    units: dict[str, dict[str, int]]

    @property
    def level_choices(self) -> list[tuple[int, str]]:
        return [
            (pk, f"{one.level.name}, version {one.number} ({one.calendar_name})")
            for pk, one in self.levels.items()
        ]

    @property
    def service_choices(self) -> list[tuple[int, str]]:
        return [(pk, service.name) for pk, service in self.services.items()]


def catalogue(version: AgreementVersion) -> Catalogue:
    """The choices for a draft; what it names already stays possible though there is newer."""
    lines = list(version.lines.all())
    named = {version.level_version_id, *(line.level_version_id for line in lines)}
    newest = ServiceLevelVersion.objects.filter(level=OuterRef("level")).order_by("-number")
    levels = (
        ServiceLevelVersion.objects.select_related("level")
        .filter(Q(pk=Subquery(newest.values("pk")[:1])) | Q(pk__in=named - {None}))
        .order_by("level__name", "-number")
    )
    kept = {line.service_id for line in lines} - {None}
    services = Service.objects.filter(Q(retired_at__isnull=True) | Q(pk__in=kept))
    client = version.agreement.client
    return Catalogue(
        {one.pk: one for one in levels},
        {one.pk: one for one in services},
        dict(client.sites.values_list("pk", "name")),
        {
            "per_device": _by_name(client.devices.filter(retired_on__isnull=True)),
            "per_user": _by_name(client.contacts.filter(archived_at__isnull=True)),
            "per_licence": {
                name.casefold(): pk
                for name, pk in client.holdings.filter(
                    kind="licence", ended_on__isnull=True
                ).values_list("name", "pk")
            },
            "usage": {
                name.casefold(): pk
                for name, pk in client.holdings.filter(
                    kind="meter", ended_on__isnull=True
                ).values_list("name", "pk")
            },
        },
    )


def _by_name(rows: QuerySet) -> dict[str, int]:
    return {name.casefold(): pk for name, pk in rows.values_list("name", "pk")}


def newest_levels() -> list[ServiceLevelVersion]:
    """The newest version of every level, by name."""
    newest = ServiceLevelVersion.objects.filter(level=OuterRef("level")).order_by("-number")
    rows = ServiceLevelVersion.objects.filter(pk=Subquery(newest.values("pk")[:1]))
    return list(rows.select_related("level").order_by("level__name"))


def level_users(found: ServiceLevel) -> list[AgreementVersion]:
    """The versions of agreements that promise any version of this level, the newest first."""
    rows = AgreementVersion.objects.filter(
        Q(level_version__level=found) | Q(lines__level_version__level=found),
        published_at__isnull=False,
        superseded_on__isnull=True,
    )
    return list(
        rows.select_related("agreement__client", "level_version").distinct().order_by("-pk")[:50]
    )

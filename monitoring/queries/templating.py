"""What templates ask of devices, and what following them would do."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from contracts import queries as contracts
from contracts.clients.models import Device
from contracts.models import Offer
from monitoring.models import Check, CheckTemplate, Series
from monitoring.queries.definitions import demanded, of_check, of_template
from monitoring.rules import templating, thresholds
from monitoring.rules.definitions import Definition
from monitoring.rules.templating import Present, Steps, Template, slug_of
from msp.kit.refusals import Refused

SAID = (
    "kind", "series", "period_seconds", "grace_seconds", "schedule", "zone", "fail_threshold",
    "limits",
)  # fmt: skip


def typed(
    *, device_class: str, name: str, definition: Definition, at: datetime, slug: str = "",
    offer: Offer | None = None,
) -> CheckTemplate:  # fmt: skip
    """A template as it is typed, not kept; refused where it cannot be."""
    if device_class not in Device.Kind.values:
        raise Refused(f"There is no device class {device_class!r:.40}.", field="device_class")
    if not name.strip():
        raise Refused("A check needs a name.", field="name")
    demanded(definition, at)
    if slug_of(slug or name) == "heartbeat":
        raise Refused("Every device that reports has its heartbeat already.", field="name")
    schedule = definition.schedule
    return CheckTemplate(
        device_class=device_class, slug=slug_of(slug or name)[:40], name=name.strip()[:80],
        kind=definition.kind, series=definition.series, period_seconds=definition.period,
        grace_seconds=definition.grace, schedule=schedule.expression if schedule else "",
        zone=schedule.zone if schedule else "", fail_threshold=definition.fail_threshold,
        limits=thresholds.kept_limits(definition.limits) if definition.limits else None,
        offer=offer,
    )  # fmt: skip


def rule_of(row: CheckTemplate) -> Template:
    """The template as the rules want it."""
    return Template(
        row.pk or 0, row.device_class, row.slug, row.name, of_template(row), row.offer_id
    )


def facts_of(row: CheckTemplate) -> dict[str, Any]:
    """What a template asks for, in values that JSON has."""
    return {name: getattr(row, name) for name in SAID}


def ever_asked(rows: Iterable[CheckTemplate]) -> dict[int, list[Definition]]:
    """What each template asks for, and asked for before."""
    return {
        row.pk: [of_template(row), *(of_template(CheckTemplate(**facts)) for facts in row.past)]
        for row in rows
    }


def steps_for(
    devices: Sequence[Device], at: datetime, rows: Sequence[CheckTemplate] | None = None
) -> dict[int, Steps]:
    """What follows for some devices from templates: from those there are, or from others."""
    kept = list(CheckTemplate.objects.all()) if rows is None else list(rows)
    return _steps(devices, _facts(devices, kept, at), kept)


@dataclass(frozen=True)
class _Facts:
    """What is known of devices, by device: their checks, values, and what looks after them."""

    present: dict[int, list[Present]]
    series: dict[int, list[str]]
    offers: dict[int, int | None]


def _facts(devices: Sequence[Device], rows: Sequence[CheckTemplate], at: datetime) -> _Facts:
    """Read once, and of the values only those that templates are about."""
    offers = _offers_of(devices, at) if any(row.offer_id for row in rows) else {}
    return _Facts(_present(devices), _series(devices, {row.series for row in rows}), offers)


def _steps(
    devices: Sequence[Device], facts: _Facts, rows: Sequence[CheckTemplate]
) -> dict[int, Steps]:
    templates, ever = [rule_of(row) for row in rows], ever_asked(rows)
    found = {}
    for device in devices:
        wanted = templating.asked_for(templates, device.kind, facts.offers.get(device.pk))
        names = facts.series[device.pk]
        asked = [ask for one in wanted for ask in templating.asked_of(one, names)]
        found[device.pk] = templating.steps(asked, facts.present[device.pk], ever)
    return found


def _offers_of(devices: Iterable[Device], at: datetime) -> dict[int, int | None]:
    by_client: dict[int, list[Device]] = defaultdict(list)
    for device in devices:
        by_client[device.client_id].append(device)
    found: dict[int, int | None] = {}
    for client_id, some in by_client.items():
        found |= contracts.covering_offers(client_id=client_id, devices=some, at=at)
    return found


def _present(devices: Sequence[Device]) -> dict[int, list[Present]]:
    found: dict[int, list[Present]] = {device.pk: [] for device in devices}
    rows = Check.objects.filter(device__in=[device.pk for device in devices])
    for row in rows.select_related("series"):
        found[row.device_id].append(
            Present(
                row.pk, row.slug, of_check(row), row.template_id, row.let_go_at is not None,
                row.status == Check.Status.PAUSED,
            )
        )  # fmt: skip
    return found


def _series(devices: Sequence[Device], patterns: Iterable[str]) -> dict[int, list[str]]:
    """The values of devices that any of these is about, in the order they came first."""
    found: dict[int, list[str]] = {device.pk: [] for device in devices}
    about = Q(pk__in=[])
    for one in patterns:
        about |= Q(name__startswith=one[:-1]) if one.endswith("*") else Q(name=one)
    rows = Series.objects.filter(about, device__in=[device.pk for device in devices])
    for device_id, name in rows.order_by("pk").values_list("device_id", "name"):
        found[device_id].append(name)
    return found


@dataclass(frozen=True)
class Preview:
    """What a template would do if it were kept as it is typed, in numbers and by name.

    `kept` are checks that somebody defined otherwise: they stay. `beyond` are devices of the class
    that were not looked at.
    """

    devices: int
    made: int
    changed: int
    resumed: int
    paused: int
    kept: int
    names: tuple[tuple[str, str], ...]
    beyond: int = 0

    @property
    def any(self) -> bool:
        return bool(self.made or self.changed or self.resumed or self.paused)


MOST_NAMED = 12
MOST_LOOKED_AT = 500  # it is asked for while somebody types


def preview(typed: CheckTemplate, at: datetime) -> Preview:
    """What keeping a template would change, beside what its devices owe the others already."""
    of_class = Device.objects.filter(kind=typed.device_class, retired_on__isnull=True)
    devices = list(of_class.order_by("name", "pk")[:MOST_LOOKED_AT])
    beyond = of_class.count() - len(devices) if len(devices) == MOST_LOOKED_AT else 0
    rows = list(CheckTemplate.objects.filter(device_class=typed.device_class))
    facts = _facts(devices, [*rows, typed], at)
    before = _steps(devices, facts, rows)
    same = [one for one in rows if (one.slug, one.offer_id) == (typed.slug, typed.offer_id)]
    others = [one for one in rows if one not in same]
    if same:
        typed.pk = same[0].pk
        typed.past = [facts_of(same[0]), *same[0].past]
    after = _steps(devices, facts, [*others, typed])
    found = _counted(devices, {pk: _beyond(after[pk], before[pk]) for pk in after})
    return replace(found, beyond=beyond)


def _beyond(after: Steps, before: Steps) -> Steps:
    """What one would do and the other would not."""
    return Steps(*(
        tuple(one for one in getattr(after, name) if one not in getattr(before, name))
        for name in ("make", "change", "resume", "link", "pause", "keep")
    ))  # fmt: skip


def _counted(devices: Sequence[Device], found: dict[int, Steps]) -> Preview:
    count: Counter[str] = Counter()
    names = []
    for device in devices:
        steps = found[device.pk]
        for name in ("make", "change", "resume", "pause", "keep"):
            count[name] += len(getattr(steps, name))
        said = _said(steps)
        if said:
            names.append((device.name, said))
    return Preview(
        len(names), count["make"], count["change"], count["resume"], count["pause"],
        count["keep"], tuple(names[:MOST_NAMED]),
    )  # fmt: skip


def _said(steps: Steps) -> str:
    parts = [f"{one.name} is added" for one in steps.make]
    parts += [f"{one.name} is changed" for _had, one in steps.change]
    parts += [f"{one.name} goes on" for _had, one in steps.resume]
    parts += [f"{one.slug.lstrip('=')} is paused" for one in steps.pause]
    parts += [f"{one.name} stays as somebody made it" for _had, one in steps.keep]
    return ", ".join(parts)

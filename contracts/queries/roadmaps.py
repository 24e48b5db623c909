"""Road maps as they are read: what this room shows of a client, and phases with their prices."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from contracts.clients.models import Client, Device
from contracts.models import QuestionSet, Roadmap, Service
from contracts.queries.agreements import in_force, published
from contracts.queries.composing import Proposed, proposed
from contracts.queries.covering import cover_devices
from contracts.queries.pricing import known_units
from contracts.rules import quoting
from contracts.rules import roadmap as rules
from contracts.rules.pricing import NoPrice
from contracts.rules.quoting import QuotedLine, Sums
from contracts.rules.quoting.content import read_priced
from msp.kit.periods import local_date


def signals_of(client: Client, at: datetime) -> list[rules.Signal]:
    """What the register and the agreements show: devices too old, uncovered, people unserved."""
    day = local_date(at, client.zone)
    devices = list(client.devices.filter(retired_on__isnull=True))
    people = client.contacts.filter(archived_at__isnull=True)
    counted = people.filter(counts_from_on__isnull=False).filter(
        Q(counts_until_on__isnull=True) | Q(counts_until_on__gt=day)
    )
    everybody, served = people.count(), counted.count()
    return [
        *_of_devices(client, devices, day, at),
        rules.Signal(
            "unserved", "support",
            f"{everybody - served} of {everybody} people are on no service", everybody - served,
            everybody,
        ),
    ]  # fmt: skip


def _of_devices(
    client: Client, devices: list[Device], day: date, at: datetime
) -> list[rules.Signal]:
    known = len(devices)
    old = sum(one.warranty_until_on is not None and one.warranty_until_on < day for one in devices)
    covers = cover_devices(client_id=client.pk, devices=devices, at=at) if devices else {}
    bare = sum(not covers[one.pk].covered for one in devices)
    return [
        rules.Signal("warranty", "devices", f"{old} of {known} devices are out of warranty",
                     old, known),
        rules.Signal("uncovered", "devices", f"{bare} of {known} devices have no cover", bare,
                     known),
    ]  # fmt: skip


def is_greenfield(client: Client, at: datetime) -> bool:
    """Whether the client has nothing yet: no agreement that holds, and no device we look after."""
    day = local_date(at, client.zone)
    held = any(
        (span := in_force(version)) and span.contains(day) for version in published(client.pk)
    )
    return not held and not client.devices.filter(retired_on__isnull=True).exists()


def house_questions() -> tuple[rules.Question, ...]:
    """What this MSP asks: its own questions, else those every MSP begins with."""
    newest = QuestionSet.objects.first()
    return rules.read_questions(newest.questions) if newest else rules.QUESTIONS


def questions_of(roadmap: Roadmap) -> tuple[rules.Question, ...]:
    """What a road map was assessed by."""
    return rules.read_questions(roadmap.questions) if roadmap.questions else rules.QUESTIONS


def plannable() -> list[rules.Known]:
    """The services on offer, as a plan may choose from them."""
    rows = Service.objects.filter(retired_at=None).order_by("domain", "name", "pk")
    return [rules.Known(one.pk, one.domain, one.name) for one in rows]


@dataclass(frozen=True)
class Priced:
    """A service of a phase with its price of the day; without one `line` is missing."""

    service: Service
    line: Proposed | None
    amount: Decimal
    every: str


@dataclass(frozen=True)
class Stage:
    """A phase as it is read: its findings in words, its services priced, what it adds up to."""

    phase: rules.Phase
    findings: list[rules.Finding]
    services: list[Priced]
    sums: Sums


@dataclass(frozen=True)
class Told:
    """A road map as its page shows it."""

    scores: list[rules.Score]
    overall: int | None
    findings: list[rules.Finding]
    stages: list[Stage]
    sums: Sums


def told_of(roadmap: Roadmap, day: date) -> Told:
    """Scores, findings and phases with the prices of a day."""
    signals = rules.read_signals(roadmap.signals)
    asked = questions_of(roadmap)
    found = rules.findings(roadmap.answers, signals, asked)
    scores = rules.scores(roadmap.answers, signals, asked)
    stages = stages_of(roadmap, day, found)
    sums = [one.sums for one in stages]
    whole = Sums(
        *(sum((getattr(one, name) for one in sums), Decimal(0))
          for name in ("once", "month", "quarter", "year"))
    )  # fmt: skip
    return Told(scores, rules.overall(scores), found, stages, whole)


def stages_of(roadmap: Roadmap, day: date, found: list[rules.Finding] | None = None) -> list[Stage]:
    """Each phase with its services at the prices of a day."""
    phases = rules.read_phases(roadmap.phases)
    wanted = {pk for phase in phases for pk in phase.services}
    services = Service.objects.in_bulk(wanted)
    units = known_units([roadmap.client_id])[roadmap.client_id]
    by_key = {one.key: one for one in found or []}
    priced = {pk: _priced(roadmap, service, day, units) for pk, service in services.items()}
    return [
        Stage(
            phase,
            [by_key[key] for key in phase.findings if key in by_key],
            rows := [priced[pk] for pk in phase.services if pk in priced],
            _sums(rows, roadmap.currency),
        )
        for phase in phases
    ]


def phases_of(roadmap: Roadmap) -> list[rules.Phase]:
    """The phases of a plan with their days."""
    return list(rules.read_phases(roadmap.phases))


def _priced(roadmap: Roadmap, service: Service, day: date, units: list) -> Priced:
    try:
        line = proposed(
            client=roadmap.client, currency=roadmap.currency, day=day, service=service,
            units=units,
        )  # fmt: skip
    except NoPrice:
        return Priced(service, None, Decimal(0), "month")
    figure = quoting.figures([quoted(line)], roadmap.currency)[0]
    return Priced(service, line, figure.amount, figure.every)


def quoted(line: Proposed) -> QuotedLine:
    """A proposed line as a quote reckons with it."""
    terms = read_priced(line.kind, line.facts)
    return QuotedLine(
        str(line.service.pk), line.service.name, terms, terms, line.quantity,
        service_id=line.service.pk,
    )  # fmt: skip


def _sums(rows: list[Priced], currency: str) -> Sums:
    lines = [quoted(one.line) for one in rows if one.line]
    return quoting.sums(quoting.figures(lines, currency))

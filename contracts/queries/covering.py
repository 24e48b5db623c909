"""Is this covered, by which line, and held to whose promise? With the reason, for later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from contracts.clients.models import Client, Device
from contracts.models import AgreementLine, AgreementVersion
from contracts.queries.agreements import in_force, published
from contracts.rules import coverage as rules
from contracts.rules.terms import PerDevice, read_terms
from msp.kit.periods import local_date


@dataclass(frozen=True)
class Cover:
    """The agreement line that covers, the promise that follows, and why.

    Without a covering line the client's agreement may still promise a service level: then
    `agreement_id` and `level_version_id` are set and `covered` is False.
    """

    agreement_id: int | None
    agreement_name: str
    line_id: int | None
    level_version_id: int | None
    covered: bool
    reason: str
    failed: tuple[str, ...] = ()


def coverage(*, client_id: int, device_id: int | None, at: datetime) -> Cover:
    """Whether a device, or without one the client's people, is covered at an instant."""
    day = _local_day(client_id, at)
    held = _nearest(published(client_id), day)
    if device_id is None:
        return _for_people(held, day)
    device = Device.objects.get(pk=device_id, client_id=client_id)
    return _for_device(held, device, day)


def cover_devices(
    *, client_id: int, devices: Iterable[Device], at: datetime,
    versions: Iterable[AgreementVersion] | None = None,
) -> dict[int, Cover]:  # fmt: skip
    """The same for many devices of one client; `versions` are all its published, where known."""
    day = _local_day(client_id, at)
    held = _nearest(published(client_id) if versions is None else versions, day)
    return {device.pk: _for_device(held, device, day) for device in devices}


def _local_day(client_id: int, at: datetime) -> date:
    zone = Client.objects.values_list("zone", flat=True).get(pk=client_id)
    return local_date(at, zone)


def _nearest(versions: Iterable[AgreementVersion], day: date) -> list[AgreementVersion]:
    """Of each agreement the version of the day, else the nearest, whose dates then fail."""
    by_agreement: dict[int, AgreementVersion] = {}
    for version in versions:
        span = in_force(version)
        kept = by_agreement.get(version.agreement_id)
        if span and (kept is None or span.start <= day):
            by_agreement[version.agreement_id] = version
    return list(by_agreement.values())


def _for_device(held: list[AgreementVersion], device: Device, day: date) -> Cover:
    by_line = {line.pk: (version, line) for version in held for line in version.lines.all()}
    lines = [_rule_line(version, line) for version, line in by_line.values()]
    picked = rules.pick(lines, rules.Device(device.kind, device.site_id), day)
    failed = tuple(
        f'"{one.line.name}" of {one.line.agreement}: {reason}'
        for one in picked.passed_over
        for reason in one.failed
    )
    if picked.line is None:
        return _uncovered(held, day, picked.reason, failed)
    version, line = by_line[picked.line.line_id]
    promise = rules.promise(_offers(version, line))
    return Cover(
        version.agreement_id, version.agreement.name, line.pk, promise.policy_id, True,
        f"{picked.reason} {promise.reason}", failed,
    )  # fmt: skip


def _for_people(held: list[AgreementVersion], day: date) -> Cover:
    for version in _today(held, day):
        promise = rules.promise(_offers(version))
        return Cover(
            version.agreement_id, version.agreement.name, None, promise.policy_id, True,
            f"{version.agreement.name} covers the client's people. {promise.reason}",
        )  # fmt: skip
    return Cover(None, "", None, None, False, "No agreement is in force for this client.")


def _uncovered(
    held: list[AgreementVersion], day: date, reason: str, failed: tuple[str, ...]
) -> Cover:
    for version in _today(held, day):
        promise = rules.promise(_offers(version))
        return Cover(
            version.agreement_id, version.agreement.name, None, promise.policy_id, False,
            f"{reason} {promise.reason}", failed,
        )  # fmt: skip
    return Cover(None, "", None, None, False, reason, failed)


def _today(held: list[AgreementVersion], day: date) -> list[AgreementVersion]:
    """Versions in force on the day; one that promises a service level first."""
    found = [version for version in held if (span := in_force(version)) and span.contains(day)]
    return sorted(found, key=lambda version: version.level_version_id is None)


def _offers(version: AgreementVersion, line: AgreementLine | None = None) -> list[rules.Offer]:
    named = [("agreement", version.level_version)]
    if line is not None:
        named.append(("line", line.level_version))
    return [rules.Offer(owner, one.pk, one.level.name) for owner, one in named if one]


def _rule_line(version: AgreementVersion, line: AgreementLine) -> rules.Line:
    """An agreement that counts no devices covers them all: its fee is for everything."""
    span = in_force(version)
    terms = read_terms(line.kind, line.facts)
    counted = isinstance(terms, PerDevice)
    counts_any = any(other.kind == PerDevice.kind for other in version.lines.all())
    return rules.Line(
        line_id=line.pk,
        name=line.description,
        agreement=version.agreement.name,
        starts_on=span.start if span else version.effective_on,
        ends_on=_end_of(version),
        covers_devices=counted or not counts_any,
        device_classes=terms.device_classes if isinstance(terms, PerDevice) else (),
    )


def _end_of(version: AgreementVersion) -> date | None:
    ends = [day for day in (version.superseded_on, version.agreement.ends_on) if day]
    return min(ends) if ends else None

"""Is this covered, by which line, and held to whose promise? With the reason, for later."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from contracts.clients.models import Client, Device
from contracts.models import AgreementLine, AgreementVersion
from contracts.queries.agreements import in_force, published
from contracts.queries.levels import level
from contracts.rules import coverage as rules
from contracts.rules import decisions
from contracts.rules.labour import class_at
from contracts.rules.terms import BY_THE_HOUR, PerDevice, read_terms
from msp.kit.periods import local_date


@dataclass(frozen=True)
class Cover:
    """The agreement line that covers, the promise that follows, and why.

    Without a covering line the client's agreement may still promise a service level: then
    `agreement_id` and `level_version_id` are set and `covered` is False. `verdict` is the answer of
    the agreement's decision table, or of its lines where no row speaks; `owner` says whose work it
    is, and `rate` and `multiplier` what an hour of it costs where it is billable. Work that an
    agreement by the hour covers is both covered and billable: nobody has to be asked first.
    """

    agreement_id: int | None
    agreement_name: str
    line_id: int | None
    level_version_id: int | None
    covered: bool
    reason: str
    failed: tuple[str, ...] = ()
    verdict: str = "billable"
    owner: str = "msp"
    rate: Decimal | None = None
    multiplier: Decimal = Decimal(1)
    row: str = ""


@dataclass(frozen=True)
class Work:
    """What is known of a piece of work beside the device it is on."""

    service_id: int | None = None
    work_type: str = ""
    role: str = ""
    site_id: int | None = None


NOTHING_KNOWN = Work()
# A price for each device or person pays for the work on them; a licence does not.
INCLUDING = frozenset(("per_device", "per_user"))


def coverage(
    *, client_id: int, device_id: int | None, at: datetime, work: Work = NOTHING_KNOWN
) -> Cover:
    """Whether work for a device, or without one for the client's people, is covered, and why.

    The one question of tickets, incidents and time: the same facts get the same answer.
    """
    return why_covered(client_id=client_id, device_id=device_id, at=at, work=work)[0]


def why_covered(
    *, client_id: int, device_id: int | None, at: datetime, work: Work = NOTHING_KNOWN
) -> tuple[Cover, decisions.Decision]:
    """The answer with every row of the table that was tried."""
    day = _local_day(client_id, at)
    held = _nearest(published(client_id), day)
    device = None
    if device_id is not None:
        device = Device.objects.get(pk=device_id, client_id=client_id)
    return _answer(held, device, work, day, at)


def _answer(
    held: list[AgreementVersion], device: Device | None, work: Work, day: date, at: datetime
) -> tuple[Cover, decisions.Decision]:
    cover = _for_device(held, device, day) if device else _for_people(held, day)
    cover = replace(cover, verdict="included" if cover.covered else "billable")
    version = next((one for one in held if one.agreement_id == cover.agreement_id), None)
    if version is not None and cover.covered and _by_the_hour(version):
        reason = f"{cover.reason} Work under it is paid by the hour."
        cover = replace(cover, verdict="billable", reason=reason)
    if version is None or not version.coverage:
        return cover, decisions.Decision(None, "", ())
    decision = decisions.decide(
        decisions.read_rows(version.coverage), _question(cover, version, device, work, at),
        _names(version),
    )  # fmt: skip
    return _decided(cover, decision, held, day), decision


def _by_the_hour(version: AgreementVersion) -> bool:
    """Whether support is paid by the hour or from hours paid ahead, and no unit has it included."""
    kinds = {line.kind for line in version.lines.all()}
    return bool(kinds & set(BY_THE_HOUR)) and not kinds & INCLUDING


def _question(
    cover: Cover, version: AgreementVersion, device: Device | None, work: Work, at: datetime
) -> decisions.Question:
    lines = {line.pk: line.service_id for line in version.lines.all()}
    return decisions.Question(
        service_id=work.service_id or lines.get(cover.line_id or 0),
        work_type=work.work_type,
        role=work.role,
        site_id=work.site_id or (device.site_id if device else None),
        device_class=device.kind if device else "",
        hour_class=hour_class(cover.level_version_id, at),
    )


def hour_class(level_version_id: int | None, at: datetime) -> str:
    """Support hours, after hours or a holiday by the calendar promised; unknown without one."""
    if level_version_id is None:
        return ""
    return class_at(level(level_version_id).calendar, at)


def _decided(
    cover: Cover, decision: decisions.Decision, held: list[AgreementVersion], day: date
) -> Cover:
    """The answer with the verdict of the row that spoke and the reasons of those that did not."""
    tried = tuple(
        f'"{one.row.name}" of {cover.agreement_name}: {reason}'
        for one in decision.tried
        for reason in one.failed
    )
    failed = (*cover.failed, *tried)
    row = decision.row
    if row is None:
        return replace(cover, failed=failed)
    if row.verdict == "other":
        return _other(cover, row, held, day, failed)
    return replace(
        cover, covered=row.verdict in ("included", "no_charge"), verdict=row.verdict,
        owner=row.owner, rate=row.rate, multiplier=row.multiplier, row=row.name, failed=failed,
        reason=f"{decision.reason} {cover.reason}",
    )  # fmt: skip


def _other(
    cover: Cover, row: decisions.Row, held: list[AgreementVersion], day: date,
    failed: tuple[str, ...],
) -> Cover:  # fmt: skip
    """What the agreement turned to says; where it is not in force the work is billable."""
    for version in _today(held, day):
        if version.agreement_id == row.agreement_id:
            promise = rules.promise(_offers(version))
            return Cover(
                version.agreement_id, version.agreement.name, None, promise.policy_id, True,
                f'The row "{row.name}" of {cover.agreement_name} turns to '
                f"{version.agreement.name}. {promise.reason}",
                failed, "other", row.owner, None, Decimal(1), row.name,
            )  # fmt: skip
    missing = f'"{row.name}" of {cover.agreement_name}: the agreement it turns to is not in force'
    return replace(cover, covered=False, verdict="billable", failed=(*failed, missing))


def _names(version: AgreementVersion) -> dict[str, dict[int, str]]:
    services = {line.service_id: line.service.name for line in version.lines.all() if line.service}
    sites = version.agreement.client.sites.values_list("pk", "name")
    return {"service_ids": services, "site_ids": dict(sites)}


def cover_devices(
    *, client_id: int, devices: Iterable[Device], at: datetime,
    versions: Iterable[AgreementVersion] | None = None,
) -> dict[int, Cover]:  # fmt: skip
    """The same for many devices of one client; `versions` are all its published, where known."""
    day = _local_day(client_id, at)
    held = _nearest(published(client_id) if versions is None else versions, day)
    return {device.pk: _answer(held, device, NOTHING_KNOWN, day, at)[0] for device in devices}


def covering_offers(
    *, client_id: int, devices: Iterable[Device], at: datetime
) -> dict[int, int | None]:
    """The tier or bundle each device is looked after by, where the line that covers it is one."""
    covers = cover_devices(client_id=client_id, devices=devices, at=at)
    lines = AgreementLine.objects.filter(pk__in={one.line_id for one in covers.values()} - {None})
    offers = dict(lines.values_list("pk", "offer_id"))
    return {pk: offers.get(one.line_id or 0) for pk, one in covers.items()}


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
    picked = rules.pick(lines, rules.Device(device.kind, device.site_id, device.pk), day)
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
        site_ids=terms.site_ids if isinstance(terms, PerDevice) else (),
        excluded=terms.excluded if isinstance(terms, PerDevice) else (),
    )


def _end_of(version: AgreementVersion) -> date | None:
    ends = [day for day in (version.superseded_on, version.agreement.ends_on) if day]
    return min(ends) if ends else None

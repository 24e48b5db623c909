"""Which agreement line covers a device, and whose promise of service follows from it.

The answer keeps its reason and, for every line passed over, the conditions that failed, because
"why was this not covered?" is asked long after the day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Line:
    """What coverage needs to know of an agreement line. Empty filters let everything pass."""

    line_id: int
    name: str
    agreement: str
    starts_on: date
    ends_on: date | None = None
    covers_devices: bool = True
    device_classes: tuple[str, ...] = ()
    site_ids: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()

    @property
    def specificity(self) -> tuple[bool, bool, int]:
        """How narrowly the line speaks of a device: its site, its class, few classes over many."""
        return bool(self.site_ids), bool(self.device_classes), -len(self.device_classes)


@dataclass(frozen=True, slots=True)
class Device:
    """What coverage needs to know of a device."""

    unit_class: str
    site_id: int | None = None
    device_id: int = 0


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A line that does not cover the device, with each condition that failed."""

    line: Line
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The line that covers, the sentence that says why, and every other line's answer.

    `also` are lines that would cover the device too; one as specific as the winner means that the
    device would be charged twice.
    """

    line: Line | None
    reason: str
    also: tuple[Line, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()

    @property
    def doubled(self) -> bool:
        """Whether another line speaks of the device just as narrowly."""
        return self.line is not None and any(
            other.specificity == self.line.specificity for other in self.also
        )


def pick(lines: Iterable[Line], device: Device, day: date) -> Coverage:
    """The most specific line that covers the device on that date.

    Of two equally specific lines the younger wins, then the one written down first.
    """
    covering: list[Line] = []
    passed_over: list[PassedOver] = []
    for line in sorted(lines, key=lambda line: line.line_id):
        failed = _failed(line, device, day)
        if failed:
            passed_over.append(PassedOver(line, failed))
        else:
            covering.append(line)
    if not covering:
        return Coverage(None, _uncovered(passed_over), passed_over=tuple(passed_over))
    covering.sort(key=lambda line: (line.specificity, line.starts_on), reverse=True)
    winner, *also = covering
    return Coverage(winner, _why(winner, device), tuple(also), tuple(passed_over))


def _failed(line: Line, device: Device, day: date) -> tuple[str, ...]:
    failed = []
    if not line.covers_devices:
        failed.append("it does not speak of devices")
    if day < line.starts_on:
        failed.append(f"it begins on {line.starts_on}, after {day}")
    if line.ends_on is not None and day >= line.ends_on:
        failed.append(f"its last day was {line.ends_on - timedelta(days=1)}, before {day}")
    if line.device_classes and device.unit_class not in line.device_classes:
        failed.append(f"it covers {_listed(line.device_classes)}, not {device.unit_class}")
    if line.site_ids and device.site_id not in line.site_ids:
        failed.append("it covers other sites")
    if device.device_id in line.excluded:
        failed.append("it leaves this device out by name")
    return tuple(failed)


def _why(line: Line, device: Device) -> str:
    named = []
    if line.device_classes:
        named.append(f"the class {device.unit_class}")
    if line.site_ids:
        named.append("the site")
    because = f"names {_listed(named)}" if named else "covers every device"
    return f'"{line.name}" of {line.agreement} applies: it {because}.'


def _uncovered(passed_over: Sequence[PassedOver]) -> str:
    if not passed_over:
        return "No agreement line exists for this client."
    tried = "; ".join(
        f'"{one.line.name}" of {one.line.agreement}: {_listed(one.failed)}' for one in passed_over
    )
    return f"No agreement line covers this device. {tried}."


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


# -- whose promise -------------------------------------------------------------------------------

# From the narrowest to the widest; the first that says anything decides.
LEVELS = ("ticket", "line", "agreement", "client", "queue", "tenant")

_OWNERS = {
    "ticket": "this ticket",
    "line": "the agreement line",
    "agreement": "the agreement",
    "client": "the client",
    "queue": "the queue",
    "tenant": "the house",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What one level says: a policy, or with `policy_id` None an explicit "no promise here"."""

    level: str
    policy_id: int | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """The policy a ticket is held to, if any, and the sentence that says why."""

    policy_id: int | None
    level: str | None
    reason: str


def promise(offers: Iterable[Offer]) -> Promise:
    """The narrowest offer; an explicit none ends the search like a policy does."""
    ranked = sorted(offers, key=lambda offer: LEVELS.index(offer.level))
    if not ranked:
        return Promise(None, None, "No service level applies: nobody promised one.")
    first = ranked[0]
    owner = _OWNERS[first.level]
    if first.policy_id is None:
        return Promise(None, first.level, f"No service level applies: {owner} rules it out.")
    named = f'"{first.name}" applies' if first.name else "The service level applies"
    return Promise(first.policy_id, first.level, f"{named}: {owner} names it.")

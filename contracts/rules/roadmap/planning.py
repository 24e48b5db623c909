"""From findings to phases: what comes first, which services belong to it, and when it is done.

A client who has nothing begins with the ground everything else stands on: people, devices and the
network. For everybody else what could end the company comes first, whatever domain it is in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from contracts.rules.roadmap.assessing import Finding
from msp.kit.facts import Facts, InvalidFact, inside

MOST_PHASES = 12
MOST_SERVICES = 30
LONGEST_WEEKS = 104
_EACH = 2  # services of a domain that a plan begins with

# What of the catalogue helps in a domain of the assessment, the most helpful first.
HELPS = {
    "support": ("helpdesk", "managed"),
    "security": ("security", "managed"),
    "backup": ("backup",),
    "devices": ("managed", "mobile"),
    "network": ("managed",),
    "cloud": ("cloud",),
    "continuity": ("backup", "voice"),
    "compliance": ("security",),
}
_GROUND = ("support", "devices", "network")
_LATER = ("cloud", "continuity", "compliance")


@dataclass(frozen=True, slots=True)
class Known:
    """A service that can be planned with: what it is for, by words in its name and domain."""

    service_id: int
    domain: str
    name: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the plan with its reason, its services and its time."""

    key: str
    name: str
    why: str
    starts_on: date
    weeks: int
    services: tuple[int, ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def ends_on(self) -> date:
        """The first day after it."""
        return self.starts_on + timedelta(weeks=self.weeks)


def plan(
    found: Sequence[Finding], services: Sequence[Known], starts_on: date, *, greenfield: bool
) -> list[Phase]:
    """The phases that put the findings right, one after the other; none where nothing is found."""
    phases, used = [], set[int]()
    for key, name, why, weeks, chosen in _groups(found, greenfield):
        if not chosen:
            continue
        picked = tuple(one for one in _helping(chosen, services) if one not in used)
        used.update(picked)
        names = tuple(one.key for one in chosen)
        phases.append(Phase(key, name, why, starts_on, weeks, picked, names))
    return rescheduled(phases, starts_on)


def _groups(
    found: Sequence[Finding], greenfield: bool
) -> list[tuple[str, str, str, int, list[Finding]]]:
    if greenfield:
        ground = [one for one in found if one.domain in _GROUND]
        safe = [one for one in found if one.domain in ("security", "backup")]
        later = [one for one in found if one.domain in _LATER]
        return [
            ("ground", "The ground", "People, devices and the network, so that work can begin.",
             4, ground),
            ("safe", "Safe from the start", "Protection and copies before there is much to lose.",
             4, safe),
            ("later", "Room to grow", "What makes the company hold when something breaks.",
             8, later),
        ]  # fmt: skip
    urgent = [one for one in found if one.weight >= 4]
    soon = [one for one in found if one.weight < 4 and one.domain not in _LATER]
    later = [one for one in found if one.weight < 4 and one.domain in _LATER]
    return [
        ("urgent", "What cannot wait", "Each of these alone could stop the company.", 4, urgent),
        ("order", "Order", "What costs time and patience every week.", 8, soon),
        ("later", "Room to grow", "What makes the company hold when something breaks.", 12, later),
    ]  # fmt: skip


def _helping(found: Iterable[Finding], services: Sequence[Known]) -> list[int]:
    """A few services for each domain that something was found in."""
    picked: list[int] = []
    for domain in dict.fromkeys(one.domain for one in found):
        fitting = [
            one.service_id
            for wanted in HELPS[domain]
            for one in services
            if one.domain == wanted and one.service_id not in picked
        ]
        picked += fitting[:_EACH]
    return picked


def rescheduled(phases: Iterable[Phase], starts_on: date) -> list[Phase]:
    """The phases in their order, each begun when the one before is done."""
    found: list[Phase] = []
    for phase in phases:
        begins = found[-1].ends_on if found else starts_on
        found.append(replace(phase, starts_on=begins))
    return found


def moved(phases: Sequence[Phase], key: str, step: int) -> list[Phase]:
    """The phases with one moved up or down; the plan begins when it began."""
    order = [one.key for one in phases]
    if key not in order:
        raise InvalidFact("phase", f"{key!r:.40} is not in the plan")
    at = order.index(key)
    to = min(max(at + step, 0), len(order) - 1)
    changed = list(phases)
    changed.insert(to, changed.pop(at))
    return rescheduled(changed, min(one.starts_on for one in phases))


def read_phases(stored: Iterable[object]) -> list[Phase]:
    """The plan as it was stored."""
    found = []
    for at, value in enumerate(list(stored)[:MOST_PHASES]):
        with inside(f"phases[{at}]"):
            found.append(_read(value))
    keys = [one.key for one in found]
    if len(set(keys)) < len(keys):
        raise InvalidFact("phases", "two have the same key")
    return found


def write_phases(phases: Iterable[Phase]) -> list[dict[str, Any]]:
    """The plan in values that JSON has."""
    return [
        {
            "key": one.key, "name": one.name, "why": one.why,
            "starts_on": one.starts_on.isoformat(), "weeks": one.weeks,
            "services": list(one.services), "findings": list(one.findings),
        }
        for one in phases
    ]  # fmt: skip


def _read(value: object) -> Phase:
    facts = Facts(value)
    services = facts.items("services", most=MOST_SERVICES)
    phase = Phase(
        facts.text("key"), facts.text("name").strip(), facts.text("why", ""),
        facts.day("starts_on"), facts.whole("weeks"),
        tuple(one for one in services if isinstance(one, int)),
        facts.texts("findings", most=100),
    )  # fmt: skip
    facts.done()
    if not phase.name or len(phase.name) > 80:
        raise InvalidFact("name", "must have 1 to 80 characters")
    if not 1 <= phase.weeks <= LONGEST_WEEKS:
        raise InvalidFact("weeks", f"must be 1 to {LONGEST_WEEKS}, not {phase.weeks}")
    if not 2000 <= phase.starts_on.year <= 2200:
        raise InvalidFact("starts_on", f"{phase.starts_on} is not a day to plan with")
    return phase

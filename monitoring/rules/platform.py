"""Many MSPs silent at once: rather we do not hear them than that all of theirs failed (D3).

Nobody is called for it while we doubt ourselves, the operator is told at once, and what was not
heard is unknown. A doubt lasts so long and no longer: then everything is told as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.rules.behind import is_mass

LEAST_MSPS = 2
LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Silence:
    """How many of an MSP's devices were up until just now and say nothing; `since` their word."""

    watched: int = 0
    silent: int = 0
    since: datetime | None = None

    @property
    def is_mass(self) -> bool:
        """Whether so many of its devices are silent that it may not be them."""
        return is_mass(self.silent, self.watched)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Since when we doubt that we hear, which MSPs fell silent, and since when nothing came."""

    began_at: datetime
    since: Mapping[str, datetime]

    def holds(self, at: datetime) -> bool:
        """Whether nobody is called for it yet."""
        return at < self.began_at + LONGEST


def is_ours(silences: Iterable[Silence], share: float) -> bool:
    """Whether the silence is rather ours: of several MSPs, and of so much of the platform."""
    known = list(silences)
    return share > 0 and not is_over(known) and _share(known) >= share


def is_over(silences: Iterable[Silence]) -> bool:
    """Whether they are heard again: one who is silent as a whole is silent by itself."""
    return sum(one.is_mass for one in silences) < LEAST_MSPS


def doubted(silences: Mapping[str, Silence], before: Doubt | None, at: datetime) -> Doubt:
    """The doubt with everybody who is silent as a whole, from their first last word on."""
    since = dict(before.since) if before else {}
    for name, one in silences.items():
        if one.is_mass and one.since is not None:
            since[name] = min(one.since, since.get(name, one.since))
    return Doubt(before.began_at if before else at, since)


def _share(known: list[Silence]) -> float:
    watched = sum(one.watched for one in known)
    return sum(one.silent for one in known) / watched if watched else 0.0

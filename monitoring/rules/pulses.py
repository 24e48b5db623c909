"""Telling our own absence from everybody else's silence."""

from collections.abc import Iterable
from datetime import datetime, timedelta

BLIND_AFTER = timedelta(seconds=15)
SETTLE = timedelta(seconds=1)  # what was received may still be on its way to the stream

Open = tuple[datetime, datetime]  # open since, last seen open


def seen_until(before: datetime | None, pulses: Iterable[Open]) -> datetime | None:
    """The latest instant at which some intake was open."""
    return max([at for _since, at in pulses] + ([before] if before else []), default=None)


def blind_between(before: datetime | None, pulses: Iterable[Open]) -> list[Open]:
    """The stretches in which no intake was open, after the last time one was seen to be.

    An intake that is open covers for those that are not. One that is gone covers up to its last
    sign, which may be later than what was remembered of it.
    """
    if before is None:
        return []
    gaps, covered = [], before
    for since, at in sorted(pulses):
        if at <= before:
            continue
        if since - covered > BLIND_AFTER:
            gaps.append((covered, since))
        covered = max(covered, at)
    return gaps

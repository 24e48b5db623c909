"""Telling our own absence from everybody else's silence."""

from collections.abc import Iterable
from datetime import datetime, timedelta

BLIND_AFTER = timedelta(seconds=15)
SETTLE = timedelta(seconds=1)  # what was received may still be on its way to the stream

Open = tuple[datetime, datetime]  # open since, last seen open


def seen_until(before: datetime | None, pulses: Iterable[Open]) -> datetime | None:
    """The latest instant at which some intake was open."""
    return max([at for _since, at in pulses] + ([before] if before else []), default=None)


def blind_between(before: datetime | None, pulses: Iterable[Open]) -> Open | None:
    """The stretch in which no intake was open, after the last time one was seen to be.

    An intake that has been open all along covers for those that have not.
    """
    later = [since for since, at in pulses if before is not None and at > before]
    if before is None or not later:
        return None
    opened = min(later)
    return (before, opened) if opened - before > BLIND_AFTER else None

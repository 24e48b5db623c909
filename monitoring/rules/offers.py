"""Limits worth having on what is measured anyway, for whoever has just pointed a tool at us."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from monitoring.rules.definitions import THRESHOLD, Definition, sentence
from monitoring.rules.series import label_of, unit_of
from monitoring.rules.thresholds import Level, Limits


@dataclass(frozen=True, slots=True)
class Offer:
    """Limits for every series of one kind: `disk` stands for `disk:/var` and all others."""

    slug: str
    title: str
    limits: Limits


OFFERS = (
    Offer("disk", "Disk space", Limits(warning=Level(80, 75), critical=Level(90, 85))),
    Offer("memory", "Memory", Limits(critical=Level(95, 90), raise_for=600)),
    Offer("cpu", "Processor", Limits(critical=Level(95, 85), raise_for=900)),
    Offer("swap", "Swap", Limits(warning=Level(60, 50), critical=Level(80, 70), raise_for=600)),
    Offer("temperature", "Temperature", Limits(warning=Level(75, 70), critical=Level(85, 80))),
    Offer("battery", "Battery", Limits(critical=Level(20, 30), above=False)),
)
ROOTS = tuple(offer.slug for offer in OFFERS)
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # limits say the same at any time


def root_of(series: str) -> str:
    """What kind of quantity a series is: `disk:/var` is disk."""
    return re.split(r"[:.]", series, maxsplit=1)[0]


def offered(slug: str) -> Offer | None:
    """The offer of this name."""
    return next((offer for offer in OFFERS if offer.slug == slug), None)


def definition_of(offer: Offer, series: str) -> Definition:
    """The check the offer means for one series."""
    return Definition(
        kind=THRESHOLD, series=series, unit=unit_of(series) or "%", limits=offer.limits
    )


def said(offer: Offer) -> str:
    """The offer as a sentence, for the kind and not for one series."""
    whole = sentence(definition_of(offer, offer.slug), label_of(offer.slug), _NEVER)
    return whole.partition(" Without a value")[0]

"""The use of meters in words, from the trace of its line."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.rules.adjusting_words import price
from msp.kit.money import format_money
from msp.kit.periods import local_date, long_date

MOST_TOLD = 20
_BEGUN = {"reset": "was reset and began at nought", "rollover": "began again after its last figure"}


def steps(trace: Mapping[str, Any], currency: str) -> list[str]:
    """What each meter used, what of it is free, and what the rest costs."""
    return [*_meters(trace), *_free(trace), *_priced(trace, currency)]


def meter_sentence(one: Mapping[str, Any], measure: str, zone: str) -> str:
    """What one meter used and from which readings: `Pages used 190 pages, from 9,950 on ...`."""
    used = f"{one['name']} used {number(one['used'])} {measure}"
    if one["shows"] == "level":
        how = "at its most" if one["level"] == "peak" else "on average over the days"
        return f"{one['name']} held {number(one['used'])} {measure} {how}."
    if one["shows"] == "amounts":
        return f"{used}, told {one['readings']} time{'' if one['readings'] == 1 else 's'}."
    if "from" not in one:
        return f"{used}: nobody has read it."
    ends = " to ".join(point(one, word, zone) for word in ("from", "to"))
    return f"{used}, from {ends}."


def begun_sentences(one: Mapping[str, Any], zone: str) -> list[str]:
    """Where a counter began again, and a reading that nobody explained."""
    said = [
        f"{one['name']} {_BEGUN[each['how']]} between {number(each['before'])} and"
        f" {number(each['after'])}, read on {_day(each['at'], zone)}."
        for each in one.get("begun", ())
    ]
    if "held" in one:
        at, value = one["held"]
        said.append(
            f"{one['name']} showed {number(value)} on {_day(at, zone)}, less than before. Until it"
            " is known why, nothing after it is charged."
        )
    return said


def _meters(trace: Mapping[str, Any]) -> Iterator[str]:
    measure, zone, meters = trace["measure"], trace["zone"], trace["meters"]
    if not meters:
        yield f"No meter of {measure} counted."
    for one in meters[:MOST_TOLD]:
        yield meter_sentence(one, measure, zone)
        yield from begun_sentences(one, zone)
    if len(meters) > 1:
        yield f"Together {number(trace['used'])} {measure}."


def _free(trace: Mapping[str, Any]) -> Iterator[str]:
    if Decimal(trace["free"]):
        yield (
            f"{number(trace['free'])} of it is included,"
            f" {number(trace['charged'])} {trace['measure']} are charged."
        )


def _priced(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    total, charged = format_money(Decimal(trace["rated"]), currency), number(trace["charged"])
    if "tiers" not in trace:
        yield f"{price(Decimal(trace['unit_price']), currency)} \u00d7 {charged} = {total}"
    elif trace["model"] == "unit":
        each = price(Decimal(trace["unit_price"]), currency)
        yield f"{each} for each {trace['block']} begun of {charged} makes {total}."
    else:
        yield f"By the tiers {charged} {trace['measure']} cost {total}."


def point(one: Mapping[str, Any], word: str, zone: str) -> str:
    """A figure with the day it was read; empty where the meter has none of that end."""
    if word not in one:
        return ""
    at, value = one[word]
    guess = " (estimated)" if one.get(f"{word}_estimated") else ""
    return f"{number(value)} on {_day(at, zone)}{guess}"


def _day(text: str, zone: str) -> str:
    return long_date(local_date(datetime.fromisoformat(text), zone))


def number(text: str) -> str:
    """A figure for reading."""
    return f"{Decimal(text):,f}"

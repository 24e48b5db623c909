"""A week of a schedule as a picture: a bar for each shift, in the hue of its person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils.safestring import SafeString

from msp.templatetags.drawing import el, text
from msp.templatetags.look import hue
from tickets.dispatch.queries import Planned

register = template.Library()

_WIDTH, _HEIGHT, _HEAD = 700, 44, 16
_ROOM = 6.4  # of a letter


@register.simple_tag
def week_picture(
    days: Sequence[datetime], shifts: Sequence[Planned], zone: ZoneInfo, now: datetime
) -> SafeString:
    """Seven days from the first instant to the last; a day of a changed clock is longer."""
    start, end = days[0], days[-1]

    def x(at: datetime) -> float:
        return round((min(max(at, start), end) - start) / (end - start) * _WIDTH, 2)

    drawn = [_day(one, x, zone) for one in days[:-1]]
    drawn += [_shift(one, x, zone) for one in shifts]
    if start <= now < end:
        drawn.append(el("line", x1=x(now), x2=x(now), y1=0, y2=_HEIGHT, class_="now"))
    said = "; ".join(f"{_name(one)} from {_told(one.start, zone)}" for one in shifts)
    return el(
        "svg", *drawn, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=said[:2000],
        data_start=int(start.timestamp()), data_end=int(end.timestamp()),
    )  # fmt: skip


def _day(start: datetime, x, zone: ZoneInfo) -> SafeString:  # type: ignore[no-untyped-def]
    local = start.astimezone(zone)
    label = f"{local:%a} {local.day} {local:%b}"
    weekend = "we" if local.weekday() > 4 else None
    return el(
        "g",
        el("line", x1=x(start), x2=x(start), y1=0, y2=_HEIGHT, class_="day"),
        el("text", text(label), x=x(start) + 4, y=11, class_=weekend),
    )


def _shift(one: Planned, x, zone: ZoneInfo) -> SafeString:  # type: ignore[no-untyped-def]
    left, right = x(one.start), x(one.end)
    wide = max(1.0, right - left - 1)
    until = _told(one.end, zone)
    by = "took over" if one.override else one.layer
    title = f"{_name(one)}, {_told(one.start, zone)} to {until}" + (f" ({by})" if by else "")
    name = _name(one)
    if len(name) * _ROOM > wide - 8:
        initials = "".join(word[0] for word in name.split())
        name = initials if one.person and wide > 22 else ""
    return el(
        "g",
        el("title", text(title)),
        el("rect", x=left + 0.5, y=_HEAD, width=wide, height=_HEIGHT - _HEAD - 2, rx=3),
        el("text", text(name), x=left + 6, y=_HEAD + 17) if name else "",
        data_h=hue(one.person.name) if one.person else 0,
        data_over=one.override,
    )


def _name(one: Planned) -> str:
    return one.person.name if one.person else "Nobody"


def _told(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"


@register.filter
def lasts(seconds: int) -> str:
    """A delay as people say it: at once, 10 min later."""
    if not seconds:
        return "at once"
    minutes = timedelta(seconds=seconds) // timedelta(minutes=1)
    return f"{minutes} min later" if minutes < 120 else f"{minutes // 60} h later"

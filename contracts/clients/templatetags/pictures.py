"""Pictures of the register, drawn as SVG."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.safestring import SafeString

from contracts.rules.knowledge import Band
from contracts.rules.register import Interval
from msp.templatetags import drawing, wording

WIDE, LABEL, ROW, BAR, HEAD = 760, 124, 22, 14, 20
_MARGIN = timedelta(days=20)
_FAR = timedelta(days=36525)  # beyond stands nothing that a picture could show
_CLASSES = 6


def unit_picture(bands: Sequence[Band], today: date) -> SafeString:
    """The states of knowledge of one unit, oldest on top; what is known now is the last row."""
    if not bands:
        return drawing.el("p", "Nothing was ever said of it.", class_="muted")
    first, last = _span(bands, today)
    scale = (WIDE - LABEL) / (last - first).days
    hues = _hues(bands)
    drawn = [*_months(first, last, scale, len(bands))]
    for at, band in enumerate(bands):
        y = HEAD + at * ROW
        said = wording.moment(band.since, "date")
        drawn.append(drawing.el("text", drawing.text(said), class_="uh__t", x=0, y=y + 15))
        for one in band.intervals:
            start = LABEL + (one.starts_on - first).days * scale
            end = LABEL + ((min(one.ends_on or last, last)) - first).days * scale
            key = "aside" if one.marks.aside else hues[one.unit_class, one.quantity]
            drawn.append(_bar(one, key, start, max(2, end - start), y))
    here = LABEL + (today - first).days * scale
    high = HEAD + len(bands) * ROW
    drawn.append(drawing.el("path", class_="uh__now", d=f"M{here:.1f} {HEAD}V{high}", fill="none"))
    return drawing.el(
        "svg", *drawn, class_="uh", viewBox=f"0 0 {WIDE} {high + 4}", role="img",
        aria_label=f"When it counted, by {len(bands)} states of knowledge; the table below says it",
    )  # fmt: skip


def _bar(one: Interval, key: object, x: float, width: float, y: int) -> SafeString:
    told = drawing.el("title", drawing.text(_told(one)))
    return drawing.el(
        "rect", told, class_="uh__b", data_c=key, x=round(x, 1), y=y + 4, width=round(width, 1),
        height=BAR, rx=2,
    )  # fmt: skip


def _span(bands: Sequence[Band], today: date) -> tuple[date, date]:
    days = [today]
    for band in bands:
        for one in band.intervals:
            days += [one.starts_on, one.ends_on or today]
    near = [day for day in days if abs(day - today) < _FAR]
    return min(near) - _MARGIN, max(near) + _MARGIN


def _months(first: date, last: date, scale: float, many: int) -> list[str]:
    """A line at the first of some months, so that about six are named."""
    step = max(1, (last - first).days // 180)
    drawn, month = [], date(first.year, first.month, 1)
    while month < last:
        if month >= first and (month.month - 1) % step == 0:
            x = LABEL + (month - first).days * scale
            line = f"M{x:.1f} {HEAD}V{HEAD + many * ROW}"
            drawn.append(drawing.el("path", class_="uh__m", d=line))
            named = drawing.text(
                f"{month:%b %Y}" if month.month == 1 or step > 5 else f"{month:%b}"
            )
            drawn.append(drawing.el("text", named, class_="uh__t", x=round(x + 3, 1), y=13))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return drawn


def _hues(bands: Sequence[Band]) -> dict[tuple[str, int], int]:
    """A tone for each class and number that the unit ever had."""
    seen = [(one.unit_class, one.quantity) for band in bands for one in band.intervals]
    return {key: at % _CLASSES + 1 for at, key in enumerate(dict.fromkeys(seen))}


def _told(one: Interval) -> str:
    said = one.unit_class.replace("_", " ")
    many = f", {one.quantity}" if one.quantity > 1 else ""
    aside = f", {one.marks.said}" if one.marks.aside else ""
    until = f"to before {one.ends_on}" if one.ends_on else "on"
    return f"{said}{many}{aside}, from {one.starts_on} {until}"

"""Numbers, money and time as people read them, in the reader's language and zone."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from django.utils import timezone, translation

from msp.kit.money import format_money

# An en dash where a table has nothing to say: an empty cell looks like a fault
NOTHING = "\u2013"
_CENTS = re.compile(r"[.,]0+(?=\D*$)")


def locale() -> Locale:
    """Babel's locale for the language of this request."""
    try:
        return Locale.parse(translation.to_locale(translation.get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def money(amount: Decimal, currency: str, *, whole: bool = False, signed: bool = False) -> str:
    """An amount with its currency; headline figures drop the cents, differences show their plus."""
    if whole:
        amount = amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    text = format_money(amount, currency, str(locale()))
    if whole:
        text = _CENTS.sub("", text)
    return f"+{text}" if signed and amount > 0 else text


def brief(left: timedelta | float) -> str:
    """A length of time in at most two units: 18m, 2h 10m, 1d 3h."""
    seconds = left.total_seconds() if isinstance(left, timedelta) else float(left)
    minutes = int(abs(seconds) // 60)
    if minutes < 1:
        return f"{int(abs(seconds))}s"
    if minutes < 60:
        return f"{minutes}m"
    if minutes < 24 * 60:
        return f"{minutes // 60}h {minutes % 60:02d}m"
    days, rest = divmod(minutes, 24 * 60)
    return f"{days}d {rest // 60}h" if days < 14 else f"{days}d"


def exact(at: datetime) -> str:
    """The full instant with its zone, for titles and for anything another person acts on."""
    local = timezone.localtime(at)
    day = format_skeleton("yMMMEd", local, locale=locale())
    return f"{day}, {clock_time(local)} {local.tzname()}"


def clock_time(local: datetime) -> str:
    """9:41 AM or 09:41, as the language writes it."""
    return format_time(local, "short", locale=locale()).replace("\u202f", " ")


def ago(at: datetime, now: datetime) -> str:
    """How long since (or until), while that is easier to read than a date."""
    gap = now - at
    if abs(gap) < timedelta(minutes=1):
        return "just now" if gap >= timedelta(0) else "in a moment"
    return f"{brief(gap)} ago" if gap > timedelta(0) else f"in {brief(gap)}"


def moment(at: datetime | date, style: str = "") -> str:
    """A date or an instant as text: relative within a week unless a fixed style is asked for."""
    if not isinstance(at, datetime):
        return _day(at, style)
    local, now = timezone.localtime(at), timezone.now()
    if style in ("", "ago", "short") and abs(now - at) < timedelta(days=7):
        return brief(now - at) if style == "short" else ago(at, now)
    if style == "time":
        return clock_time(local)
    if style == "exact":
        return exact(at)
    day = _day(local.date(), style, this_year=local.year == now.year)
    return f"{day}, {clock_time(local)}" if style == "datetime" else day


def _day(on: date, style: str, *, this_year: bool = False) -> str:
    """Nov 19, with its year where that is not plain from the rest of the page."""
    if style == "day" or (this_year and style != "date"):
        return format_skeleton("MMMd", on, locale=locale())
    return format_date(on, "medium", locale=locale())


def clock_state(left: float, target: float) -> str:
    """How a running promise looks: the nearer to its end, the louder. Same rule as app.js."""
    if left < 0:
        return "late"
    if left <= 20 * 60 or left <= target * 0.15:
        return "risk"
    if left <= 60 * 60 or left <= target * 0.30:
        return "soon"
    return "ok"


def epoch(at: datetime) -> int:
    """Seconds since 1970, the form the browser counts in."""
    return int(at.astimezone(UTC).timestamp())

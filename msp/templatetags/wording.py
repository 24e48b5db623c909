"""Numbers, money and time as people read them, in the reader's language and zone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, get_currency_precision
from django.utils import timezone, translation

MINUS = "\u2212"


def locale() -> Locale:
    """Babel's locale for the language of this request."""
    try:
        return Locale.parse(translation.to_locale(translation.get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def money(amount: Decimal, currency: str, *, whole: bool = False, signed: bool = False) -> str:
    """An amount with its currency. The minus is a true minus, so that columns line up and copy well."""
    places = 0 if whole else get_currency_precision(currency)
    size = abs(amount).quantize(Decimal(1).scaleb(-places))
    text = format_currency(size, currency, locale=locale(), currency_digits=False, format=None)
    if whole:
        text = format_currency(
            size, currency, format="¤#,##0", locale=locale(), currency_digits=False
        )
    sign = MINUS if amount < 0 else "+" if signed and amount > 0 else ""
    return sign + text


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
    text = (
        format_datetime(local, "EEE, MMM d, y, ", locale=locale())
        if locale().language == "en"
        else (format_date(local, "full", locale=locale()) + ", ")
    )
    return f"{text}{format_time(local, 'short', locale=locale())} {local.tzname()}"


def ago(at: datetime, now: datetime) -> str:
    """How long since (or until), while that is easier to read than a date."""
    gap = now - at
    if abs(gap) < timedelta(minutes=1):
        return "just now" if gap >= timedelta(0) else "in a moment"
    return f"{brief(gap)} ago" if gap > timedelta(0) else f"in {brief(gap)}"


def moment(at: datetime | date, style: str = "") -> str:
    """The visible text of a date or an instant. Relative within a week; papers and audit ask for a fixed style."""
    if not isinstance(at, datetime):
        return format_date(at, "medium" if style != "day" else "MMM d", locale=locale())
    local, now = timezone.localtime(at), timezone.now()
    if style == "time":
        return format_time(local, "short", locale=locale())
    if style == "datetime":
        return format_datetime(
            local, "MMM d, h:mm a" if locale().language == "en" else "short", locale=locale()
        )
    if style == "exact":
        return exact(at)
    if style == "date" or (style in ("", "short") and abs(now - at) >= timedelta(days=7)):
        return format_date(local, "medium" if local.year != now.year else "MMM d", locale=locale())
    if style == "day":
        return format_date(local, "MMM d", locale=locale())
    return brief(now - at) if style == "short" else ago(at, now)


def clock_state(left: timedelta, target: timedelta) -> str:
    """How a running promise looks: the nearer to its end, the louder. Same rule as app.js."""
    if left < timedelta(0):
        return "late"
    if left <= timedelta(minutes=20) or left <= target * 0.15:
        return "risk"
    if left <= timedelta(minutes=60) or left <= target * 0.30:
        return "soon"
    return "ok"


def epoch(at: datetime) -> int:
    """Seconds since 1970, the form the browser counts in."""
    return int(at.astimezone(UTC).timestamp())

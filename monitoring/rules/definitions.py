"""What a person says of a check: complete, within bounds, and said back as a sentence."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from monitoring.rules import schedules, thresholds
from monitoring.rules.contents import LONGEST_WORD, MOST_WORDS, Words
from monitoring.rules.schedules import CALENDAR, CRON, BadSchedule, Schedule
from monitoring.rules.thresholds import BadLimits, Limits

PERIOD, THRESHOLD = "period", "threshold"
SHORTEST, LONGEST = 5, 366 * 86_400


class BadDefinition(ValueError):
    """A check that cannot be; `field` is the part that is wrong."""

    def __init__(self, reason: str, *, field: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True)
class Definition:
    """One check as it is meant. Times are seconds; of a threshold `series` is what it watches."""

    kind: str = PERIOD
    period: int = 60
    grace: int = 60
    max_run: int | None = None
    fail_threshold: int = 1
    schedule: Schedule | None = None
    words: Words | None = None
    series: str = ""
    unit: str = ""
    limits: Limits | None = None


def demand(wanted: Definition, at: datetime) -> None:
    """Raise BadDefinition, naming the field, where it cannot be."""
    try:
        if wanted.kind in (CRON, CALENDAR):
            if wanted.schedule is None:
                raise BadDefinition("Say when it is expected.", field="schedule")
            schedules.demand(wanted.schedule, at)
        elif wanted.kind == THRESHOLD:
            _demand_threshold(wanted)
        elif wanted.kind == PERIOD:
            _in_bounds("period", wanted.period)
        else:
            raise BadDefinition(f"There is no kind of check {wanted.kind!r:.20}.", field="kind")
    except (BadSchedule, BadLimits) as error:
        raise BadDefinition(error.reason, field=error.field) from None
    _demand_rest(wanted)


def _demand_threshold(wanted: Definition) -> None:
    if not wanted.series:
        raise BadDefinition("Choose the value to watch.", field="series")
    if wanted.limits is None:
        raise BadDefinition("Say from which value on it is a problem.", field="critical")
    thresholds.demand(wanted.limits)
    for field, seconds in (
        ("raise_for", wanted.limits.raise_for), ("clear_for", wanted.limits.clear_for),
    ):  # fmt: skip
        if not 0 <= seconds <= 86_400:
            raise BadDefinition("This takes from no time to a day.", field=field)


def _demand_rest(wanted: Definition) -> None:
    if wanted.kind != THRESHOLD:
        _in_bounds("grace", wanted.grace)
    if wanted.max_run is not None:
        _in_bounds("max_run", wanted.max_run)
    attempts = wanted.limits.attempts if wanted.limits else wanted.fail_threshold
    if not 1 <= attempts <= 100:
        raise BadDefinition("This takes from 1 to 100 times.", field="fail_threshold")
    if wanted.words:
        for field in ("fail", "ok", "start"):
            words = getattr(wanted.words, field)
            if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
                raise BadDefinition(
                    f"At most {MOST_WORDS} words of {LONGEST_WORD} characters.", field=field
                )


def _in_bounds(field: str, seconds: int) -> None:
    if not SHORTEST <= seconds <= LONGEST:
        raise BadDefinition(f"This takes from {SHORTEST} seconds to a year.", field=field)


# -- in words --------------------------------------------------------------------------------------


def span(seconds: int) -> str:
    """`90 s`, `5 min`, `2 h`, `3 days`: the largest unit that leaves no rest."""
    for length, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds % length == 0 and seconds >= length:
            count = seconds // length
            return f"{count} {unit}" if unit != "days" or count != 1 else "1 day"
    return str(timedelta(seconds=seconds)) if seconds > 3600 else f"{seconds} s"


def sentence(wanted: Definition, name: str, at: datetime) -> str:
    """What the check means, said back to whoever defines it."""
    if wanted.kind == THRESHOLD:
        return _of_limits(wanted, name)
    said = [_expected(wanted, at)]
    if wanted.max_run:
        said.append(f"A run that says it began must end within {span(wanted.max_run)}.")
    if wanted.fail_threshold > 1:
        said.append(f"It takes {wanted.fail_threshold} failures in a row to be down.")
    else:
        said.append("A failure it reports is down at once.")
    return " ".join(said)


def _expected(wanted: Definition, at: datetime) -> str:
    if not wanted.period:
        return "Nothing is waited for: it is what it was last said to be."
    if wanted.schedule is None:
        total = span(wanted.period + wanted.grace)
        return f"Expected every {span(wanted.period)}; down {total} after the last sign."
    zone = ZoneInfo(wanted.schedule.zone)
    ticks = [tick.astimezone(zone) for tick in islice(schedules.ticks(wanted.schedule, at), 3)]
    shown = ", ".join(f"{tick:%a %d %b %H:%M}" for tick in ticks)
    words = schedules.sentence(wanted.schedule)
    return (
        f"Expected {words[:1].lower()}{words[1:]} ({wanted.schedule.zone}), next {shown};"
        f" down {span(wanted.grace)} after a time that was missed."
    )


def _of_limits(wanted: Definition, name: str) -> str:
    limits = wanted.limits or Limits()
    side, back = ("or more", "below") if limits.above else ("or less", "above")
    said = []
    for level, verb in ((limits.warning, "Warns"), (limits.critical, "Is a problem")):
        if level:
            raised, cleared = (_value(v, wanted.unit) for v in (level.raise_at, level.clear_at))
            calm = f" for {span(limits.clear_for)}" if limits.clear_for else ""
            said.append(
                f"{verb} when {name} is {raised} {side}{_held(limits)},"
                f" until it is {back} {cleared}{calm}."
            )
    said.append(f"Without a value for {span(3 * wanted.period)} nothing is known of it.")
    return " ".join(said)


def _held(limits: Limits) -> str:
    lasting = f" for {span(limits.raise_for)}" if limits.raise_for else ""
    often = f", {limits.attempts} times in a row" if limits.attempts > 1 else ""
    return lasting + often


def _value(value: float, unit: str) -> str:
    glue = "" if unit in ("%", "") else " "
    return f"{value:g}{glue}{unit}"

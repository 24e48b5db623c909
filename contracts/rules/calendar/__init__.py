"""Support calendars and the business time they give. Callers write `calendar.add(...)`."""

from contracts.rules.calendar.arithmetic import (
    add,
    elapsed,
    is_open,
    next_opening,
    windows_between,
)
from contracts.rules.calendar.hours import Holiday, Override, SupportCalendar, Window
from contracts.rules.calendar.ruler import NeverOpens
from contracts.rules.calendar.stored import from_dict, to_dict

__all__ = [
    "Holiday",
    "NeverOpens",
    "Override",
    "SupportCalendar",
    "Window",
    "add",
    "elapsed",
    "from_dict",
    "is_open",
    "next_opening",
    "to_dict",
    "windows_between",
]

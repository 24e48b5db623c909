"""Service levels and support hours: versions, frozen copies, and refusals that name the field."""

from datetime import UTC, datetime

import pytest

from contracts import actions, queries
from msp.kit.refusals import Refused
from tests import make

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)


def test_a_level_is_read_with_its_frozen_hours(alpha):
    hours = make.calendar("Office")
    version = make.level("Standard", calendar=hours)
    actions.change_calendar(
        calendar=hours, name="Office", by=make.BY, at=NOW,
        definition={"zone": "Europe/Berlin", "always_open": True},
    )  # fmt: skip

    level = queries.level(version.pk)

    assert (level.name, level.number, level.calendar_name) == ("Standard", 1, "Office")
    assert level.calendar.zone == "America/New_York"
    assert level.targets["1"] == {"response": 900, "resolution": 3600}
    assert len(level.calendar.windows) == 5


def test_a_revised_level_is_a_new_version(alpha):
    version = make.level("Standard")
    targets = make.TARGETS | {"1": {"response": 60, "resolution": 120}}

    revised = actions.revise_level(level=version.level, targets=targets, by=make.BY, at=NOW)

    assert (revised.number, queries.level(version.pk).targets["1"]["response"]) == (2, 900)
    assert queries.level(revised.pk).targets["1"]["response"] == 60


@pytest.mark.parametrize(
    ("targets", "field"),
    [
        ({}, "targets.1"),
        (make.TARGETS | {"1": {"response": 60}}, "targets.1.resolution"),
        (make.TARGETS | {"2": {"response": 60, "resolution": 30}}, "targets.2.resolution"),
        (make.TARGETS | {"3": {"response": 0, "resolution": 30}}, "targets.3.response"),
        (make.TARGETS | {"5": {"response": 1}}, "targets.5.resolution"),
        (make.TARGETS | {"6": {"response": 1, "resolution": 30}}, "targets.6"),
    ],
)
def test_wrong_targets_are_named(alpha, targets, field):
    with pytest.raises(Refused) as refused:
        actions.add_level(name="Odd", targets=targets, by=make.BY, at=NOW)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        ({}, "zone"),
        ({"zone": "America/New_York"}, "windows"),
        ({"zone": "Mars/Base", "always_open": True}, "zone"),
        ({"zone": "UTC", "windows": [{"weekday": 7, "start": "09:00", "end": "17:00"}]},
         "windows[0].weekday"),
    ],
)  # fmt: skip
def test_wrong_hours_are_named(alpha, definition, field):
    with pytest.raises(Refused) as refused:
        actions.add_calendar(name="Odd", definition=definition, by=make.BY, at=NOW)

    assert refused.value.field == field

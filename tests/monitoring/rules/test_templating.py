"""What templates make of a device's checks."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules.definitions import Definition
from monitoring.rules.schedules import Schedule
from monitoring.rules.templating import (
    Asked,
    Present,
    Template,
    asked_for,
    asked_of,
    known_as,
    steps,
)
from monitoring.rules.thresholds import Level, Limits

LOW, HIGH = Limits(Level(80, 70)), Limits(Level(95, 90))
CPU = Definition("threshold", series="cpu", limits=LOW)
DISKS = Definition("threshold", series="disk*", limits=LOW)
NIGHTLY = Definition("cron", schedule=Schedule("cron", "0 2 * * *", "UTC"))


def template(pk: int, slug: str, wanted: Definition = CPU, offer: int | None = None, of="server"):
    return Template(pk, of, slug, slug.title(), wanted, offer)


def test_the_narrower_template_takes_the_place_of_the_wider_of_its_slug():
    known = [template(1, "cpu"), template(2, "cpu", offer=7), template(3, "job", NIGHTLY, 8),
             template(4, "cpu", of="laptop")]  # fmt: skip
    assert [one.template_id for one in asked_for(known, "server", 7)] == [2]
    assert [one.template_id for one in asked_for(reversed(known), "server", 8)] == [1, 3]
    assert [one.template_id for one in asked_for(known, "server", None)] == [1]
    assert asked_for(known, "printer", 7) == []


def test_a_template_of_many_values_asks_for_each_that_is_there():
    asked = asked_of(template(1, "disk", DISKS), ["cpu", "disk:/", "disk:/var"])
    assert [(one.slug, one.name, one.definition.series) for one in asked] == [
        ("=disk", "Disk /", "disk:/"), ("=disk-var", "Disk /var", "disk:/var"),
    ]  # fmt: skip
    assert asked_of(template(1, "cpu"), ["load"]) == []
    (job,) = asked_of(template(1, "Night job", NIGHTLY), [])
    assert job.slug == "night-job"


def test_values_that_one_slug_would_stand_for_are_told_apart():
    """What came first keeps the slug; a name that is cut off or folded is known by more."""
    far = "x" * 60
    names = ["disk:/a/b", "disk:/a-b", f"disk:{far}1", f"disk:{far}2"]
    slugs = [one.slug for one in asked_of(template(1, "disk", DISKS), names)]
    assert slugs[0] == "=disk-a-b"
    assert len(set(slugs)) == 4
    assert all(known_as(one[1:], "threshold") == one for one in slugs)
    assert [one.slug for one in asked_of(template(1, "disk", DISKS), names[:3])] == slugs[:3]


ASKED = Asked(1, "=cpu", "CPU", CPU)
OTHER = replace(CPU, limits=HIGH)
LOAD, LOADS = replace(CPU, series="load:1"), replace(CPU, series="load*")


@pytest.mark.parametrize(
    ("asked", "present", "ever", "expected"),
    [
        ([ASKED], [], {}, ("make", [ASKED])),
        ([ASKED], [Present(5, "=cpu", CPU)], {}, ("", [])),  # a person's own
        ([ASKED], [Present(5, "=cpu", CPU, 2)], {}, ("link", [5])),
        ([ASKED], [Present(5, "=cpu", LOAD, 1)], {1: [CPU]}, ("keep", [5])),
        ([ASKED], [Present(5, "=cpu", LOAD, 1)], {1: [CPU, LOADS]}, ("change", [5])),
        ([ASKED], [Present(5, "=cpu", CPU, 1)], {}, ("", [])),
        ([ASKED], [Present(5, "=cpu", OTHER)], {}, ("keep", [5])),
        ([ASKED], [Present(5, "=cpu", OTHER, 1)], {1: [CPU]}, ("keep", [5])),
        ([ASKED], [Present(5, "=cpu", OTHER, 1)], {1: [CPU, OTHER]}, ("change", [5])),
        ([ASKED], [Present(5, "=cpu", OTHER, 2)], {1: [CPU], 2: [OTHER]}, ("change", [5])),
        ([ASKED], [Present(5, "=cpu", CPU, 1, True, True)], {}, ("resume", [5])),
        ([ASKED], [Present(5, "=cpu", CPU, 1, False, True)], {}, ("", [])),
        ([], [Present(5, "=cpu", CPU, 1)], {}, ("pause", [5])),
        ([], [Present(5, "=cpu", CPU, 1, True, True)], {}, ("", [])),
        ([], [Present(5, "=cpu", CPU, 1, False, True)], {}, ("", [])),
        ([], [Present(5, "=cpu", CPU)], {}, ("", [])),
        ([], [Present(5, "heartbeat", Definition())], {}, ("", [])),
    ],
)
def test_what_follows_for_a_check(asked, present, ever, expected):
    found = steps(asked, present, ever)
    name, ids = expected
    for other in ("make", "change", "resume", "link", "pause", "keep"):
        got = getattr(found, other)
        if other != name:
            assert got == ()
        elif other == "make":
            assert list(got) == ids
        else:
            assert [(one if other == "pause" else one[0]).check_id for one in got] == ids
    assert found.any is (name not in ("", "keep"))


@given(st.text(max_size=60), st.sampled_from(["period", "threshold"]))
def test_what_a_check_is_known_by_can_be_written_and_is_the_same_again(text, kind):
    known = known_as(text, kind)
    assert known == known_as(known.removeprefix("="), kind)
    assert known.startswith("=") is (kind == "threshold")
    assert len(known) <= 51


slugs = st.sampled_from(["=cpu", "=disk", "job"])
definitions = st.sampled_from([CPU, OTHER])
asks = st.builds(Asked, st.integers(1, 3), slugs, st.just("x"), definitions)
theirs = st.sampled_from([None, 1, 2])
haves = st.builds(
    Present, st.integers(1, 9), slugs, definitions, theirs, st.just(False), st.booleans()
)


@given(
    asked=st.lists(asks, max_size=3, unique_by=lambda one: one.slug),
    present=st.lists(haves, max_size=3, unique_by=lambda one: one.slug),
)
def test_following_twice_does_nothing_the_second_time(asked, present):
    ever = {pk: [CPU, OTHER] for pk in (1, 2, 3)}
    found = steps(asked, present, ever)
    after = {one.slug: one for one in present}
    for had, ask in (*found.change, *found.resume, *found.link):
        after[had.slug] = replace(
            had, definition=ask.definition, template_id=ask.template_id, let_go=False
        )
    for ask in found.make:
        after[ask.slug] = Present(99, ask.slug, ask.definition, ask.template_id)
    for had in found.pause:
        after[had.slug] = replace(had, paused=True, let_go=True)
    assert not steps(asked, after.values(), ever).any

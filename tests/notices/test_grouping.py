"""What leaves the house for one person, and when (rules/grouping)."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from tenants.notices.rules.grouping import (
    AGAIN,
    END,
    MOST,
    PROBLEM,
    Item,
    Quiet,
    decide,
    quiet_until,
)
from tenants.notices.rules.messages import Line, composed

T0 = datetime(2026, 6, 1, 14, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def problem(number: int, began: float = 0, at: float | None = None, **more: object) -> Item:
    told = began if at is None else at
    return Item(number, f"call:{number}", PROBLEM, after(began), after(told), **more)


def end(number: int, at: float) -> Item:
    return Item(1000 + number, f"call:{number}", END, after(at), after(at), urgent=False)


def again(number: int, at: float) -> Item:
    return Item(2000 + number, f"call:{number}", AGAIN, after(0), after(at))


def test_the_first_waits_half_a_minute_for_others_of_the_storm() -> None:
    items = [problem(1), problem(2, 10)]
    assert decide(items, [], after(29)).again_at == after(30)
    assert decide(items, [], after(30)).send == tuple(items)


def test_what_began_long_before_leaves_at_once() -> None:
    assert decide([problem(1, -600, 0)], [], after(0)).send


def test_later_ones_wait_for_the_interval() -> None:
    answer = decide([problem(3, 60)], [after(30)], after(90))
    assert (answer.send, answer.again_at) == ((), after(330))
    assert decide([problem(3, 60)], [after(30)], after(330)).send


def test_what_began_and_ended_in_between_is_never_told() -> None:
    answer = decide([problem(1), end(1, 20), problem(2)], [], after(30))
    assert [one.about for one in answer.send] == ["call:2"]
    assert len(answer.drop) == 2


def test_an_end_is_told_only_to_those_who_heard_of_the_beginning() -> None:
    assert decide([end(1, 20)], [], after(400)).drop == (end(1, 20),)
    told = decide([end(1, 20)], [after(0)], after(400), told=frozenset({"call:1"}))
    assert told.send == (end(1, 20),)


def test_a_reminder_does_not_wait_for_the_interval() -> None:
    assert decide([again(1, 100)], [after(30)], after(100)).send
    assert decide([again(1, 70)], [after(30)], after(70)).again_at == after(90)


def test_what_began_anew_after_its_end_is_told() -> None:
    answer = decide([end(1, 20), problem(1, 40)], [], after(70))
    assert [one.kind for one in answer.send] == [PROBLEM]


def test_above_ten_a_minute_the_rest_waits_and_is_one_digest() -> None:
    sent = [after(5 * number) for number in range(MOST)]
    items = [again(number, 50) for number in range(30)]
    assert decide(items, sent, after(50)).again_at == after(105)
    later = decide(items, [after(45)], after(105))
    assert len(later.send) == 30
    assert later.digest


def test_in_quiet_hours_only_what_is_urgent_gets_through() -> None:
    quiet = Quiet(time(22), time(7), "Europe/Berlin")
    night = datetime(2026, 6, 1, 23, tzinfo=UTC)
    calm = Item(1, "call:1", PROBLEM, night, night, urgent=False)
    loud = Item(2, "call:2", PROBLEM, night, night)
    answer = decide([calm], [], night + timedelta(minutes=1), quiet=quiet)
    assert answer.again_at == datetime(2026, 6, 2, 5, tzinfo=UTC)
    both = decide([calm, loud], [], night + timedelta(minutes=1), quiet=quiet)
    assert both.send == (loud,)
    assert len(decide([calm], [], datetime(2026, 6, 2, 5, tzinfo=UTC), quiet=quiet).send) == 1


def test_quiet_hours_over_a_change_of_the_clocks_end_at_seven() -> None:
    quiet = Quiet(time(22), time(7), "Europe/Berlin")
    assert quiet_until(quiet, datetime(2026, 3, 28, 22, tzinfo=UTC)) == datetime(
        2026, 3, 29, 5, tzinfo=UTC
    )
    assert quiet_until(quiet, datetime(2026, 3, 29, 5, tzinfo=UTC)) is None
    assert quiet_until(Quiet(time(12), time(13), "UTC"), T0) is None


def run(items: list[Item], until: int) -> list[tuple[int, list[Item]]]:
    """What a person gets when the sweep looks every five seconds."""
    waiting: list[Item] = []
    sent: list[datetime] = []
    told: set[str] = set()
    found = []
    for second in range(0, until, 5):
        at = after(second)
        waiting += [one for one in items if after(second - 5) < one.at <= at]
        answer = decide(waiting, sent, at, told=frozenset(told))
        gone = {one.id for one in (*answer.send, *answer.drop)}
        waiting = [one for one in waiting if one.id not in gone]
        if answer.send:
            sent.append(at)
            told |= {one.about for one in answer.send if one.kind != END}
            found.append((second, list(answer.send)))
    return found


def test_five_hundred_alerts_in_a_minute_are_three_messages_at_most() -> None:
    storm = [problem(number, 60 * number / 500) for number in range(500)]
    found = run(storm, 900)
    assert len(found) <= 3
    assert sum(len(items) for _second, items in found) == 500


@settings(max_examples=50)
@given(
    some.lists(
        some.tuples(some.integers(0, 20), some.integers(1, 600), some.booleans()), max_size=40
    )
)
def test_nothing_is_lost_or_told_twice(events: list[tuple[int, int, bool]]) -> None:
    items, open_ = [], set()
    for place, (number, second, ends) in enumerate(sorted(events, key=lambda one: one[1])):
        if ends and number in open_:
            open_.discard(number)
            items.append(Item(place, f"call:{number}", END, after(second), after(second)))
        elif not ends and number not in open_:
            open_.add(number)
            items.append(Item(place, f"call:{number}", PROBLEM, after(second), after(second)))
    found = [one for _second, batch in run(items, 3600) for one in batch]
    assert len(found) == len({one.id for one in found})
    heard = {one.about for one in found if one.kind == PROBLEM}
    assert {f"call:{number}" for number in open_} <= heard  # what lasts is told
    assert {one.about for one in found if one.kind == END} <= heard


def test_one_alert_is_said_in_full_and_many_as_a_list() -> None:
    one = Line("You are called", "No heartbeat from srv (Harbor)", "https://x/incidents/7", PROBLEM)
    alone = composed([one], "Alpha IT")
    assert alone.subject == "You are called: No heartbeat from srv (Harbor)"
    assert "https://x/incidents/7" in alone.text
    many = composed([one] * 60 + [Line("Over", "It", "", END)], "Alpha IT")
    assert many.subject == "60 alerts, 1 over at Alpha IT"
    assert "and 21 more" in many.text

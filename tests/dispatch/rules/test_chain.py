"""Which turn of an escalation comes next, and which policy is for what."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tickets.dispatch.rules.chain import (
    MOST_TURNS,
    Case,
    Chain,
    Rule,
    Step,
    Target,
    Turn,
    anew,
    asking,
    chosen,
    first,
    fits,
    following,
    letting_go,
)
from tickets.dispatch.rules.written import BadPlan, chain_of, demand_chain, kept_chain

T0 = datetime(2026, 6, 1, 14, tzinfo=UTC)
WHO = (Target("person", 1),)


def steps(*minutes: int) -> tuple[Step, ...]:
    return tuple(Step(one * 60, WHO) for one in minutes)


def run(chain: Chain, empty: tuple[int, ...] = (), most: int = 12) -> list[str]:
    """The turns of a call nobody takes on, done the instant they are due: `minute:step`."""
    said: list[str] = []
    turn: Turn | None = first(chain, T0)
    while turn is not None and len(said) < most:
        minute = (turn.due_at - T0) // timedelta(minutes=1)
        said.append(f"{minute}:{'r' if turn.reminder else ''}{turn.step}")
        turn = following(chain, turn, turn.due_at, reached=turn.step not in empty)
    return said


def test_who_took_it_on_is_asked_and_let_go_and_it_begins_anew() -> None:
    chain = Chain(steps(5, 10), ask=1800)
    asked = asking(chain, 3, T0)
    assert asked == Turn(3, 0, 0, T0 + timedelta(minutes=30), reminder=True)
    gone = letting_go(chain, asked, asked.due_at)
    assert (gone.number, gone.due_at, gone.reminder) == (4, T0 + timedelta(minutes=60), False)
    again = anew(chain, gone, gone.due_at)
    assert again == Turn(5, 0, 0, T0 + timedelta(minutes=65))
    assert asking(Chain(steps(5)), 3, T0) is None
    assert asking(chain, MOST_TURNS, T0) is None
    assert chain_of(kept_chain(chain)) == chain
    with pytest.raises(BadPlan):
        demand_chain(Chain(steps(5), ask=60))


@pytest.mark.parametrize(
    ("chain", "empty", "turns"),
    [
        (Chain(steps(0)), (), ["0:0"]),
        (Chain(steps(0, 10, 20)), (), ["0:0", "10:1", "30:2"]),
        (Chain(steps(5, 10)), (), ["5:0", "15:1"]),
        # a step that reaches nobody falls through at once
        (Chain(steps(0, 10, 20)), (0,), ["0:0", "0:1", "20:2"]),
        (Chain(steps(0, 10, 20)), (0, 1, 2), ["0:0", "0:1", "0:2"]),
        # it starts again, with the first step's own delay
        (Chain(steps(0, 10), repeat=1), (), ["0:0", "10:1", "10:0", "20:1"]),
        (Chain(steps(5, 10), repeat=1), (), ["5:0", "15:1", "20:0", "30:1"]),
        # reminders in between do not move the next step, and go on at the end
        (Chain(steps(0, 20), remind=480), (), ["0:0", "8:r0", "16:r0", "20:1", "28:r1", "36:r1",
                                               "44:r1", "52:r1", "60:r1", "68:r1", "76:r1",
                                               "84:r1"]),
        # nobody is reminded of what nobody was told, while a step is left
        (Chain(steps(0, 30), remind=300), (0,), ["0:0", "0:1",
                                                 *(f"{n}:r1" for n in range(5, 55, 5))]),
        # at the end it never falls silent
        (Chain(steps(0), remind=300), (0,), ["0:0", *(f"{n}:r0" for n in range(5, 60, 5))]),
        (Chain(steps(0, 10), remind=600), (1,), ["0:0", "10:1",
                                                 *(f"{n}:r1" for n in range(20, 120, 10))]),
    ],
)  # fmt: skip
def test_turns_of_a_call_nobody_takes_on(
    chain: Chain, empty: tuple[int, ...], turns: list[str]
) -> None:
    assert run(chain, empty) == turns


def test_a_turn_done_late_is_followed_from_then() -> None:
    """The worker was away for an hour: the second step is ten minutes after the first was done."""
    late = T0 + timedelta(hours=1)
    turn = following(Chain(steps(0, 10)), first(Chain(steps(0, 10)), T0), late, reached=True)
    assert turn is not None
    assert turn.due_at == late + timedelta(minutes=10)


chains = some.builds(
    Chain, some.lists(some.integers(0, 90), min_size=1, max_size=4).map(lambda m: steps(*m)),
    some.integers(0, 3), some.sampled_from([0, 300, 900]),
)  # fmt: skip


@given(chains, some.sets(some.integers(0, 3)).map(tuple))
def test_turns_never_go_back_and_end(chain: Chain, empty: tuple[int, ...]) -> None:
    turn: Turn | None = first(chain, T0)
    done, at = [], T0
    while turn is not None:
        assert turn.due_at >= at
        assert turn.number == len(done) + 1
        at = turn.due_at
        done.append((turn.round, turn.step, turn.reminder))
        turn = following(chain, turn, at, reached=turn.step not in empty)
    assert len(done) <= MOST_TURNS
    told = [(round_, step) for round_, step, reminder in done if not reminder]
    assert told == sorted(set(told))
    if len(done) < MOST_TURNS:
        assert len(told) == len(chain.steps) * (chain.repeat + 1)
    assert chain_of(kept_chain(chain)) == chain


@pytest.mark.parametrize(
    ("rule", "case", "answer"),
    [
        (Rule(), Case("critical"), True),
        (Rule(severities=("critical",)), Case("warning"), False),
        (Rule(severities=("critical",)), Case("critical"), True),
        (Rule(levels=(3,)), Case("critical", level=3), True),
        (Rule(levels=(3,)), Case("critical"), False),
        (Rule(clients=(1,), sites=(7,)), Case("major", client=1, site=8), False),
        (Rule(), Case(ticket=True), False),
        (Rule(severities=("critical",), tickets=True), Case(ticket=True), True),
    ],
)
def test_what_a_policy_is_for(rule: Rule, case: Case, answer: bool) -> None:
    assert fits(rule, case) is answer


def test_the_first_policy_that_fits_is_taken() -> None:
    rules = [(5, Rule(severities=("critical",))), (6, Rule()), (7, Rule())]
    assert chosen(rules, Case("critical")) == 5
    assert chosen(rules, Case("warning")) == 6
    assert chosen(rules[:1], Case("warning")) is None


@pytest.mark.parametrize(
    ("chain", "field"),
    [
        (Chain(()), "steps"),
        (Chain((Step(0, ()),)), "targets1"),
        (Chain((Step(0, (Target("robot", 1),)),)), "targets1"),
        (Chain((Step(-1, WHO),)), "after1"),
        (Chain(steps(0), repeat=10), "repeat"),
        (Chain(steps(0), remind=60), "remind"),
    ],
)
def test_a_chain_that_cannot_be_meant_is_refused(chain: Chain, field: str) -> None:
    with pytest.raises(BadPlan) as refused:
        demand_chain(chain)
    assert refused.value.field == field

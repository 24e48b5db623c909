"""Calling people, step by step, until somebody takes it on.

Whoever begins, steps, takes on or ends a call holds its row. A turn is done in the transaction that
writes the next one, so two workers never do it twice and a killed one loses nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from msp.kit.refs import Actor
from tenants.context import address
from tenants.journal.announce import announce
from tenants.journal.registry import Event
from tenants.notices import actions as notices
from tenants.people.models import Person
from tickets.dispatch import events, queries
from tickets.dispatch.models import Call, CallStep, Policy
from tickets.dispatch.rules import chain as rules
from tickets.dispatch.rules.chain import Turn
from tickets.dispatch.rules.written import chain_of

State = Call.State


@transaction.atomic
def begin_call(
    *, source_key: str, subject: str, url: str, policy: Policy, refs: dict[str, int],
    began_at: datetime, by: Actor, at: datetime,
) -> Call | None:  # fmt: skip
    """Begin to call people about something; None where they are called about it already.

    `refs` name what it concerns, such as `{"incident_id": 7}`; `began_at` is when that began.
    """
    if Call.objects.filter(source_key=source_key, ended_at__isnull=True).exists():
        return None
    call, created = Call.objects.get_or_create(
        source_key=source_key,
        ended_at=None,
        defaults={
            "subject": subject[:200], "url": url, "policy": policy, "chain": policy.chain,
            "refs": refs, "began_at": began_at,
        },
    )  # fmt: skip
    if not created:
        return None
    _plan(call, rules.first(chain_of(policy.chain), at))
    _tell(events.CallBegan(call.pk, policy.name, **refs), by, at)
    return call


@transaction.atomic
def step_call(*, call_id: int, by: Actor, at: datetime) -> bool:
    """Do the turn of a call that is due, once; False where there is none, or somebody else does."""
    held = Call.objects.select_for_update(skip_locked=True)
    call = held.filter(pk=call_id, ended_at__isnull=True).first()
    step = call.steps.filter(done_at__isnull=True, due_at__lte=at).first() if call else None
    if call is None or step is None:
        return False
    turn = Turn(step.number, step.round, step.step, step.due_at, step.reminder, step.since)
    if call.state == State.CALLING:
        _call(call, step, turn, by, at)
    elif turn.reminder:
        _ask(call, step, turn, by, at)
    else:
        _let_go(call, step, turn, by, at)
    return True


def _call(call: Call, step: CallStep, turn: Turn, by: Actor, at: datetime) -> None:
    chain = chain_of(call.chain)
    found = queries.reached(chain, turn.step, at)
    people, words = list(found.people), _words(turn, found)
    if not people and rules.is_last(chain, turn):  # it must not fall silent here
        people = queries.catch_all()
        words += "; told the owners instead"
    _call_out(call, turn, people, found.teams, at)
    step.told = [{"id": one.pk, "name": one.name} for one in people]
    _done(step, words, at)
    following = rules.following(chain, turn, at, reached=bool(people))
    if following is not None:
        _plan(call, following)
    _tell(events.PeopleCalled(call.pk, turn.number, words, **call.refs), by, at)


def _done(step: CallStep, words: str, at: datetime) -> None:
    step.done_at, step.outcome = at, words[:300]
    step.save(update_fields=["done_at", "outcome", "told"])


@transaction.atomic
def take_call(
    *, source_key: str, by: Actor, at: datetime, for_good: bool = False
) -> Call | None:  # fmt: skip
    """Somebody is on it: nobody else is called. None where nobody was being called.

    A person who took it on is asked about it later, where the escalation has that and it is not
    `for_good`; taking it on again is their answer, or another's who takes it over.
    """
    call = _running(source_key)
    if call is None or (call.state == State.TAKEN and not _is_asked_about(call)):
        return None
    taken = call.state == State.TAKEN
    call.state, call.taken_at, call.taken_by = State.TAKEN, at, by.name[:120]
    call.taker_id = by.id if by.kind == "person" else None
    call.save(update_fields=["state", "taken_at", "taken_by", "taker_id"])
    _stop(call)
    last = call.steps.order_by("-number").values_list("number", flat=True).first() or 0
    asking = rules.asking(chain_of(call.chain), last + 1, at)
    if asking and call.taker_id and not for_good:
        _plan(call, asking)
    if taken:
        _tell(events.CallKept(call.pk, **call.refs), by, at)
    else:
        _tell(events.CallTaken(call.pk, call.source_key, **call.refs), by, at)
    return call


def _is_asked_about(call: Call) -> bool:
    return call.steps.filter(done_at__isnull=True).exists()


def _ask(call: Call, step: CallStep, turn: Turn, by: Actor, at: datetime) -> None:
    """Ask whoever took it on; the page the question leads to has the answer."""
    if call.taker_id:
        notices.alert(
            person_id=call.taker_id, key=f"call:{call.pk}:{turn.number}", about=_about(call),
            reason="Still on it?", text=call.subject, url=reverse("call-list"),
            began_at=call.began_at, at=at, again=True,
        )  # fmt: skip
    step.told = [{"id": call.taker_id, "name": call.taken_by}]
    words = f"asked {call.taken_by} whether they are still on it"
    _done(step, words, at)
    _plan(call, rules.letting_go(chain_of(call.chain), turn, at))
    _tell(events.PeopleCalled(call.pk, turn.number, words, **call.refs), by, at)


def _let_go(call: Call, step: CallStep, turn: Turn, by: Actor, at: datetime) -> None:
    """Without a word from whoever took it on it is nobody's again."""
    name = call.taken_by
    _done(step, f"heard nothing more from {name}; calls anew", at)
    call.state, call.taken_at, call.taken_by, call.taker_id = State.CALLING, None, "", None
    call.save(update_fields=["state", "taken_at", "taken_by", "taker_id"])
    _plan(call, rules.anew(chain_of(call.chain), turn, at))
    _tell(events.CallLetGo(call.pk, call.source_key, name, **call.refs), by, at)


@transaction.atomic
def end_call(*, source_key: str, why: str, by: Actor, at: datetime) -> Call | None:
    """It is over: nobody is called any more, and those who were told hear that it ended."""
    call = _running(source_key)
    if call is None:
        return None
    call.state, call.ended_at = State.OVER, at
    call.save(update_fields=["state", "ended_at"])
    _stop(call)
    notices.alert_over(
        about=_about(call), reason=f"Over: {why}", text=call.subject, url=call.url, at=at
    )
    _tell(events.CallEnded(call.pk, why, **call.refs), by, at)
    return call


def _running(source_key: str) -> Call | None:
    held = Call.objects.select_for_update()
    return held.filter(source_key=source_key, ended_at__isnull=True).first()


def _stop(call: Call) -> None:
    call.steps.filter(done_at__isnull=True).delete()


def _about(call: Call) -> str:
    return f"call:{call.pk}"


def _words(turn: Turn, found: queries.Reached) -> str:
    if turn.reminder:
        said = f"reminded {found.words}" if found.words else "found nobody to remind"
    else:
        said = f"called {found.words}" if found.words else "called nobody"
    said += f" (step {turn.step + 1}" + (f", again {turn.round})" if turn.round else ")")
    return "; ".join([said, *found.empty])


def _call_out(
    call: Call, turn: Turn, people: Sequence[Person], teams: Sequence[int], at: datetime
) -> None:
    """Tell each of them, in the inbox and outside; a team's channel hears it once."""
    again = turn.reminder or turn.number > 1
    reason = "Reminder" if turn.reminder else "You are called"
    told: dict[str, Any] = {
        "key": f"call:{call.pk}:{turn.number}", "about": _about(call), "reason": reason,
        "text": call.subject, "url": call.url, "began_at": call.began_at, "at": at,
    }  # fmt: skip
    for person in people:
        notices.alert(person_id=person.pk, again=again, **told)
    for team_id in () if turn.reminder else teams:
        notices.tell_team(
            team_id=team_id, key=told["key"], reason=reason, text=call.subject,
            url=address(call.url), at=at,
        )  # fmt: skip


def _plan(call: Call, turn: Turn) -> None:
    CallStep.objects.create(
        call=call, number=turn.number, round=turn.round, step=turn.step, reminder=turn.reminder,
        since=turn.since, due_at=turn.due_at,
    )  # fmt: skip


def _tell(event: Event, by: Actor, at: datetime) -> None:
    announce(event, by=by, at=at)

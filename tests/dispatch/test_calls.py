"""Calling people: step by step, once, until somebody takes it on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox

from monitoring import actions as monitoring
from monitoring.models import Incident
from msp.kit.refs import Actor, system
from tenants import context
from tenants.context import Tenant
from tenants.journal.queries import about
from tenants.notices import actions as notices
from tenants.notices import tasks
from tenants.notices.models import Mail, Notice
from tenants.notices.rules.grouping import PROBLEM
from tests.conftest import NOW, _tenant, person
from tests.monitoring.estate import T0, Estate, after, check, promise
from tests.monitoring.test_drain import drained, put
from tests.monitoring.test_sweep import lapse
from tests.tickets.test_concurrency import at_once
from tickets import actions as tickets
from tickets.dispatch import actions, queries
from tickets.dispatch import tasks as dispatch
from tickets.dispatch.models import Call, CallStep, Policy, Schedule
from tickets.dispatch.rules.chain import Case, Chain, Step, Target
from tickets.dispatch.rules.rota import Layer

BY = system("Tests")
Drain = Callable[[], int]


def rota(*names: str, name: str = "First line") -> Schedule:
    """A week each, from the Monday before the tests' instant."""
    layers = [Layer("First", tuple(person(one).pk for one in names), NOW.date())] if names else []
    return actions.make_schedule(name=name, zone="America/New_York", layers=layers, by=BY, at=NOW)


def policy(*steps: tuple[int, str, int], name: str = "Standard", **more: object) -> Policy:
    """Each step: after how many minutes, what kind, which one."""
    chain = Chain(
        tuple(Step(minutes * 60, (Target(kind, pk),)) for minutes, kind, pk in steps),
        repeat=int(str(more.pop("repeat", 0))), remind=int(str(more.pop("remind", 0))),
    )  # fmt: skip
    return actions.keep_policy(name=name, rank=1, when=more, chain=chain, by=BY, at=NOW)


def begin(by: Policy, key: str = "incident:1") -> Call | None:
    return actions.begin_call(
        source_key=key, subject="No heartbeat from hdg-srv-01", url="/incidents/1", policy=by,
        refs={}, began_at=NOW, by=BY, at=NOW,
    )  # fmt: skip


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def step(minutes: float) -> None:
    """What the sweep does at an instant."""
    for call_id in queries.due_calls(at(minutes)):
        actions.step_call(call_id=call_id, by=BY, at=at(minutes))


def told() -> list[str]:
    calls = Notice.objects.filter(about__startswith="call:").order_by("pk")
    return list(calls.values_list("person__name", flat=True))


def test_steps_are_rows_and_each_is_done_once(alpha: Tenant) -> None:
    call = begin(
        policy((0, "schedule", rota("Ben").pk), (10, "person", person("Ada").pk), remind=300)
    )
    assert call is not None
    step(0)
    step(0)
    assert told() == ["Ben"]
    step(4.9)
    assert told() == ["Ben"]
    step(5)  # a reminder
    step(10)
    assert told() == ["Ben", "Ben", "Ada"]
    outcomes = [one.outcome for one in call.steps.filter(done_at__isnull=False)]
    assert outcomes == [
        "called Ben (First line) (step 1)", "reminded Ben (First line) (step 1)",
        "called Ada (step 2)",
    ]  # fmt: skip
    assert CallStep.objects.filter(done_at__isnull=True).count() == 1


def test_told_twice_it_is_one_call(alpha: Tenant) -> None:
    standard = policy((0, "person", person("Ben").pk))
    assert begin(standard) is not None
    assert begin(standard) is None
    assert Call.objects.count() == 1


def test_a_schedule_without_anybody_falls_through_and_says_so(alpha: Tenant) -> None:
    begin(policy((0, "schedule", rota().pk), (30, "person", person("Ada").pk)))
    step(0)
    step(0)
    assert told() == ["Ada"]
    first = CallStep.objects.get(number=1)
    assert first.outcome == "called nobody (step 1); nobody is on call in First line"
    assert CallStep.objects.get(number=2).done_at == at(0)


def test_a_call_that_reaches_nobody_goes_to_the_owners(alpha: Tenant) -> None:
    begin(policy((0, "schedule", rota().pk)))
    step(0)
    assert told() == ["Ada"]
    assert "told the owners instead" in CallStep.objects.get().outcome


def test_a_last_step_that_reaches_nobody_goes_to_the_owners_and_on(alpha: Tenant) -> None:
    begin(policy((0, "person", person("Ben").pk), (10, "schedule", rota().pk), remind=900))
    step(0)
    step(10)
    assert told() == ["Ben", "Ada"]
    step(25)
    step(40)
    assert told() == ["Ben", "Ada", "Ada", "Ada"]
    assert "told the owners instead" in CallStep.objects.get(number=3).outcome


def test_a_reminder_that_reaches_nobody_goes_to_the_owners_and_on(alpha: Tenant) -> None:
    """Whoever was told may be gone by the night."""
    bens = rota("Ben")
    begin(policy((0, "schedule", bens.pk), remind=900))
    step(0)
    Schedule.objects.update(layers=[])
    step(15)
    assert told() == ["Ben", "Ada"]
    Schedule.objects.update(layers=bens.layers)
    step(30)
    assert told() == ["Ben", "Ada", "Ben"]


def test_a_call_that_cannot_be_stepped_stops_no_other(alpha: Tenant) -> None:
    standard = policy((0, "person", person("Ben").pk))
    begin(standard, "incident:1")
    begin(standard, "incident:2")
    CallStep.objects.update(due_at=datetime.now(UTC) - timedelta(minutes=1))
    Call.objects.filter(source_key="incident:1").update(chain={})
    dispatch.step_calls()
    assert [one.about for one in Notice.objects.all()] == [
        f"call:{Call.objects.get(source_key='incident:2').pk}"
    ]


def test_a_policy_changed_meanwhile_changes_no_call_that_runs(alpha: Tenant) -> None:
    standard = policy((0, "person", person("Ben").pk), (10, "person", person("Ada").pk))
    begin(standard)
    step(0)
    chain = Chain((Step(0, (Target("person", person("Guy").pk),)),))
    actions.keep_policy(policy=standard, name="Standard", rank=1, when={}, chain=chain, by=BY,
                        at=NOW)  # fmt: skip
    step(10)
    assert told() == ["Ben", "Ada"]


def test_whoever_takes_it_on_ends_the_calling(alpha: Tenant) -> None:
    begin(policy((0, "person", person("Ben").pk), (10, "person", person("Ada").pk), repeat=3))
    step(0)
    ben = Actor("person", person("Ben").pk, "Ben")
    assert actions.take_call(source_key="incident:1", by=ben, at=at(1)) is not None
    assert actions.take_call(source_key="incident:1", by=BY, at=at(2)) is None
    for minute in (10, 20, 30, 400):
        step(minute)
    assert told() == ["Ben"]
    assert Call.objects.get().taken_by == "Ben"


def test_the_end_is_told_to_those_who_were_called(alpha: Tenant) -> None:
    begin(policy((0, "person", person("Ben").pk), (10, "person", person("Ada").pk)))
    step(0)
    notices.send_alerts(person_id=person("Ben").pk, at=at(1))
    actions.end_call(source_key="incident:1", why="heard from it again", by=BY, at=at(3))
    notices.send_alerts(person_id=person("Ben").pk, at=at(9))
    assert told() == ["Ben", "Ben"]
    assert [one.to for one in Mail.objects.order_by("pk")] == ["ben@alpha.example"] * 2
    assert Mail.objects.last().subject.startswith("Over: heard from it again")


def test_what_is_over_within_half_a_minute_calls_nobody_outside(alpha: Tenant) -> None:
    begin(policy((0, "person", person("Ben").pk)))
    step(0)
    actions.end_call(source_key="incident:1", why="it came back", by=BY, at=at(0.4))
    notices.send_alerts(person_id=person("Ben").pk, at=at(6))
    assert not Mail.objects.exists()
    assert told() == ["Ben", "Ben"]  # the inbox keeps both


def test_alerts_leave_by_mail_together(alpha: Tenant) -> None:
    standard = policy((0, "person", person("Ben").pk))
    for number in range(3):
        begin(standard, f"incident:{number}")
    step(0)
    assert notices.send_alerts(person_id=person("Ben").pk, at=at(0.4)) == 0
    assert notices.send_alerts(person_id=person("Ben").pk, at=at(0.5)) == 3
    assert notices.send_alerts(person_id=person("Ben").pk, at=at(0.5)) == 0
    tasks.send()
    assert [one.subject for one in outbox.outbox] == ["3 alerts at Alpha IT"]


def test_five_hundred_calls_in_a_minute_are_three_mails_at_most(alpha: Tenant) -> None:
    ben = person("Ben").pk
    for part in range(10):  # each six seconds fifty
        began = at(part / 10)
        Notice.objects.bulk_create(
            [
                Notice(
                    person_id=ben, key=f"call:{part}.{n}:1", about=f"call:{part}.{n}", kind=PROBLEM,
                    reason="You are called", text="No heartbeat", urgent=True, began_at=began,
                    at=began, send_at=began,
                )
                for n in range(50)
            ]
        )  # fmt: skip
        notices.send_alerts(person_id=ben, at=began)
    for minute in range(1, 15):
        notices.send_alerts(person_id=ben, at=at(minute))
    assert 0 < Mail.objects.count() <= 3
    assert Notice.objects.filter(sent_at__isnull=False).count() == 500


@pytest.fixture
def silent(harbor: Estate, drain: Drain) -> Incident:
    """An incident of a covered server; critical ones call Ben, then Ada."""
    promise(harbor)
    policy(
        (0, "person", person("Ben").pk), (10, "person", person("Ada").pk), severities=["critical"]
    )
    check(harbor)
    lapse(180)
    drain()
    return Incident.objects.get()


def sweep(seconds: float) -> None:
    for call_id in queries.due_calls(T0 + after(seconds)):
        actions.step_call(call_id=call_id, by=BY, at=T0 + after(seconds))


def test_an_incident_calls_people_and_its_timeline_says_so(silent: Incident) -> None:
    sweep(200)
    assert told() == ["Ben"]
    said = [line.sentence for line in about("incident", silent.pk)]
    assert "began to call people by Standard" in said
    assert "called Ben (step 1)" in said


def test_acknowledging_stops_the_calling_in_the_same_instant(silent: Incident) -> None:
    sweep(200)
    monitoring.acknowledge(incident=silent, by=BY, at=T0 + after(300))
    sweep(10_000)
    assert told() == ["Ben"]


def test_taking_on_the_call_acknowledges_the_incident(silent: Incident, drain: Drain) -> None:
    ben = Actor("person", person("Ben").pk, "Ben")
    actions.take_call(source_key=f"incident:{silent.pk}", by=ben, at=T0 + after(300))
    drain()
    silent.refresh_from_db()
    assert silent.acknowledged_by == "Ben"


def test_a_beat_ends_the_call(silent: Incident, drain: Drain) -> None:
    from monitoring.models import EnrolmentKey

    sweep(200)
    key = EnrolmentKey.objects.get()
    put(Estate(silent.client, key.site, key, ""), 500)
    drained()
    drain()
    assert Call.objects.get().ended_at is not None
    sweep(10_000)
    assert [one for one in told() if one == "Ada"] == []


def test_a_snooze_that_is_over_calls_anew(silent: Incident, drain: Drain) -> None:
    sweep(200)
    until = T0 + timedelta(hours=1)
    monitoring.snooze(incident=silent, until=until, by=BY, at=T0 + after(300))
    sweep(1000)
    assert told() == ["Ben"]
    monitoring.wake(clock=until, by=BY, at=until)
    drain()
    sweep(3700)
    assert Call.objects.count() == 2
    assert told()[-1] == "Ben"


def test_what_no_policy_is_for_calls_nobody(harbor: Estate, drain: Drain) -> None:
    policy((0, "person", person("Ben").pk), severities=["warning"])
    check(harbor)
    lapse(180)
    drain()
    assert not Call.objects.exists()


def test_a_promise_about_to_be_missed_calls_people_until_somebody_answers(
    harbor: Estate, drain: Drain
) -> None:
    promise(harbor)
    policy((0, "person", person("Ada").pk), tickets=True)
    from tests.monitoring.estate import device

    made = tickets.open_ticket(
        client=harbor.client, device=device(harbor), subject="Slow", channel="phone", priority=1,
        by=BY, at=T0,
    )  # fmt: skip
    tickets.warn_due(at=T0 + after(890))
    drain()
    call = Call.objects.get()
    assert "Slow" in call.subject
    ben = Actor("person", person("Ben").pk, "Ben")
    tickets.reply(ticket=made, body="On it", by=ben, at=T0 + after(895))
    drain()
    call.refresh_from_db()
    assert call.ended_at is not None


def test_cases_are_matched_by_level_and_site(alpha: Tenant) -> None:
    gold = policy((0, "person", person("Ben").pk), name="Gold", levels=[7])
    assert queries.policy_for(Case("critical", level=7)) == gold
    assert queries.policy_for(Case("critical", level=8)) is None
    actions.end_policy(policy=gold, by=BY, at=NOW)
    assert queries.policy_for(Case("critical", level=7)) is None


def test_workers_and_a_person_at_once_do_each_turn_once(committed: None) -> None:
    """Three workers step the same calls while somebody takes half of them on."""
    alpha = _tenant("alpha")
    with context.inside(alpha):
        standard = policy((0, "person", person("Ben").pk), (0, "person", person("Ada").pk))
        for number in range(8):
            begin(standard, f"incident:{number}")

    def work(place: int) -> list[bool]:
        if place < 3:
            return [step(0) is None for _ in range(4)]
        keys = [f"incident:{number}" for number in range(0, 8, 2)]
        return [actions.take_call(source_key=key, by=BY, at=at(0)) is not None for key in keys]

    assert at_once(4, work)[3] == [True] * 4
    with context.inside(alpha):
        step(0)
        step(0)
        told_of = list(Notice.objects.values_list("about", flat=True))
        for call in Call.objects.all():
            done = call.steps.filter(done_at__isnull=False).count()
            assert done == told_of.count(f"call:{call.pk}")
            assert call.state == Call.State.TAKEN or done == 2
            assert not call.steps.filter(done_at__isnull=True).exists()

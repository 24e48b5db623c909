"""Whoever took on a call is asked whether they still are on it, and let go without a word."""

from django.test import Client as Browser

from monitoring import actions as monitoring
from monitoring.models import Incident
from msp.kit.refs import Actor
from tenants.context import Tenant
from tenants.journal.queries import about
from tenants.notices.models import Notice
from tests.conftest import NOW, person
from tests.dispatch.test_calls import BY, Drain, at, begin, silent, step, sweep, told
from tests.monitoring.estate import T0, after
from tickets.dispatch import actions
from tickets.dispatch.models import Call, CallStep, Policy
from tickets.dispatch.rules.chain import Chain, Step, Target

__all__ = ["silent"]


def by_person(name: str) -> Actor:
    return Actor("person", person(name).pk, name)


def asked_after(minutes: int) -> Call:
    """Ben is called, then Ada; who takes it on is asked about it after a while."""
    steps = tuple(Step(n * 600, (Target("person", person(who).pk),))
                  for n, who in enumerate(("Ben", "Ada")))  # fmt: skip
    begin(actions.keep_policy(name="Asked", rank=1, when={}, chain=Chain(steps, ask=minutes * 60),
                              by=BY, at=NOW))  # fmt: skip
    step(0)
    return Call.objects.get()


def test_who_took_it_on_is_asked_and_without_a_word_it_is_called_anew(alpha: Tenant) -> None:
    call = asked_after(30)
    actions.take_call(source_key="incident:1", by=by_person("Ben"), at=at(5))
    step(34)
    assert told() == ["Ben"]
    step(35)
    question = Notice.objects.latest("pk")
    assert (question.person.name, question.reason) == ("Ben", "Still on it?")
    step(64)
    call.refresh_from_db()
    assert call.state == Call.State.TAKEN
    step(65)
    call.refresh_from_db()
    assert (call.state, call.taken_by, call.taken_at) == (Call.State.CALLING, "", None)
    step(65)
    step(75)
    assert told() == ["Ben", "Ben", "Ben", "Ada"]
    assert [one.outcome for one in call.steps.filter(done_at__isnull=False)][1:3] == [
        "asked Ben whether they are still on it", "heard nothing more from Ben; calls anew",
    ]  # fmt: skip


def test_an_answer_keeps_it_and_another_may_take_it_over(alpha: Tenant, ben: Browser) -> None:
    call = asked_after(30)
    actions.take_call(source_key="incident:1", by=by_person("Ben"), at=at(5))
    step(35)
    assert "Still on it" in ben.get("/oncall/calls").content.decode()
    assert actions.take_call(source_key="incident:1", by=by_person("Ben"), at=at(40)) is not None
    step(69)
    assert told() == ["Ben", "Ben"]
    assert actions.take_call(source_key="incident:1", by=by_person("Ada"), at=at(69)) is not None
    step(99)
    assert told() == ["Ben", "Ben", "Ada"]
    assert ben.post(f"/oncall/calls/{call.pk}/take").status_code == 303
    call.refresh_from_db()
    assert call.taken_by == "Ben"
    actions.end_call(source_key="incident:1", why="it came back", by=BY, at=at(120))
    step(10_000)
    assert not CallStep.objects.filter(done_at__isnull=True).exists()


def test_nobody_is_asked_who_is_no_person_or_while_it_is_to_be_left_alone(alpha: Tenant) -> None:
    asked_after(30)
    actions.take_call(source_key="incident:1", by=BY, at=at(5))
    assert not CallStep.objects.filter(done_at__isnull=True).exists()
    begin(Policy.objects.get(), "incident:2")
    actions.take_call(source_key="incident:2", by=by_person("Ben"), at=at(5), for_good=True)
    assert not CallStep.objects.filter(done_at__isnull=True).exists()


def test_an_incident_nobody_answers_for_is_open_again(silent: Incident, drain: Drain) -> None:
    Call.objects.update(chain=Call.objects.get().chain | {"ask": 1800})
    monitoring.acknowledge(incident=silent, by=by_person("Ben"), at=T0 + after(300))
    sweep(300 + 1800)
    sweep(300 + 3600)
    drain()
    silent.refresh_from_db()
    assert (silent.state, silent.acknowledged_by) == ("open", "")
    said = [line.sentence for line in about("incident", silent.pk)]
    assert "heard nothing more from Ben; people are called anew" in said
    sweep(300 + 3600)
    assert told()[-1] == "Ben"
    monitoring.acknowledge(incident=silent, by=by_person("Ada"), at=T0 + after(4000))
    assert Call.objects.get().taken_by == "Ada"


def test_a_click_between_letting_go_and_what_follows_is_not_lost(
    silent: Incident, drain: Drain
) -> None:
    Call.objects.update(chain=Call.objects.get().chain | {"ask": 1800})
    monitoring.acknowledge(incident=silent, by=by_person("Ben"), at=T0 + after(300))
    sweep(300 + 1800)
    sweep(300 + 3600)
    monitoring.acknowledge(incident=silent, by=by_person("Ada"), at=T0 + after(3901))
    drain()
    silent.refresh_from_db()
    assert (silent.state, silent.acknowledged_by) == ("acknowledged", "Ada")
    assert Call.objects.get().taken_by == "Ada"

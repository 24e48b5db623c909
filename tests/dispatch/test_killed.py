"""Killed at any point between a silence and the mail about it: nothing lost, nothing too early."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from functools import partial
from pkgutil import resolve_name
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Keeping

from monitoring import actions as monitoring
from monitoring.models import Incident
from msp.kit.refs import Actor
from tenants import context
from tenants.journal import delivery
from tenants.notices import actions as notices
from tenants.notices import queries as told
from tenants.notices import tasks
from tenants.notices.gateways import outside
from tenants.notices.models import Mail, Notice, Outgoing
from tenants.notices.rules.webhooks import ALERT_PAUSES
from tests import make
from tests.bench._product import free_port
from tests.conftest import NOW, _tenant, person
from tests.dispatch.test_calls import BY, begin, policy
from tests.killed import at_the_end_of, killed
from tests.monitoring.estate import T0, after, check, estate
from tests.notices.conftest import Stub
from tests.notices.test_channels import webhook
from tickets.dispatch import actions, queries
from tickets.dispatch.models import Call
from tickets.dispatch.rules.chain import Chain, Step, Target
from tickets.models import Ticket


class Post(Keeping):
    """A mail server that keeps what it took."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.taken.append(message)


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """Mail goes out by SMTP here."""
    kept = Post()
    port = free_port()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield kept
    server.stop()


def lapse(_turn: int) -> None:
    monitoring.lapse(clock=T0 + after(180), by=BY, at=T0 + after(181))


def react(_turn: int) -> None:
    delivery.drain()


def call(_turn: int) -> None:
    for call_id in queries.due_calls(datetime.now(UTC)):
        actions.step_call(call_id=call_id, by=BY, at=datetime.now(UTC))


def gather(turn: int) -> None:
    """Ten minutes after the one before: no two leave together."""
    later = datetime.now(UTC) + timedelta(minutes=10 * turn + 10)
    for person_id in told.people_with_alerts(later):
        notices.send_alerts(person_id=person_id, at=later)


def send(_turn: int) -> None:
    Mail.objects.update(next_at=T0)  # also where a try before asks for a pause
    tasks.send()


STEPS: tuple[Callable[[int], None], ...] = (lapse, react, call, gather, send)

POINTS = {  # which step is cut short, and at the end of what
    "with the incident written and not committed": (0, "monitoring.actions.lapsing.Incidents.open"),
    "with the incident committed and nobody asked": (0, "tenants.journal.announce.live.publish"),
    "with the call written and not committed": (1, "monitoring.reactions.dispatch.begin_call"),
    "with the turn written and not committed": (2, "tickets.dispatch.actions.calling._call_out"),
    "with the mail written and not committed": (3, "tenants.notices.actions.alerts.mail"),
    "with the mail sent and not written down": (4, "smtplib.SMTP.sendmail"),
}


def cut_short(name: str, step: Callable[[], None]) -> None:
    holder, _, attribute = name.rpartition(".")
    found = resolve_name(holder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(found, attribute, at_the_end_of(getattr(found, attribute)))
        killed(step)


def test_a_worker_killed_anywhere_loses_no_call_and_makes_none_of_nothing(
    committed: None, post: Post
) -> None:
    with context.inside(_tenant("alpha")):
        policy((0, "person", person("Ben").pk))
        where = estate()
        for turn, (point, (cut, name)) in enumerate(POINTS.items()):
            post.taken.clear()
            site = make.site(where.client, f"Branch {turn}")
            ours = Incident.objects.filter(check_row=check(replace(where, site=site), f"pc-{turn}"))
            for place, step in enumerate(STEPS):
                if place == cut:
                    cut_short(name, partial(step, turn))
                    assert ours.exists() is (cut > 0 or "committed and" in point), point
                    assert Mail.objects.count() == turn + (cut == 4), point
                    assert len(post.taken) == (cut == 4), point
                step(turn)
            assert Mail.objects.filter(sent_at__isnull=False).count() == turn + 1, point
            assert Ticket.objects.get(device=ours.get().device).source_key, point
            assert len({message["Message-ID"] for message in post.taken}) == 1, point
            assert len(post.taken) == 1 + (cut == 4), point
            assert {message["To"] for message in post.taken} == {"ben@alpha.example"}, point


@pytest.mark.usefixtures("nearby")
def test_a_try_that_kills_its_process_is_a_try(committed: None, stub: Stub) -> None:
    """As the hard limit does with what hears no softer one; in the end it is given up."""
    with context.inside(_tenant("alpha")):
        channel, _secret = webhook(stub.url, kinds=[], person=person("Ben"))
        row = Outgoing.objects.create(
            channel=channel, key="k", kind="alert", subject="Down", person=person("Ben"),
            created_at=T0, next_at=T0,
        )  # fmt: skip
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(outside, "post", at_the_end_of(outside.post))
            for number in range(1, len(ALERT_PAUSES) + 2):
                killed(lambda: tasks.send_outgoing(channel.pk))
                row.refresh_from_db()
                assert (row.tries, row.error) == (number, "The try was cut off.")
                assert row.next_at > datetime.now(UTC)
                Outgoing.objects.update(next_at=T0)
            tasks.send_outgoing(channel.pk)
        row.refresh_from_db()
        assert row.gave_up_at is not None
        assert Mail.objects.get().subject == "Down"
        assert len(stub.got) == len(ALERT_PAUSES) + 1


SCENE = (0, 5, 10, 20, 25, 55, 85, 95, 100)  # minutes at which a turn is due, or somebody acts


def act(source_key: str, minute: int) -> None:
    """What is done about one call at a minute of the scene."""
    moment = NOW + timedelta(minutes=minute)
    if minute == 25:
        ben = Actor("person", person("Ben").pk, "Ben")
        actions.take_call(source_key=source_key, by=ben, at=moment)
    pk = Call.objects.get(source_key=source_key).pk
    actions.step_call(call_id=pk, by=BY, at=moment)


def test_a_restart_between_any_two_steps_changes_nothing(committed: None) -> None:
    """Steps, reminders, a take, the question and letting go; killed before and after each."""
    with context.inside(_tenant("alpha")):
        ben, ada = (Target("person", person(name).pk) for name in ("Ben", "Ada"))
        chain = Chain((Step(0, (ben,)), Step(600, (ada,))), repeat=1, remind=300, ask=1800)
        chosen = actions.keep_policy(name="Asked", rank=1, when={}, chain=chain, by=BY, at=NOW)
        pasts = {}
        for key in ("incident:1", "incident:2"):
            begin(chosen, key)
            for minute in SCENE:
                if key == "incident:2":
                    cut_short("tickets.dispatch.actions.calling._tell", partial(act, key, minute))
                act(key, minute)
                act(key, minute)  # as after a kill between the commit and its receipt
            call = Call.objects.get(source_key=key)
            done = call.steps.order_by("number").values_list("number", "outcome", "done_at")
            heard = Notice.objects.filter(about=f"call:{call.pk}").order_by("pk")
            pasts[key] = (
                list(done), call.state,
                list(heard.values_list("person__name", "reason", "at")),
            )  # fmt: skip
        assert pasts["incident:1"] == pasts["incident:2"]
        outcomes = [outcome for _number, outcome, _at in pasts["incident:1"][0]]
        assert "asked Ben whether they are still on it" in outcomes
        assert "heard nothing more from Ben; calls anew" in outcomes

"""What each status allows."""

import pytest

from msp.kit.refusals import Refused
from tickets.rules import states
from tickets.rules.states import ACTIVE, ENDED, PAUSING, Status, Verb


def test_waiting_and_scheduled_tickets_stop_the_clock_and_no_others():
    assert {status for status in Status if states.pauses(status)} == PAUSING
    assert PAUSING < ACTIVE


@pytest.mark.parametrize(
    ("status", "verb", "then"),
    [
        ("new", "start", "in_progress"),
        ("new", "reply", "new"),
        ("open", "wait_client", "waiting_client"),
        ("waiting_vendor", "wait_client", "waiting_client"),
        ("scheduled", "schedule", "scheduled"),
        ("waiting_client", "open", "open"),
        ("in_progress", "resolve", "resolved"),
        ("waiting_client", "resolve", "resolved"),
        ("resolved", "close", "closed"),
        ("resolved", "reopen", "open"),
        ("closed", "reopen", "open"),
        ("closed", "note", "closed"),
    ],
)
def test_a_verb_leads_to_its_status(status, verb, then):
    assert states.after(status, verb) == then


@pytest.mark.parametrize(
    ("status", "verb", "reason"),
    [
        ("closed", "resolve", 'A ticket that is "closed" cannot be resolved.'),
        ("resolved", "assign", 'A ticket that is "resolved" cannot be assigned.'),
        ("open", "close", 'A ticket that is "open" cannot be closed.'),
        ("new", "reopen", 'A ticket that is "new" cannot be reopened.'),
        ("in_progress", "start", 'A ticket that is "in progress" cannot be started.'),
        ("closed", "reply", 'A ticket that is "closed" cannot be replied to.'),
    ],
)
def test_a_verb_out_of_place_is_refused_in_words(status, verb, reason):
    with pytest.raises(Refused) as refusal:
        states.require(status, verb)
    assert refusal.value.reason == reason
    assert refusal.value.field == "status"


def test_every_status_has_a_way_out_and_every_verb_a_place():
    for status in Status:
        assert any(states.after(status, verb) != status for verb in states.allowed_verbs(status))
        assert status.words
    for verb in Verb:
        assert any(states.allows(status, verb) for status in Status)


def test_only_ended_tickets_reopen():
    assert {status for status in Status if states.allows(status, "reopen")} == ENDED


@pytest.mark.parametrize(
    ("status", "then"),
    [
        ("waiting_client", "open"),
        ("resolved", "open"),
        ("closed", "open"),
        ("scheduled", "scheduled"),
        ("waiting_vendor", "waiting_vendor"),
        ("new", "new"),
        ("in_progress", "in_progress"),
    ],
)
def test_a_client_who_writes_gets_the_ticket_going_again(status, then):
    assert states.after_client_reply(status) == then

"""What is announced is kept, and its consequences happen once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from msp.kit.refs import Actor, system
from tenants.context import Tenant
from tenants.journal import delivery, queries
from tenants.journal.announce import OutsideTransaction, announce
from tenants.journal.models import Delivery, Entry
from tenants.people.models import Team
from tests.tenants.happenings import HEARD, LampLit

BEN = Actor("person", 7, "Ben")


@pytest.fixture(autouse=True)
def quiet() -> None:
    HEARD.clear()


def test_an_entry_keeps_who_what_when_and_about_what(alpha: Tenant, at: datetime) -> None:
    announce(LampLit(lamp_id=3, room_id=9), by=BEN, at=at)
    (line,) = queries.about("lamp", 3)
    assert (line.actor_name, line.sentence, line.at) == (
        "Ben",
        "lit the lamp 3 with white light",
        at,
    )
    assert queries.about("room", 9) == [line]
    assert queries.about("lamp", 9) == []


def test_a_reaction_runs_once_however_often_it_is_delivered(alpha: Tenant, at: datetime) -> None:
    announce(LampLit(lamp_id=3), by=BEN, at=at)
    (owed,) = Delivery.objects.all()
    assert delivery.perform(owed.pk) is True
    assert delivery.perform(owed.pk) is False
    assert HEARD == [(3, "Ben")]
    assert Team.objects.filter(name="lamp 3").count() == 1


def test_a_failing_reaction_leaves_no_trace_but_the_error(alpha: Tenant, at: datetime) -> None:
    announce(LampLit(lamp_id=4, colour="broken"), by=system(), at=at)
    (owed,) = Delivery.objects.all()
    assert delivery.perform(owed.pk) is False
    owed.refresh_from_db()
    assert owed.done_at is None
    assert owed.tries == 1
    assert owed.error == "RuntimeError: the lamp is broken"
    assert not Team.objects.filter(name="lamp 4").exists()
    assert queries.failing() == [owed]
    assert delivery.due() == []  # its next try is later


def test_a_reaction_that_gave_up_is_not_tried_again(alpha: Tenant, at: datetime) -> None:
    announce(LampLit(lamp_id=4, colour="broken"), by=system(), at=at)
    for _ in range(delivery.GIVE_UP):
        Delivery.objects.update(next_at=at - timedelta(days=1))
        for pk in delivery.due():
            delivery.perform(pk)
    Delivery.objects.update(next_at=at - timedelta(days=1))
    assert delivery.due() == []
    assert len(HEARD) == delivery.GIVE_UP


def test_what_rolls_back_was_never_told(alpha: Tenant, at: datetime) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        announce(LampLit(lamp_id=5), by=BEN, at=at)
        raise RuntimeError
    assert not Entry.objects.filter(kind=LampLit.kind).exists()
    assert not Delivery.objects.exists()


def test_telling_outside_a_transaction_is_refused(committed: None, at: datetime) -> None:
    from tenants import context

    with context.inside(context.ready()[0]), pytest.raises(OutsideTransaction):
        announce(LampLit(lamp_id=1), by=BEN, at=at)


def test_drain_runs_consequences_of_consequences(
    alpha: Tenant, at: datetime, drain: Callable[[], int]
) -> None:
    for lamp in (1, 2):
        announce(LampLit(lamp_id=lamp), by=BEN, at=at)
    assert drain() == 2
    assert drain() == 0

"""Split off, put under another, and waits that count after all."""

from datetime import UTC, datetime, timedelta

import pytest

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tests import make
from tickets import actions, queries
from tickets.models import Ticket

NINE = datetime(2026, 6, 1, 13, tzinfo=UTC)  # a Monday in New York
BEN = Actor("person", 2, "Ben")


def at(hours):
    return NINE + timedelta(hours=hours)


@pytest.fixture
def harbor(cast):
    make.agreement(cast.harbor, level=make.level("Gold", calendar=make.calendar()))
    return cast.harbor


def opened(harbor, cast, subject="Mail is slow", hours=0.0, **more):
    by = Actor("contact", cast.cleo.pk, "Cleo")
    return actions.open_ticket(
        client=harbor, contact=cast.cleo, subject=subject, body=subject, channel="portal",
        priority=3, by=by, at=at(hours), **more,
    )  # fmt: skip


def clock(ticket, target):
    return ticket.clocks.get(target=target)


def test_a_ticket_of_its_own_counts_from_the_message_it_came_from(harbor, cast):
    ticket = opened(harbor, cast)
    said = actions.client_message(
        ticket=ticket, body="And the printer is out of paper", contact=cast.cleo,
        by=Actor("contact", cast.cleo.pk, "Cleo"), at=at(1),
    )  # fmt: skip
    actions.reply(ticket=ticket, body="We look at both", by=BEN, at=at(1.5))
    own = actions.split(ticket=ticket, message=said, subject="No paper", by=BEN, at=at(3))
    assert (own.opened_at, own.subject, own.client) == (at(1), "No paper", harbor)
    assert clock(own, "response").met_at == at(1.5)
    assert clock(own, "resolution").spans.get().started_at == at(1)
    assert clock(ticket, "resolution").spans.get().started_at == at(0)
    again = actions.split(ticket=ticket, message=said, subject="x", by=BEN, at=at(4))
    assert again.pk == own.pk
    note = actions.note(ticket=ticket, body="hm", by=BEN, at=at(4))
    with pytest.raises(Refused):
        actions.split(ticket=ticket, message=note, subject="x", by=BEN, at=at(4))


def test_solving_the_one_above_solves_those_under_it_each_by_its_own_clocks(harbor, cast):
    master = opened(harbor, cast, "The line is down")
    late, fresh = opened(harbor, cast, "No internet", -20), opened(harbor, cast, "No phone", 1)
    for child in (late, fresh):
        actions.bundle(ticket=child, parent=master, by=BEN, at=at(1))
    alone = opened(harbor, cast, "Something else", 1)
    actions.resolve(ticket=master, text="The line is back", by=BEN, at=at(3))
    for child in (late, fresh):
        child.refresh_from_db()
        assert (child.status, child.messages.last().body) == ("resolved", "The line is back")
    assert clock(fresh, "resolution").missed_at is None
    assert clock(late, "resolution").met_at == at(3)
    assert Ticket.objects.get(pk=alone.pk).status == "new"


def test_a_bundle_has_one_level_and_ends_with_taking_out(harbor, cast):
    one, two, three = (opened(harbor, cast, name) for name in ("one", "two", "three"))
    actions.bundle(ticket=two, parent=one, by=BEN, at=at(1))
    for ticket, parent in ((three, two), (one, three), (three, three)):
        with pytest.raises(Refused):
            actions.bundle(ticket=ticket, parent=parent, by=BEN, at=at(1))
    actions.unbundle(ticket=two, by=BEN, at=at(2))
    actions.resolve(ticket=one, by=BEN, at=at(3))
    two.refresh_from_db()
    assert (two.status, two.parent) == ("new", None)


def test_a_contested_wait_is_counted_after_all_and_shows_its_miss(harbor, cast):
    ticket = opened(harbor, cast)
    who = {"by": BEN}
    actions.set_status(
        ticket=ticket, status="waiting_client", pause_reason="Which one?", at=at(1), **who
    )
    actions.contest_wait(
        ticket=ticket, contact=cast.cleo, by=Actor("contact", cast.cleo.pk, "Cleo"), at=at(30)
    )
    assert clock(ticket, "resolution").due_at is None
    with pytest.raises(Refused, match="did not wait then"):
        actions.void_wait(ticket=ticket, since=at(2), because="x", at=at(31), **who)
    actions.void_wait(ticket=ticket, since=at(1), because="We knew it", at=at(31), **who)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.contested_at) == ("open", None)
    fix = clock(ticket, "resolution")
    assert fix.missed_at == fix.due_at == at(8)  # eight hours from nine, Monday at five
    [wait] = queries.waits_of(ticket)
    assert (wait.since, wait.voided) == (at(1), True)
    actions.void_wait(ticket=ticket, since=at(1), because="again", at=at(32), **who)


def test_a_wait_that_is_over_is_counted_too(harbor, cast):
    ticket = opened(harbor, cast)
    for status, hours in (("waiting_vendor", 1), ("open", 3), ("waiting_client", 4), ("open", 5)):
        actions.set_status(ticket=ticket, status=status, pause_reason="parts", by=BEN, at=at(hours))
    assert [(one.since, one.until) for one in queries.waits_of(ticket)] == [
        (at(1), at(3)), (at(4), at(5)),
    ]  # fmt: skip
    assert clock(ticket, "resolution").due_at == at(27)  # five on Monday, then three hours more
    actions.void_wait(ticket=ticket, since=at(1), because="our own part", by=BEN, at=at(6))
    assert clock(ticket, "resolution").due_at == at(25)


def test_it_is_all_done_by_hand(harbor, cast, ben, guy):
    ticket, other = opened(harbor, cast), opened(harbor, cast, "Line down")
    url = f"/tickets/{ticket.number}"
    said = ticket.messages.get().pk
    assert guy.get(f"{url}/bundle").status_code == 403
    assert ben.post(f"{url}/bundle", {"parent": 999}).status_code == 422
    assert ben.post(f"{url}/bundle", {"parent": other.number}).status_code == 303
    page = ben.get(f"/tickets/{other.number}").content.decode()
    assert f"#{ticket.number}" in page
    assert ben.post(f"{url}/unbundle").status_code == 303
    assert ben.post(f"{url}/split/{said}", {"subject": ""}).status_code == 422
    split = ben.post(f"{url}/split/{said}", {"subject": "Its own"})
    assert split["Location"] != url
    assert ben.post(f"{url}/split/999999", {"subject": "x"}).status_code == 404
    actions.set_status(
        ticket=ticket, status="waiting_client", pause_reason="Which one?", by=BEN, at=at(1)
    )
    page = ben.get(url).content.decode()
    assert "Count it" in page
    since = at(1).isoformat()
    assert ben.post(f"{url}/void", {"since": "junk", "because": "x"}).status_code == 422
    assert ben.post(f"{url}/void", {"since": since, "because": "We knew"}).status_code == 303
    assert ben.get(url).status_code == 200

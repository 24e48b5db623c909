"""What a client's people see of themselves, and nothing of anybody else."""

from datetime import UTC, date, datetime

import pytest

from contracts.clients import actions, queries
from contracts.clients.rules.words import device_words, greeting
from msp.kit import slots
from tenants.notices.models import Mail
from tests import make
from tickets import actions as tickets


@pytest.fixture
def harbor(cast):
    client = cast.harbor
    client.server = make.device(client, "hdg-srv-01")
    client.laptop = make.device(client, "dans-laptop", "laptop", owner=cast.dan)
    make.agreement(
        client, make.per_device("145.00", ["server"], description="Servers"), level=make.level()
    )
    return client


PAGES = ("/portal/", "/portal/devices", "/portal/devices?q=lap", "/portal/agreement")


def test_a_clients_people_enter_the_portal_and_staff_do_not(harbor, cleo, dan, ada, nobody):
    for address in PAGES:
        assert cleo.get(address).status_code == 200, address
        assert dan.get(address).status_code == 200, address
        assert ada.get(address).status_code == 403, address
        assert nobody.get(address).status_code == 302, address


def test_an_administrator_sees_every_device_and_a_user_their_own(harbor, cleo, dan):
    assert cleo.get(f"/portal/devices/{harbor.server.pk}").status_code == 200
    assert dan.get(f"/portal/devices/{harbor.laptop.pk}").status_code == 200
    assert dan.get(f"/portal/devices/{harbor.server.pk}").status_code == 404
    text = dan.get("/portal/devices").content.decode()
    assert "dans-laptop" in text
    assert "hdg-srv-01" not in text


def test_another_clients_administrator_finds_nothing_of_harbor(harbor, eve):
    for device in (harbor.server, harbor.laptop):
        assert eve.get(f"/portal/devices/{device.pk}").status_code == 404
    for address in PAGES:
        text = eve.get(address).content.decode()
        assert "Harbor" not in text, address
        assert "hdg-srv-01" not in text, address
    assert "No agreement at the moment" in eve.get("/portal/agreement").content.decode()


def test_prices_are_for_those_who_answer_for_the_bill(harbor, cleo, dan):
    boss, user = (one.get("/portal/agreement").content.decode() for one in (cleo, dan))

    assert "$145.00 a month for each server" in boss
    assert "$" not in user.split("<main", 1)[1].split("</main>")[0]
    assert "each server" in user
    assert "Critical: a first reply within 15 min, fixed within 1 h" in user


def test_a_device_says_whether_it_is_included(harbor, cleo):
    included = cleo.get(f"/portal/devices/{harbor.server.pk}").content.decode()
    not_included = cleo.get(f"/portal/devices/{harbor.laptop.pk}").content.decode()

    assert "Included in Managed Complete." in included
    assert "Not included in an agreement" in not_included


def test_who_lost_the_portal_is_out_at_once(harbor, cast, cleo):
    assert cleo.get("/portal/").status_code == 200

    actions.close_portal(contact=cast.cleo, by=make.BY, at=datetime(2026, 6, 1, tzinfo=UTC))

    assert cleo.get("/portal/").status_code in (302, 403)


def test_an_archived_contact_or_client_is_out(harbor, cast, cleo, eve):
    cast.cleo.archived_at = cast.quill.archived_at = datetime(2026, 6, 1, tzinfo=UTC)
    cast.cleo.save()
    cast.quill.save()

    assert cleo.get("/portal/").status_code == 403
    assert eve.get("/portal/").status_code == 403


def on_states(request, devices):
    return {"states": {device.pk: "down" for device in devices if device.kind == "server"}}


def on_state(request, client):
    return {"sentence": "We are fixing one problem", "tone": "warn", "shape": "alert", "rank": 5}


def test_rooms_above_tell_how_things_stand(harbor, cleo, monkeypatch):
    """The slots are the contract with monitoring and tickets; here this test fills them."""
    real = slots.fills
    filled = {"device-states": "on_states", "portal-state": "on_state"}
    monkeypatch.setattr(
        slots, "fills",
        lambda slot: [f"{__name__}.{filled[slot]}"] if slot in filled else real(slot),
    )  # fmt: skip

    home = cleo.get("/portal/").content.decode()

    assert "We are fixing one problem" in home
    assert "1 not answering" in home
    assert "1 not reporting" in home
    assert "Not answering" in cleo.get(f"/portal/devices/{harbor.server.pk}").content.decode()


@pytest.mark.parametrize(
    ("hour", "said"),
    [(3, "Good evening"), (4, "Good morning"), (11, "Good morning"), (12, "Good afternoon"),
     (17, "Good afternoon"), (18, "Good evening"), (23, "Good evening")],
)  # fmt: skip
def test_the_greeting_follows_the_clients_clock(hour, said):
    assert greeting(hour) == said


@pytest.mark.parametrize(
    ("state", "word"),
    [("up", "Working"), ("late", "Needs attention"), ("degraded", "Needs attention"),
     ("down", "Not answering"), ("maintenance", "Planned work"), ("", "Not reporting"),
     ("anything", "Not reporting")],
)  # fmt: skip
def test_a_state_is_told_in_the_clients_words(state, word):
    assert device_words(state).word == word


def test_a_new_portal_person_is_mailed_one_link_that_works(cast, at, drain, nobody):
    gil = make.contact(cast.harbor, "Gil")
    drain()
    before = Mail.objects.count()
    now = datetime.now(UTC)
    actions.open_portal(contact=gil, role="user", by=make.BY, at=now)
    actions.open_portal(contact=gil, role="billing", by=make.BY, at=now)
    drain()
    drain()

    mail = Mail.objects.get(to=gil.email)
    assert Mail.objects.count() == before + 1
    assert mail.subject == "Your access to Alpha IT"
    link = next(line for line in mail.text.splitlines() if line.startswith("http"))
    path = "/" + link.split("/", 3)[3]
    assert nobody.get(path).status_code == 200
    nobody.post(path)
    assert nobody.get("/portal/").status_code == 200


def test_who_gets_a_password_at_once_is_not_mailed(cast, at, drain):
    gil = make.contact(cast.harbor, "Gil")

    actions.open_portal(
        contact=gil,
        role="user",
        password="long enough 123",
        by=make.BY,
        at=at,
    )
    drain()

    assert not Mail.objects.filter(to=gil.email).exists()


def test_a_client_reads_what_was_counted_and_what_we_learned_since(harbor, cleo, dan, ada):
    [known] = queries.known_intervals(unit_type="device", unit_id=harbor.laptop.pk)
    said = actions.Stretch(known.starts_on, date(2026, 3, 1), "laptop")
    actions.correct_unit(
        unit=harbor.laptop, interval_id=known.interval_id, said=said, reason="in the drawer",
        by=make.BY, at=datetime(2026, 5, 2, tzinfo=UTC),
    )  # fmt: skip
    make.device(make.client("Somebody Else"), "foreign-01")
    then = cleo.get("/portal/counted?day=2026-04-01&known_on=2026-04-10").content.decode()
    now = cleo.get("/portal/counted?day=2026-04-01").content.decode()
    assert "It did not count, and we did not know it then." in then
    assert "dans-laptop" in then
    assert "hdg-srv-01" in now
    assert "dans-laptop" not in now
    assert "foreign-01" not in then + now
    assert cleo.get("/portal/counted?day=soon").status_code == 422
    assert [one.get("/portal/counted").status_code for one in (dan, ada)] == [403, 403]


def test_a_client_reads_why_a_request_is_not_included(harbor, cleo):
    asked = tickets.open_ticket(
        client=harbor, subject="Battery is flat", channel="phone", device=harbor.laptop,
        by=make.BY, at=datetime(2026, 6, 1, 14, tzinfo=UTC),
    )  # fmt: skip
    page = cleo.get(f"/portal/requests/{asked.number}").content.decode()
    assert "Why it is not included in your agreement" in page
    assert "it covers server, not laptop" in page

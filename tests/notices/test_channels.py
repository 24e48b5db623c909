"""Ways out of the house: sealed, signed, tried again, and leading nowhere inside."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from msp.kit.sealing import BrokenSeal, seal, unseal
from tenants import context
from tenants.context import Tenant
from tenants.notices import actions, queries, tasks
from tenants.notices.gateways import outside
from tenants.notices.models import Channel, Mail, Notice, Outgoing
from tenants.notices.rules.webhooks import ALERT_PAUSES, WEBHOOK_PAUSES, next_try, signature
from tests.conftest import NOW, _tenant, person
from tests.make import BY
from tests.monitoring.live import until
from tests.notices.conftest import Stub
from tests.tickets.test_concurrency import at_once


def webhook(url: str, **more: Any) -> tuple[Channel, str]:
    given = {"kinds": ["incident.opened"]} | more
    return actions.add_webhook(name="Board", url=url, by=BY, at=NOW, **given)


def owe(number: int = 1) -> Outgoing:
    actions.publish(kind="incident.opened", key=f"entry:{number}", payload={"n": number}, at=NOW)
    return Outgoing.objects.get(key=f"entry:{number}")


# -- sealed ----------------------------------------------------------------------------------------


def test_a_seal_opens_only_where_it_was_made() -> None:
    sealed = seal("slack://a/b/c", about="t_a:channel:1")
    assert "slack" not in sealed
    assert unseal(sealed, about="t_a:channel:1") == "slack://a/b/c"
    for about in ("t_a:channel:2", "t_b:channel:1"):
        with pytest.raises(BrokenSeal):
            unseal(sealed, about=about)
    for broken in ("", "1:", "2:abc", sealed[:-4], sealed.swapcase()):
        with pytest.raises(BrokenSeal):
            unseal(broken, about="t_a:channel:1")


def test_no_address_or_secret_lies_open_in_the_database(alpha: Tenant, ada: Browser) -> None:
    address = {"name": "Phone", "kind": "apprise", "address": "ntfys://canary-topic-4711"}
    assert ada.post("/account/alerts/add", address).status_code == 303
    _hook, secret = webhook("https://board.example/in")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, '') FROM notices_channel c")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(e::text, '') FROM journal_entry e")
        journal = cursor.fetchone()[0]
    for text in (stored, journal, ada.get("/account/alerts").content.decode()):
        assert "canary-topic-4711" not in text
        assert secret[8:] not in text
    assert queries.secret_of(Channel.objects.get(name="Phone")) == "ntfys://canary-topic-4711"


# -- signed ----------------------------------------------------------------------------------------


def test_the_published_vector_of_standard_webhooks() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    said = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at,
        b'{"test": 2432232314}',
    )  # fmt: skip
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.usefixtures("nearby")
def test_a_strangers_library_accepts_what_we_sign_and_nothing_changed(
    alpha: Tenant, stub: Stub
) -> None:
    _channel, secret = webhook(f"{stub.url}/in")
    row = owe()
    assert tasks.send_out(row.pk)
    (path, headers, body) = stub.got[0]
    assert path == "/in"
    said = Webhook(secret).verify(body, headers)
    assert (said["type"], said["data"]) == ("incident.opened", {"n": 1})
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"1", b"2", 1), headers)
    row.refresh_from_db()
    assert row.done_at is not None
    assert tasks.send_out(row.pk)  # told twice it is sent once
    assert len(stub.got) == 1


# -- tried again -----------------------------------------------------------------------------------


def test_pauses_grow_and_end() -> None:
    assert [next_try(n, NOW, alert=False) for n in (1, 2)] == [
        NOW + timedelta(seconds=5), NOW + timedelta(seconds=300),
    ]  # fmt: skip
    assert next_try(len(WEBHOOK_PAUSES) + 1, NOW, alert=False) is None
    assert next_try(len(ALERT_PAUSES) + 1, NOW, alert=True) is None


@pytest.mark.usefixtures("nearby")
@pytest.mark.parametrize(
    "answer", [(500, {}), (302, {"Location": "http://127.0.0.1:1/"}), (429, {})]
)
def test_what_does_not_arrive_is_tried_again_later_and_the_rest_waits(
    alpha: Tenant, stub: Stub, answer: tuple[int, dict[str, str]]
) -> None:
    stub.answer = answer
    channel, _secret = webhook(stub.url)
    first, second = owe(1), owe(2)
    tasks.send_outgoing(channel.pk)
    assert len(stub.got) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.tries, first.status, first.done_at) == (1, answer[0], None)
    assert second.next_at == first.next_at > datetime.now(UTC)
    channel.refresh_from_db()
    assert channel.broken_since is not None
    stub.answer = (204, {})
    Outgoing.objects.update(next_at=NOW)
    tasks.send_outgoing(channel.pk)
    channel.refresh_from_db()
    assert channel.broken_since is None
    assert Outgoing.objects.filter(done_at__isnull=False).count() == 2


@pytest.mark.usefixtures("nearby")
def test_what_is_refused_for_what_it_says_holds_up_nothing(alpha: Tenant, stub: Stub) -> None:
    """Neither at once nor while it waits, nor when it is given up."""
    stub.answer = (422, {})
    channel, _secret = webhook(stub.url)
    first = owe(1)
    tasks.send_outgoing(channel.pk)
    second = owe(2)
    assert queries.outgoing_due(channel.pk, datetime.now(UTC)) == [second.pk]
    Outgoing.objects.filter(pk=first.pk).update(next_at=NOW, tries=len(WEBHOOK_PAUSES))
    tasks.send_outgoing(channel.pk)
    assert len(stub.got) == 3
    assert list(Outgoing.objects.filter(gave_up_at__isnull=False)) == [first]


def test_an_alert_waits_behind_no_other(alpha: Tenant) -> None:
    channel = actions.add_channel(
        name="Phone", address="json://127.0.0.1:1", service="JSON", person=person("Ben"), by=BY,
        at=NOW,
    )  # fmt: skip
    made = [
        Outgoing.objects.create(
            channel=channel, key=f"k{number}", kind="alert", subject="Alert", text="Down",
            person=person("Ben"), created_at=NOW, next_at=NOW,
        )
        for number in range(2)
    ]  # fmt: skip
    tasks.send_outgoing(channel.pk)
    assert [*Outgoing.objects.order_by("pk").values_list("tries", flat=True)] == [1, 1]
    Outgoing.objects.filter(pk=made[1].pk).update(next_at=NOW)
    assert queries.outgoing_due(channel.pk, datetime.now(UTC)) == [made[1].pk]


@pytest.mark.usefixtures("nearby")
def test_a_receiver_that_is_gone_is_given_up_and_sent_again_by_hand(
    alpha: Tenant, stub: Stub, ada: Browser, ben: Browser
) -> None:
    stub.answer = (410, {})
    channel, _secret = webhook(stub.url)
    row = owe()
    tasks.send_outgoing(channel.pk)
    row.refresh_from_db()
    assert row.gave_up_at is not None
    shown = ada.get("/settings/channels/sent?state=failed").content.decode()
    assert "Given up" in shown
    assert "It answered 410" in shown
    assert "1 message did not arrive" in ada.get("/settings/channels").content.decode()
    assert ben.post(f"/settings/channels/sent/{row.pk}/again").status_code == 403
    stub.answer = (200, {})
    ada.post(f"/settings/channels/sent/{row.pk}/again")
    tasks.send_outgoing(channel.pk)
    row.refresh_from_db()
    assert row.done_at is not None
    idents = {headers["webhook-id"] for _path, headers, _body in stub.got}
    assert len(idents) == 1  # the receiver knows it again


def test_an_alert_a_channel_did_not_take_goes_to_the_mail(alpha: Tenant) -> None:
    channel = actions.add_channel(
        name="Phone", address="json://127.0.0.1:1", service="JSON", person=person("Ben"), by=BY,
        at=NOW,
    )  # fmt: skip
    actions.alert(
        person_id=person("Ben").pk, key="k", about="call:1", reason="You are called", text="Down",
        url="/incidents/1", began_at=NOW - timedelta(minutes=5), at=NOW,
    )  # fmt: skip
    actions.send_alerts(person_id=person("Ben").pk, at=NOW)
    assert not Mail.objects.exists()
    row = Outgoing.objects.get()
    for _ in range(len(ALERT_PAUSES) + 1):
        Outgoing.objects.update(next_at=NOW)
        tasks.send_outgoing(channel.pk)
    row.refresh_from_db()
    assert row.gave_up_at is not None
    letter = Mail.objects.get()
    assert letter.to == "ben@alpha.example"
    assert "Phone, which does not answer" in letter.text


def test_with_the_first_given_up_each_that_waits_goes_to_the_mail(alpha: Tenant) -> None:
    """They do not wait for twelve minutes each, one after the other."""
    channel = actions.add_channel(
        name="Phone", address="json://127.0.0.1:1", service="JSON", person=person("Ben"), by=BY,
        at=NOW,
    )  # fmt: skip
    for number in range(3):
        Outgoing.objects.create(
            channel=channel, key=f"k{number}", kind="alert", subject=f"Alert {number}", text="Down",
            person=person("Ben"), created_at=NOW, next_at=NOW,
        )  # fmt: skip
    for _ in range(len(ALERT_PAUSES) + 1):
        Outgoing.objects.update(next_at=NOW)
        tasks.send_outgoing(channel.pk)
    assert not Outgoing.objects.filter(gave_up_at__isnull=True).exists()
    assert [one.subject for one in Mail.objects.order_by("pk")] == ["Alert 0", "Alert 1", "Alert 2"]


@pytest.mark.usefixtures("nearby")
def test_a_receiver_that_is_gone_is_not_asked_for_each(alpha: Tenant, stub: Stub) -> None:
    stub.answer = (410, {})
    channel, _secret = webhook(stub.url)
    owe(1), owe(2)
    tasks.send_outgoing(channel.pk)
    tasks.send_outgoing(channel.pk)
    assert len(stub.got) == 1
    assert not Outgoing.objects.filter(gave_up_at__isnull=True).exists()


@pytest.mark.usefixtures("nearby")
def test_two_who_send_and_one_who_removes_do_not_lock_each_other_out(
    committed: None, stub: Stub
) -> None:
    alpha = _tenant("alpha")
    stub.answer, stub.delay = (500, {}), 0.6
    with context.inside(alpha):
        channel, _secret = webhook(stub.url)
        owe(1), owe(2)

    def work(place: int) -> None:
        if place < 2:
            tasks.send_outgoing(channel.pk)
        else:
            until(lambda: stub.got)  # in the middle of a try
            actions.remove_channel(channel=channel, by=BY, at=NOW)

    at_once(3, work)
    with context.inside(alpha):
        assert len(stub.got) == 1
        assert not Outgoing.objects.filter(gave_up_at__isnull=True).exists()
        assert Channel.objects.get().removed_at == NOW


@pytest.mark.usefixtures("nearby")
def test_apprise_takes_an_alert_to_its_service(alpha: Tenant, stub: Stub) -> None:
    address = stub.url.replace("http://", "json://") + "/push"
    assert outside.notify(address, "You are called", "No heartbeat").error == ""
    said = json.loads(stub.got[0][2])
    assert (said["title"], said["message"]) == ("You are called", "No heartbeat")


def test_mail_that_was_given_up_shows_and_is_sent_again(alpha: Tenant, ada: Browser) -> None:
    actions.mail(key="one", to="cleo@harbor.example", subject="Your request", text="T", at=NOW)
    actions.mail(key="two", to="dan@harbor.example", subject="Link", text="T", at=NOW, secret=True)
    Mail.objects.update(tries=8, error="ConnectionRefusedError: nobody there")
    shown = ada.get("/settings/channels/sent").content.decode()
    assert "Your request" in shown
    assert "nobody there" in shown
    for letter in Mail.objects.all():
        ada.post(f"/settings/channels/mail/{letter.pk}/again")
    assert [one.tries for one in Mail.objects.order_by("key")] == [0, 8]


# -- pages -----------------------------------------------------------------------------------------


def test_a_webhooks_secret_is_shown_once(ada: Browser, alpha: Tenant) -> None:
    values = {"name": "Board", "kind": "webhook", "address": "https://board.example/in",
              "kinds": ["incident.opened"]}  # fmt: skip
    made = ada.post("/settings/channels", values).content.decode()
    assert "whsec_" in made
    assert "shown once" in made
    listed = ada.get("/settings/channels").content.decode()
    assert "Board" in listed
    assert "whsec_" not in listed
    row = Channel.objects.get()
    ada.post(f"/settings/channels/{row.pk}/remove")
    row.refresh_from_db()
    assert (row.secret, row.removed_at is not None) == ("", True)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"kind": "webhook", "address": "http://board.example"}, "https://"),
        ({"kind": "webhook", "address": "https://u:p@board.example"}, "password"),
        ({"kind": "apprise", "address": "syslog://"}, "apprise has it"),
        ({"kind": "apprise", "address": "nonsense://x"}, "does not know"),
        ({"kind": "apprise", "address": "hello"}, "apprise has it"),
    ],
)
def test_an_address_nothing_can_be_sent_to_is_refused(
    ben: Browser, alpha: Tenant, values: dict[str, str], says: str
) -> None:
    answer = ben.post("/account/alerts/add", {"name": "X", **values})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_quiet_hours_are_kept_and_only_ones_own_channels_are_seen(
    ben: Browser, ada: Browser, alpha: Tenant, beta: Tenant
) -> None:
    ben.post("/account/alerts/quiet", {"quiet_from": "22:00", "quiet_until": "07:00"})
    assert str(person("Ben").quiet_from) == "22:00:00"
    assert ben.post("/account/alerts/quiet", {"quiet_from": "22:00"}).status_code == 422
    ben.post("/account/alerts/add", {"name": "Bens", "kind": "apprise", "address": "ntfys://b4c"})
    row = Channel.objects.get()
    assert "Bens" not in ada.get("/account/alerts").content.decode()
    assert ada.post(f"/account/alerts/{row.pk}/remove").status_code == 404
    with context.inside(beta):
        assert not Channel.objects.exists()
        assert not Notice.objects.exists()

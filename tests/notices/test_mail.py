"""Mail is a row until a server took it, one bad row stops no other, and links do not stay in it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client as Browser

from tenants.context import Tenant
from tenants.notices import actions, tasks
from tenants.notices.models import Mail
from tests.conftest import NOW


def owe(key: str, to: str = "cleo@harbor.example", **more: object) -> Mail:
    actions.mail(key=key, to=to, subject="Hello", text=f"Text of {key}", at=NOW, **more)
    return Mail.objects.get(key=key)


def test_a_mail_is_owed_once_and_sent_once(alpha: Tenant) -> None:
    owe("one")
    owe("one")
    tasks.send()
    tasks.send()
    assert [message.body for message in outbox.outbox] == ["Text of one"]


def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others(alpha: Tenant) -> None:
    bad = owe("bad", to="a@b.example\nBcc: everybody@b.example")
    good = owe("good")
    tasks.send()
    good.refresh_from_db()
    bad.refresh_from_db()
    assert good.sent_at is not None
    assert (bad.sent_at, bad.tries) == (None, 1)
    assert "BadHeaderError" in bad.error
    assert [message.to for message in outbox.outbox] == [["cleo@harbor.example"]]


def test_a_server_that_is_away_is_asked_again_later(
    alpha: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> int:
        raise ConnectionRefusedError("nobody there")

    row = owe("later")
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", away)
        tasks.send()
    row.refresh_from_db()
    assert (row.sent_at, row.tries) == (None, 1)
    assert row.next_at > datetime.now(UTC)
    Mail.objects.update(next_at=datetime.now(UTC) - timedelta(seconds=1))
    tasks.send()
    row.refresh_from_db()
    assert row.sent_at is not None


def test_what_lets_somebody_in_is_forgotten_where_the_last_try_was_killed(alpha: Tenant) -> None:
    """And not while that try may still be running."""
    for key, ahead in (("over", -1), ("runs", 60)):
        row = owe(key, secret=True)
        Mail.objects.filter(pk=row.pk).update(
            tries=tasks.GIVE_UP, next_at=datetime.now(UTC) + timedelta(seconds=ahead)
        )
    tasks.send_due()
    assert dict(Mail.objects.values_list("key", "text")) == {"over": "", "runs": "Text of runs"}


def test_what_lets_somebody_in_is_forgotten_once_it_is_sent(alpha: Tenant, nobody: Browser) -> None:
    """A copy of the database must not hold addresses that open doors."""
    owe("plain")
    nobody.post("/accounts/link/", {"email": "ben@alpha.example"})
    nobody.post("/accounts/password/reset/", {"email": "ben@alpha.example"})
    tasks.send()
    sent = {message.subject: message.body for message in outbox.outbox}
    assert len(sent) == 3
    assert sum("/accounts/" in body for body in sent.values()) == 2
    rows = Mail.objects.all()
    assert [row.text for row in rows.filter(key="plain")] == ["Text of plain"]
    for row in rows.exclude(key="plain"):
        assert "/accounts/" not in row.text + row.html
        assert not any(row.key.split(":")[1] in body for body in sent.values())

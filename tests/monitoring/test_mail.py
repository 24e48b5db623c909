"""Heartbeats by mail, over a real SMTP session."""

import smtplib
import socket
from collections.abc import Iterator

import pytest
import redis
from django.db import connections

from monitoring import actions, tasks
from monitoring.ingest import directory, keep, mail
from monitoring.models import Check, EnrolmentKey
from monitoring.rules.sources.mail import name_of
from tenants import context
from tests.monitoring.estate import BY, T0, Estate, device, estate
from tests.monitoring.knock import send

LETTER = b"From: nas@example.com\r\nSubject: Backup\r\n\r\nAll done.\r\n"


@pytest.fixture
def posted(committed: None, valkey: redis.Redis) -> Iterator[tuple[smtplib.SMTP, Estate]]:
    """A session with the listener, and a key of alpha's."""
    with context.inside(next(t for t in context.ready() if t.slug == "alpha")):
        where = estate()
        directory.forget()
        keep.forget()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        listener = mail.listener("127.0.0.1", port)
        listener.start()
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=10) as session:
                yield session, where
        finally:
            listener.stop()
            listener.handler.thread.submit(connections.close_all).result()
            listener.handler.thread.shutdown()


def test_a_mail_is_a_sign_of_its_job(posted: tuple[smtplib.SMTP, Estate]) -> None:
    session, where = posted
    known = device(where, "nas-01")
    key, token = actions.enrol_key(site=where.site, device=known, name="NAS", by=BY, at=T0)
    directory.forget()
    own, site = (f"{name_of(one.digest)}" for one in (key, where.key))
    host = "alpha.localhost"
    session.sendmail("nas@example.com", [f"{own.upper()}+Nightly@{host}"], LETTER)
    session.sendmail("nas@example.com", [f"{site}+nas-01@{host}"], LETTER)
    while tasks.step():
        pass
    check = Check.objects.get(device=known, slug="nightly")
    assert (check.status, check.body, check.due_at) == ("up", "Backup\n\nAll done.", None)
    assert check.facts["mail from"] == "nas@example.com"
    assert Check.objects.get(device=known, slug="heartbeat").beats == 1
    assert EnrolmentKey.objects.get(pk=key.pk).seen["mail"]["checks"] == ["nightly"]

    session.ehlo()
    session.mail("nas@example.com")
    for nobody in (f"info@{host}", f"{'0' * 24}+x@{host}", f"{own}+x@nowhere.localhost",
                   f"{own}+x@beta.localhost", f"{site}@{host}"):  # fmt: skip
        code, said = session.rcpt(nobody)
        assert (code, bool(said)) == (550, True), nobody
    actions.revoke_key(key=key, by=BY, at=T0)
    directory.forget()
    assert session.rcpt(f"{own}+x@{host}")[0] == 550
    assert send("/hb", b"", bearer=token).status == 401
    with pytest.raises(smtplib.SMTPDataError):
        session.data(LETTER)


def test_what_cannot_be_kept_now_is_asked_for_again(
    posted: tuple[smtplib.SMTP, Estate], settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, where = posted
    monkeypatch.setattr(mail.limits, "HOLDS_SECONDS", -1)
    address = f"{name_of(where.key.digest)}+nas-02@alpha.localhost"
    with pytest.raises(smtplib.SMTPDataError) as refused:
        session.sendmail("nas@example.com", [address], LETTER)
    assert refused.value.smtp_code == 451

"""Mail as machines write it: what is read, and that nothing in it is an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitoring.rules.sources import mail
from tests.monitoring.captured import SENT_AT, read_or_refused

NAME = mail.name_of("digest")


def text_of(body: str) -> str:
    return mail.decode(body.encode(), SENT_AT).reports[0].text


def test_an_address_is_a_name_a_job_and_a_host() -> None:
    whole = f"<{NAME.upper()}+Nightly Backup@acme.example>"
    assert mail.address_of(whole) == (NAME, "Nightly Backup", "acme.example")
    assert mail.address_of(f"{NAME}@acme.example") == (NAME, "", "acme.example")
    for wrong in ("", "@", "info@acme.example", NAME, f"{NAME}x@acme.example", f"{NAME}@"):
        assert mail.address_of(wrong) is None


def test_plain_text_is_read_and_a_packed_subject_too() -> None:
    body = (
        "From: =?iso-8859-1?q?J=FCrgen?= <nas@example.com>\nSubject: =?utf-8?b?QmFja3VwIG9r4pyT?=\n"
        "Authentication-Results: mx; dkim=pass\n\nAll 7 jobs done.\n"
    )
    (report,) = mail.decode(body.encode(), SENT_AT).reports
    assert report.text == "Backup ok✓\n\nAll 7 jobs done."
    assert report.facts["mail from"] == "Jürgen <nas@example.com>"
    assert report.facts["mail proved by"] == "mx; dkim=pass"
    assert (report.signal, report.period) == ("ok", 0)


HTML = """Subject: Report
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/html; charset=utf-8

<html><head><title>no</title><style>p {}</style></head><body><p>Job <b>failed</b></p>
<script>alert(1)</script><div>disk full</div></body></html>
--x--
"""


def test_of_html_what_a_person_sees() -> None:
    assert text_of(HTML) == "Report\n\nJob failed\ndisk full"


def test_a_bounce_is_no_news_of_the_job() -> None:
    body = b"Content-Type: multipart/report; boundary=x\nSubject: Undelivered\n\n--x--"
    assert mail.decode(body, SENT_AT).reports[0].signal == "log"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\x00", b"Subject: =?nowhere?q?=FF?=\n\nx", b"Subject: =?utf-8?b?!!!?=\n\nx",
        b"Content-Type: text/plain; charset=unknown-8bit\n\n\xff\xfe",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Transfer-Encoding: base64\n\n====",
        b"Content-Type: text/html\n\nseen <![moon[ unseen",
        b"Content-Type: text/html\n\n<![CDATA[ <p <!-- <style>",
    ],
)  # fmt: skip
def test_strange_mail_is_mail(body: bytes) -> None:
    assert len(read_or_refused(mail.decode, body)) == 1


@given(some.binary(max_size=300))
def test_any_bytes_are_mail(body: bytes) -> None:
    assert len(read_or_refused(mail.decode, body)) == 1
    assert len(read_or_refused(mail.decode, b"Subject: x\nContent-Type: text/html\n\n" + body)) == 1


@given(some.text(max_size=60), some.text(max_size=60))
def test_any_header_is_read(subject: str, kind: str) -> None:
    body = f"Subject: {subject}\nContent-Type: {kind}\n\nx".encode("utf-8", "replace")
    assert len(read_or_refused(mail.decode, body)) == 1

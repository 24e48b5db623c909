"""Mail of backup programs, storage, power supplies: a subject, and what can be read below it.

An address is a name that stands for a key, and behind a plus the job: `NAME+nightly@acme.example`.
The name is made of the key's digest, so it can be shown again, is lower case whatever a mail
program does to it, and says nothing of the key.

What a mail means its check's words decide (rules/contents); without any it is a sign of life.
Mail is written by anything, so nothing in it is an error: what cannot be read is left out.
"""

import hashlib
import re
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from html.parser import HTMLParser

from monitoring.rules.sources.naming import words_of
from monitoring.rules.sources.report import Decoded, Report

MOST_TEXT = 10_000
MOST_PARTS = 100
_NAME = re.compile(r"[0-9a-f]{24}\Z")
_UNSEEN = {"script", "style", "head", "title"}
_BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table"}


def name_of(digest: str) -> str:
    """The name a key with this digest has in addresses."""
    return hashlib.sha256(f"mail:{digest}".encode()).hexdigest()[:24]


def address_of(recipient: str) -> tuple[str, str, str] | None:
    """Name, job and host of an address of ours; None where it is none."""
    local, _, host = recipient.strip("<> ").rpartition("@")
    name, _, job = local.partition("+")
    return (name.lower(), job, host) if _NAME.match(name.lower()) and host else None


def decode(body: bytes, received_at: datetime) -> Decoded:
    """The report of one mail."""
    mail = message_from_bytes(body)
    subject, sender = _header(mail, "Subject"), _header(mail, "From")
    text = words_of(f"{subject}\n\n{_text(mail)}".strip(), MOST_TEXT)
    proved = _header(mail, "Authentication-Results")
    facts = {"mail from": sender, "mail proved by": proved}
    return Decoded([Report(
        received_at, signal="log" if _is_bounce(mail) else "ok", text=text, period=0, grace=0,
        facts={name: words_of(said, 300) for name, said in facts.items() if said},
    )])  # fmt: skip


def _is_bounce(mail: Message) -> bool:
    """Whether a mail system speaks of another mail: no news of the job."""
    return mail.get_content_type() == "multipart/report" or mail.get("Return-Path") == "<>"


def _header(mail: Message, name: str) -> str:
    """A header in letters, however it was packed."""
    raw = str(mail.get(name, ""))
    try:
        parts = decode_header(raw)
    except (HeaderParseError, ValueError, LookupError):
        return " ".join(raw.split())
    said = [_read(part, charset) if isinstance(part, bytes) else part for part, charset in parts]
    return " ".join("".join(said).split())


def _text(mail: Message) -> str:
    """The plain text, else what a person would see of the HTML."""
    found: dict[str, str] = {}
    for place, part in enumerate(mail.walk()):
        kind = part.get_content_type()
        if place >= MOST_PARTS or kind in found or part.is_multipart():
            continue
        if kind in ("text/plain", "text/html") and part.get_filename() is None:
            found[kind] = _payload(part)
    if found.get("text/plain", "").strip():
        return found["text/plain"].strip()
    return _seen(found.get("text/html", ""))


def _payload(part: Message) -> str:
    raw = part.get_payload(decode=True)
    return _read(raw[: 4 * MOST_TEXT], part.get_param("charset")) if isinstance(raw, bytes) else ""


def _read(raw: bytes, charset: object) -> str:
    try:
        return raw.decode(str(charset or "utf-8"), "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")


class _Seen(HTMLParser):
    """What of some HTML a person sees, a line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = 0
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in _UNSEEN
        if tag in _BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in _UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(data)


def _seen(html: str) -> str:
    reader = _Seen()
    with suppress(AssertionError):  # how the parser refuses a section that nothing calls so
        reader.feed(html)
    lines = (" ".join(line.split()) for line in "".join(reader.said).splitlines())
    return "\n".join(filter(None, lines))

"""Webhooks as Standard Webhooks has them: how one is signed, and when it is tried again."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

PREFIX = "whsec_"
# Seconds until the next try, by how often it was tried: three days of a receiver that is away.
WEBHOOK_PAUSES = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
# A person who is called cares for minutes; after that their mail hears of it instead.
ALERT_PAUSES = (10, 30, 120, 600)
GONE = 410  # the receiver wants no more
BUSY = (408, 410, 425, 429)  # it says nothing of the one message


def secret_of(random: bytes) -> str:
    """A signing secret as it is shown, from at least 24 random bytes."""
    return PREFIX + base64.b64encode(random).decode()


def signature(secret: str, ident: str, at: datetime, body: bytes) -> str:
    """What `webhook-signature` says of one try of one message."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{ident}.{int(at.timestamp())}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(secret: str, ident: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of one try. `webhook-id` stays the same over all of them."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Steward-Webhooks/1",
        "webhook-id": ident,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(secret, ident, at, body),
    }


def holds_up(status: int | None, *, alert: bool) -> bool:
    """Whether what follows one that failed waits with it.

    Only in a feed, whose order counts, and only while its receiver seems to be away. An alert waits
    for no other, and what is refused for what it says is refused alone.
    """
    refused = status is not None and 400 <= status < 500 and status not in BUSY
    return not alert and not refused


def next_try(tries: int, at: datetime, *, alert: bool) -> datetime | None:
    """When to try again after some tries that failed; None: give up."""
    pauses = ALERT_PAUSES if alert else WEBHOOK_PAUSES
    return at + timedelta(seconds=pauses[tries - 1]) if tries <= len(pauses) else None

"""A quote's life: draft, sent, viewed, and then one of four ends."""

from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Accepted is final; what was declined, expired or withdrawn can be sent anew."""

    DRAFT = "draft"
    SENT = "sent"
    VIEWED = "viewed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


OPEN = (State.SENT, State.VIEWED)
CLOSED = (State.ACCEPTED, State.DECLINED, State.EXPIRED, State.WITHDRAWN)
_SAID = {
    State.DRAFT: "It has not been sent yet.",
    State.ACCEPTED: "It was accepted already; nothing was changed by this.",
    State.DECLINED: "It was declined already. Ask us for a new one.",
    State.EXPIRED: "It has expired. Ask us for a new one.",
    State.WITHDRAWN: "We have withdrawn it. Ask us what replaces it.",
}


def closed_because(state: str, expires_at: datetime | None, at: datetime) -> str:
    """Why nobody can answer it any more; empty while somebody can.

    It holds until the instant it expires at, and not at that instant, whether or not the sweep
    has noted it by then.
    """
    known = State(state)
    if known not in OPEN:
        return _SAID[known]
    if expires_at is not None and at >= expires_at:
        return _SAID[State.EXPIRED]
    return ""

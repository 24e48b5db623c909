"""Which status allows what, and which one stops the clock."""

from enum import StrEnum

from msp.kit.refusals import Refused


class Status(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    SCHEDULED = "scheduled"
    WAITING_CLIENT = "waiting_client"
    WAITING_VENDOR = "waiting_vendor"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        """The status as people read it."""
        return _WORDS[self]


class Verb(StrEnum):
    """What can be asked of a ticket."""

    ASSIGN = "assign"
    REPLY = "reply"
    NOTE = "note"
    PRIORITISE = "prioritise"
    LOG_TIME = "log_time"
    OPEN = "open"
    START = "start"
    SCHEDULE = "schedule"
    WAIT_CLIENT = "wait_client"
    WAIT_VENDOR = "wait_vendor"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"


_WORDS = {
    Status.NEW: "New",
    Status.OPEN: "Open",
    Status.IN_PROGRESS: "In progress",
    Status.SCHEDULED: "Scheduled",
    Status.WAITING_CLIENT: "Waiting on client",
    Status.WAITING_VENDOR: "Waiting on vendor",
    Status.RESOLVED: "Resolved",
    Status.CLOSED: "Closed",
}

ALL = frozenset(Status)
ENDED = frozenset({Status.RESOLVED, Status.CLOSED})
ACTIVE = ALL - ENDED
# The client, a third party or an agreed date holds the work. Our own parts and people never do.
PAUSING = frozenset({Status.SCHEDULED, Status.WAITING_CLIENT, Status.WAITING_VENDOR})

# verb: (statuses it is allowed in, status it leads to or None where it stays, what it does)
_TABLE: dict[Verb, tuple[frozenset[Status], Status | None, str]] = {
    Verb.ASSIGN: (ACTIVE, None, "assigned"),
    Verb.REPLY: (ALL - {Status.CLOSED}, None, "replied to"),
    Verb.NOTE: (ALL, None, "given a note"),
    Verb.PRIORITISE: (ACTIVE, None, "given another priority"),
    Verb.LOG_TIME: (ALL - {Status.CLOSED}, None, "given more time"),
    Verb.OPEN: (ACTIVE - {Status.OPEN}, Status.OPEN, "put back to open"),
    Verb.START: (ACTIVE - {Status.IN_PROGRESS}, Status.IN_PROGRESS, "started"),
    Verb.SCHEDULE: (ACTIVE, Status.SCHEDULED, "scheduled"),
    Verb.WAIT_CLIENT: (
        ACTIVE - {Status.WAITING_CLIENT},
        Status.WAITING_CLIENT,
        "set to wait on the client",
    ),
    Verb.WAIT_VENDOR: (
        ACTIVE - {Status.WAITING_VENDOR},
        Status.WAITING_VENDOR,
        "set to wait on a vendor",
    ),
    Verb.RESOLVE: (ACTIVE, Status.RESOLVED, "resolved"),
    Verb.CLOSE: (frozenset({Status.RESOLVED}), Status.CLOSED, "closed"),
    Verb.REOPEN: (ENDED, Status.OPEN, "reopened"),
}


def allows(status: str, verb: str) -> bool:
    """Whether the verb may be asked of a ticket in this status."""
    return Status(status) in _TABLE[Verb(verb)][0]


def allowed_verbs(status: str) -> tuple[Verb, ...]:
    """Every verb that may be asked now, in the order a page offers them."""
    return tuple(verb for verb, row in _TABLE.items() if Status(status) in row[0])


def require(status: str, verb: str) -> None:
    """Refuse a verb that this status does not allow."""
    if not allows(status, verb):
        words, deed = Status(status).words.lower(), _TABLE[Verb(verb)][2]
        raise Refused(
            f'A ticket that is "{words}" cannot be {deed}.', field="status", code="wrong_status"
        )


def after(status: str, verb: str) -> Status:
    """The status a ticket has once the verb is done."""
    require(status, verb)
    return _TABLE[Verb(verb)][1] or Status(status)


def after_client_reply(status: str) -> Status:
    """The status once the client has written: what waited on them goes on, what ended reopens."""
    back = status == Status.WAITING_CLIENT or status in ENDED
    return Status.OPEN if back else Status(status)


def pauses(status: str) -> bool:
    """Whether the resolution clock stands still in this status."""
    return Status(status) in PAUSING

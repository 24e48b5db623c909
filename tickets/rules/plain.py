"""A ticket in the client's words: they asked for something, and somebody is on it."""

from dataclasses import dataclass

from tickets.rules.states import Status


@dataclass(frozen=True, slots=True)
class Asked:
    """What the client may know of where their request stands."""

    status: str
    helper: str = ""
    reason: str = ""


def words(asked: Asked) -> str:
    """Where a request stands, as a sentence without a full stop."""
    who = asked.helper.split(" ")[0]
    match asked.status:
        case Status.IN_PROGRESS:
            return f"{who} is working on it" if who else "We are working on it"
        case Status.WAITING_CLIENT:
            return "Waiting for you"
        case Status.WAITING_VENDOR:
            return (
                f"Waiting for a supplier: {asked.reason}"
                if asked.reason
                else "Waiting for a supplier"
            )
        case Status.SCHEDULED:
            return f"Planned: {asked.reason}" if asked.reason else "Planned"
        case Status.RESOLVED:
            return "Fixed, tell us if not"
        case Status.CLOSED:
            return "Closed"
    return f"Received, {who} has it" if who else "Received"

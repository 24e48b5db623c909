"""The words of the portal: a client reads what it means for them, not what we measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceWords:
    """How one state of a device is told: mark, word, sentence, and its part in a bar."""

    tone: str
    shape: str
    word: str
    sentence: str
    part: str
    rank: int


WORKING = DeviceWords("ok", "done", "Working", "It reports to us and all is well.", "up", 0)
PLANNED = DeviceWords(
    "info", "maintenance", "Planned work", "We are working on it as planned.", "maintenance", 1
)
GONE_QUIET = DeviceWords(
    "idle", "silent", "Not reporting", "It does not report to us at the moment.", "idle", 2
)
ATTENTION = DeviceWords(
    "warn", "alert", "Needs attention", "Something is not as it should be. We know.", "late", 3
)
NOT_ANSWERING = DeviceWords(
    "danger", "down", "Not answering", "It stopped reporting. We are looking into it.", "down", 4
)

_BY_STATE = {
    "up": WORKING,
    "maintenance": PLANNED,
    "late": ATTENTION,
    "degraded": ATTENTION,
    "down": NOT_ANSWERING,
}


def device_words(state: str) -> DeviceWords:
    """The client's words for a state of monitoring; what nobody watches does not report."""
    return _BY_STATE.get(state, GONE_QUIET)


def greeting(hour: int) -> str:
    """How one greets at this hour of the client's day."""
    if 4 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"

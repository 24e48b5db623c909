"""How a state looks: tone, shape, word. Design sections 8.4 and 8.5, in one place for every room.

Rooms own what their states mean and when they change; here is only what a person sees of them.
"""

from django.utils.translation import gettext_lazy as _

STATES = {
    "ticket": {
        "new": ("accent", "new", _("New")),
        "open": ("accent", "ring", _("Open")),
        "in_progress": ("accent", "half", _("In progress")),
        "scheduled": ("info", "ring", _("Scheduled")),
        "waiting_client": ("warn", "wait", _("Waiting on client")),
        "waiting_vendor": ("idle", "wait", _("Waiting on vendor")),
        "resolved": ("ok", "done", _("Resolved")),
        "closed": ("idle", "done", _("Closed")),
    },
    # The same states in the client's words (design section 13)
    "request": {
        "new": ("accent", "new", _("Received")),
        "open": ("accent", "ring", _("Received")),
        "in_progress": ("accent", "half", _("Being worked on")),
        "scheduled": ("info", "ring", _("Scheduled")),
        "waiting_client": ("warn", "wait", _("Waiting for you")),
        "waiting_vendor": ("idle", "wait", _("Waiting for a supplier")),
        "resolved": ("ok", "done", _("Fixed, tell us if not")),
        "closed": ("idle", "done", _("Closed")),
    },
    "device": {
        "down": ("danger", "down", _("Down")),
        "late": ("warn", "alert", _("Late")),
        "degraded": ("warn", "alert", _("Degraded")),
        "maintenance": ("info", "maintenance", _("Maintenance")),
        "paused": ("idle", "wait", _("Paused")),
        "silent": ("idle", "silent", _("Not reporting")),
        "new": ("idle", "silent", _("Not reporting")),
        "up": ("ok", "done", _("Up")),
    },
    "incident": {
        "open": ("danger", "down", _("Open")),
        "acknowledged": ("warn", "half", _("Acknowledged")),
        "resolved": ("ok", "done", _("Resolved")),
    },
    "run": {
        "counting": ("accent", "half", _("Counting")),
        "review": ("warn", "alert", _("Review")),
        "issued": ("ok", "done", _("Issued")),
    },
    "quote": {
        "draft": ("idle", "new", _("Draft")),
        "sent": ("info", "ring", _("Sent")),
        "viewed": ("info", "half", _("Opened")),
        "accepted": ("ok", "done", _("Accepted")),
        "declined": ("danger", "minus", _("Declined")),
        "expired": ("warn", "late", _("Expired")),
        "withdrawn": ("idle", "minus", _("Withdrawn")),
    },
    "project": {
        "planned": ("idle", "new", _("Planned")),
        "running": ("accent", "half", _("Running")),
        "done": ("ok", "done", _("Done")),
        "cancelled": ("idle", "minus", _("Cancelled")),
    },
    "milestone": {
        "planned": ("idle", "new", _("To do")),
        "late": ("danger", "late", _("Late")),
        "done": ("info", "half", _("Done, not accepted")),
        "accepted": ("ok", "done", _("Accepted")),
    },
    "invoice": {
        "draft": ("idle", "new", _("Draft")),
        "review": ("warn", "alert", _("Needs a look")),
        "ready": ("ok", "done", _("Ready")),
        "approved": ("accent", "ring", _("Approved")),
        "issued": ("info", "ring", _("Issued")),
        "sent": ("info", "ring", _("Sent")),
        "viewed": ("info", "half", _("Viewed")),
        "held": ("idle", "wait", _("Held")),
        "part_paid": ("warn", "half", _("Part paid")),
        "paid": ("ok", "done", _("Paid")),
        "overdue": ("danger", "late", _("Overdue")),
        "disputed": ("warn", "flag", _("Disputed")),
        "void": ("idle", "minus", _("Void")),
        "written_off": ("idle", "minus", _("Written off")),
        "credit_note": ("idle", "minus", _("Credit note")),
    },
    "agreement": {
        "draft": ("idle", "new", _("Draft")),
        "active": ("ok", "done", _("Active")),
        "ended": ("idle", "done", _("Ended")),
    },
}
STRUCK = frozenset({"void", "written_off"})

PRIORITIES = {
    0: _("Major incident"),
    1: _("Critical priority"),
    2: _("High priority"),
    3: _("Medium priority"),
    4: _("Low priority"),
    5: _("Lowest priority"),
}
PRIORITY_NAMES = {"major": 0, "critical": 1, "high": 2, "medium": 3, "low": 4, "lowest": 5}

# After G, the letter that goes to a page; the same for everyone, so that it can be learned.
CHORDS = {
    "h": ("today", "home"),
    "i": ("inbox", "notices", "notice"),
    "t": ("tickets", "ticket"),
    "s": ("schedule",),
    "d": ("devices", "device"),
    "n": ("incidents", "incident"),
    "c": ("clients", "client"),
    "k": ("agreements", "agreement", "contracts"),
    "b": ("billing", "runs", "run"),
    "v": ("invoices", "invoice"),
    "r": ("reports",),
}
LETTER = {key: letter for letter, keys in CHORDS.items() for key in keys}

# What a thumb reaches on a phone, first come first; the rest is one tap further, under More.
THUMB = (
    *("today", "home", "portal-home", "tickets", "ticket", "requests", "request"),
    *("incidents", "incident", "devices", "device", "clients", "client", "invoices", "invoice"),
)


def look_of(kind: str, state: str) -> tuple[str, str, str]:
    """Tone, shape and word; a state nobody listed is shown as its own name, in grey."""
    key = state.lower()
    tone, shape, word = STATES[kind].get(key, ("idle", "ring", key.replace("_", " ").capitalize()))
    return tone, shape, str(word)

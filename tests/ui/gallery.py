"""One of everything the design system has, for the tests and for eyes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django import forms
from django.core.paginator import Paginator

from msp.templatetags.states import STATES

NOW = datetime(2026, 11, 19, 15, 41, tzinfo=UTC)

ROWS = [  # number, priority, subject, client, state, which deadline, owner
    (
        4809,
        2,
        "Scanner at front desk drops off the network every hour",
        "Redwood Veterinary",
        "in_progress",
        "late",
        "Tom Reyes",
    ),
    (
        4821,
        1,
        "Practice management server unreachable",
        "Harbor Dental Group",
        "in_progress",
        "risk",
        "Maya Okafor",
    ),
    (
        4818,
        2,
        "Two users locked out after password change",
        "Quill Legal",
        "open",
        "soon",
        "",
    ),
    (
        4822,
        2,
        "Teams calls drop on the warehouse floor",
        "Fulton Freight",
        "new",
        "soon",
        "",
    ),
    (
        4804,
        3,
        "Backup job failed two nights running",
        "Cass County Credit Union",
        "waiting_vendor",
        "ok",
        "Jonas Weber",
    ),
    (
        4790,
        4,
        "Replace UPS battery in comms cabinet",
        "Juniper Early Learning",
        "scheduled",
        "far",
        "Priya Nair",
    ),
]


class SampleForm(forms.Form):
    """Each way a field can be laid out, with and without an error."""

    email = forms.EmailField(label="Work e-mail", help_text="Where the link goes.")
    name = forms.CharField(label="Name", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    plan = forms.ChoiceField(label="Plan", choices=[("a", "Complete"), ("b", "Essential")])
    told = forms.BooleanField(label="Tell the client", required=False)
    impact = forms.ChoiceField(
        label="How bad is it?",
        choices=[("1", "Nobody can work"), ("2", "One person is stuck")],
        widget=forms.RadioSelect,
    )


class SampleFace:
    """What a ticket's clock shows when its calendar rests overnight."""

    look, used, left, target = "ok", 7200, 22000, 28800
    due_at = NOW + timedelta(days=1)


def context(now: datetime = NOW) -> dict[str, object]:
    """Everything the gallery page reads."""
    hour = ["up"] * 36 + ["late"] * 3 + ["down"] * 15 + ["maintenance"] * 4 + [None] * 2
    return {
        "states": [(kind, list(table)) for kind, table in STATES.items()],
        "priorities": [1, 2, 3, 4, "high"],
        "tones": ["", "danger", "warn", "ok", "info", "accent"],
        "due": {
            "late": now - timedelta(minutes=12),
            "risk": now + timedelta(minutes=18),
            "soon": now + timedelta(minutes=52),
            "ok": now + timedelta(hours=5, minutes=5),
            "far": now + timedelta(days=2, hours=4),
        },
        "start": now - timedelta(minutes=40),
        "face": SampleFace(),
        "hour": hour,
        "days": ["up"] * 80 + ["late"] + ["up"] * 5 + ["maintenance", "up", "up", "down"],
        "values": [4, 5, 5, None, 6, 9, 7, 8, 12, 11],
        "months": list(
            zip(
                ["Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
                [Decimal(n) for n in ("3110", "3110", "3172", "3607", "3669.20", "3841.82")],
                strict=True,
            )
        ),
        "parts": [("up", 55), ("late", 1), ("down", 1)],
        "at": now - timedelta(minutes=4),
        "old": now - timedelta(days=40),
        "on": date(2026, 12, 4),
        "amount": Decimal("3841.82"),
        "credit": Decimal("-435.00"),
        "none": None,
        "form": SampleForm(),
        "bad_form": SampleForm({"email": "nobody", "plan": "x"}),
        "page": Paginator(list(range(412)), 50).get_page(2),
        "kinds": [("reply", "Reply", "R"), ("note", "Internal note", "I"), ("time", "Time", "T")],
        "path": [("Tickets", "#"), ("My team", "#")],
        "facts": [("Model", "RackMount 350"), ("Serial", "7GKQ2X3")],
        "ranges": [
            ("24h", "?range=1", False),
            ("7d", "?range=7", False),
            ("30d", "?range=30", True),
        ],
        "run_steps": ["Count", "Review", "Approve", "Send"],
        "rows": ROWS,
    }

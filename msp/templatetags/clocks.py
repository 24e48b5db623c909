"""A promise as a clock: what the SLA tag draws, whichever way it was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from msp.templatetags import drawing, wording

STILL = frozenset({"met", "paused"})
_CONTINUOUS_SECONDS = 90


@dataclass(frozen=True)
class Promise:
    """A look, the seconds left and promised, the share used in percent, and the deadline."""

    look: str
    left: float
    target: float
    share: float
    due_at: datetime | None
    now: datetime

    @classmethod
    def of(cls, subject: Any, start: datetime | None, now: datetime) -> "Promise":
        """From nothing, from an instant, or from the face of a ticket's clock."""
        if subject is None:
            return cls("none", 0, 0, 0, None, now)
        if isinstance(subject, datetime):
            left = (subject - now).total_seconds()
            target = (subject - start).total_seconds() if start else 0.0
            share = 100 * (1 - left / target) if target else 0.0
            return cls(wording.clock_state(left, target), left, target, share, subject, now)
        share = 100 * subject.used / (subject.target or 1)
        return cls(str(subject.look), subject.left, subject.target, share, subject.due_at, now)

    def ticking(self, state: str) -> dict[str, object]:
        """What lets the browser count: only where wall time and open time run together.

        A clock that rests overnight would otherwise count down hours nobody works.
        """
        if state in STILL or self.due_at is None:
            return {}
        apart = (self.due_at - self.now).total_seconds() - self.left
        if abs(apart) > _CONTINUOUS_SECONDS:
            return {}
        due = wording.epoch(self.due_at)
        return {"data_due": due, "data_from": int(due - self.target)}


def words(state: str, left: float) -> str:
    """Paused, met, 18m, or 12m over."""
    if state in STILL:
        return _("Paused") if state == "paused" else _("Met")
    text = wording.brief(left)
    return _("%s over") % text if left < 0 else text


def draw(promise: Promise, *, state: str, text: str, pct: float | None, title: str) -> SafeString:
    """The clock: a shape, a time, and the exact deadline for whoever asks."""
    state = state or promise.look
    if state in ("none", "stopped"):
        nothing = [drawing.hidden(_("No promise")), wording.NOTHING]
        return drawing.el("span", *nothing, class_="sla", data_state="none")
    if not title and promise.due_at:
        title = f"{_('Due')} {wording.exact(promise.due_at)}"
    share = 100 if state == "late" else promise.share if pct is None else pct
    still = {"met": "check", "paused": "pause"}.get(state)
    shown = drawing.text(text or words(state, promise.left))
    return drawing.el(
        "span",
        drawing.line_icon(still) if still else drawing.ring(share),
        drawing.el("span", shown, data_t=True),
        drawing.hidden(f", {title}") if title else "",
        class_="sla",
        data_state=state,
        title=title or None,
        **promise.ticking(state),
    )

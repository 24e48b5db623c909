"""Template tags of the design system: the cheap form of the cotton components, for rows of long tables.

A cotton component costs a context and a template; one of these tags costs a string. The components call
them, so there is one source of the HTML either way.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Textarea,
)
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from msp.templatetags import drawing, wording

register = template.Library()

# How a state looks: tone, shape, word. Design section 8.4 and 8.5, in one place for every room.
STATES: dict[str, dict[str, tuple[str, str, str]]] = {
    "ticket": {
        "new": ("accent", "new", "New"),
        "open": ("accent", "ring", "Open"),
        "in_progress": ("accent", "half", "In progress"),
        "scheduled": ("info", "ring", "Scheduled"),
        "waiting_client": ("warn", "wait", "Waiting on client"),
        "waiting_vendor": ("idle", "wait", "Waiting on vendor"),
        "resolved": ("ok", "done", "Resolved"),
        "closed": ("idle", "done", "Closed"),
    },
    "device": {
        "down": ("danger", "down", "Down"),
        "late": ("warn", "alert", "Late"),
        "degraded": ("warn", "alert", "Degraded"),
        "maintenance": ("info", "maintenance", "Maintenance"),
        "silent": ("idle", "silent", "Not reporting"),
        "new": ("idle", "silent", "Not reporting"),
        "up": ("ok", "done", "Up"),
    },
    "incident": {
        "open": ("danger", "down", "Open"),
        "acknowledged": ("warn", "half", "Acknowledged"),
        "resolved": ("ok", "done", "Resolved"),
    },
    "invoice": {
        "draft": ("idle", "new", "Draft"),
        "review": ("warn", "alert", "Needs a look"),
        "ready": ("ok", "done", "Ready"),
        "approved": ("accent", "ring", "Approved"),
        "issued": ("info", "ring", "Issued"),
        "sent": ("info", "ring", "Sent"),
        "viewed": ("info", "half", "Viewed"),
        "held": ("idle", "wait", "Held"),
        "part_paid": ("warn", "half", "Part paid"),
        "paid": ("ok", "done", "Paid"),
        "overdue": ("danger", "late", "Overdue"),
        "disputed": ("warn", "flag", "Disputed"),
        "void": ("idle", "minus", "Void"),
        "written_off": ("idle", "minus", "Written off"),
        "credit_note": ("idle", "minus", "Credit note"),
    },
}
STRUCK = {"void", "written_off"}
PRIORITIES = {1: "Critical priority", 2: "High priority", 3: "Medium priority", 4: "Low priority"}
PRIORITY_NAMES = {"critical": 1, "high": 2, "medium": 3, "low": 4}


@register.simple_tag
def st(
    tone: str = "idle",
    shape: str = "ring",
    word: object = "",
    *,
    of: str = "",
    state: str = "",
    label: str = "",
) -> SafeString:
    """A status as shape, word and tone. With `of` and `state` the table above decides how it looks."""
    struck = ""
    if of:
        key = str(state).lower()
        tone, shape, known = STATES[of].get(
            key, ("idle", "ring", key.replace("_", " ").capitalize())
        )
        word = word or (_(known) if not label else "")
        struck = " data-struck" if key in STRUCK else ""
        label = _(known) if label is True or label == "True" else label
    text = format_html('<span class="vh">{}</span>', label) if label else escape(word)
    extra = " st--icon" if label or not word else ""
    return mark_safe(
        f'<span class="st{extra}" data-tone="{escape(tone)}"{struck}>{drawing.shape(shape)}{text}</span>'
    )


@register.simple_tag
def prio(level: object) -> SafeString:
    """The priority glyph for 1 to 4, or for its English name."""
    number = PRIORITY_NAMES.get(str(level).lower(), 0) or int(str(level))
    return mark_safe(drawing.priority(number, _(PRIORITIES.get(number, "No priority"))))


@register.simple_tag
def sla(
    due: datetime | None = None,
    start: datetime | None = None,
    *,
    state: str = "",
    text: str = "",
    pct: float | None = None,
    title: str = "",
) -> SafeString:
    """A promise and how much of it is left. Given two instants it counts in the browser; met and paused stand still."""
    if due is None and not state:
        return mark_safe(
            '<span class="sla" data-state="none"><span class="vh">No promise</span>–</span>'
        )
    ticking = ""
    if due is not None:
        now = timezone.now()
        left, target = due - now, due - (start or due)
        title = title or f"{_('Due')} {wording.exact(due)}"
        if not state:
            state = wording.clock_state(left, target)
            ticking = f' data-due="{wording.epoch(due)}"'
            ticking += f' data-from="{wording.epoch(start)}"' if start else ""
            text = text or _clock_text(left)
            pct = 100 if left < timedelta(0) else 100 * (1 - left / target) if target else 0
    mark = {"met": "check", "paused": "pause"}.get(state)
    picture = _sla_icon(mark) if mark else drawing.ring(100 if state == "late" else pct or 0)
    text = text or {"paused": _("Paused"), "met": _("Met")}.get(state, "")
    return mark_safe(
        f'<span class="sla" data-state="{escape(state)}"{ticking}{_title(title)}>{picture}'
        f"<span data-t>{escape(text)}</span></span>"
    )


@register.simple_tag
def money(
    amount: Any, currency: str = "USD", *, whole: bool = False, signed: bool = False
) -> SafeString:
    """An amount for people, with the exact figure for machines beside it."""
    if amount is None or amount == "":
        return mark_safe('<span class="muted">–</span>')
    value = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    shown = wording.money(value, str(currency), whole=bool(whole), signed=bool(signed))
    return format_html('<data class="num" value="{}">{}</data>', value, shown)


@register.simple_tag
def when(at: datetime | date | None, style: str = "") -> SafeString:
    """An instant or a date; the full form with its zone is always one hover or one screen reader away."""
    if not at:
        return mark_safe('<span class="muted">–</span>')
    title = _title(wording.exact(at)) if isinstance(at, datetime) else ""
    relative = (
        f' data-rel="{escape(style or "ago")}"'
        if isinstance(at, datetime) and style in ("", "short", "ago")
        else ""
    )
    return mark_safe(
        f'<time datetime="{at.isoformat()}"{title}{relative}>{escape(wording.moment(at, style))}</time>'
    )


@register.simple_tag
def av(name: object, *, lg: bool = False, sq: bool = False) -> SafeString:
    """Initials in a quiet colour of their own. Never alone: the name stands beside it."""
    extra = (" av--lg" if lg else "") + (" av--sq" if sq else "")
    return mark_safe(
        f'<span class="av{extra}" data-h="{hue(name)}" aria-hidden="true">{escape(initials(name))}</span>'
    )


@register.simple_tag
def beats(
    states: Sequence[str | None] | None, label: str = "", *, tall: bool = False
) -> SafeString:
    """Heartbeats as bars, oldest first."""
    return mark_safe(drawing.beats(list(states or []), label, bool(tall)))


@register.simple_tag
def spark(values: Sequence[Any] | None) -> SafeString:
    """A sparkline; the number it belongs to stands beside it."""
    return mark_safe(drawing.spark(list(values or [])))


@register.simple_tag
def bars(rows: Sequence[tuple[str, Any]], currency: str = "USD") -> SafeString:
    """Money by month from pairs of name and amount; the last is the current one."""
    shown = [
        (str(name), amount, wording.money(Decimal(str(amount)), currency, whole=True))
        for name, amount in rows
    ]
    spoken = ", ".join(f"{name} {text}" for name, _amount, text in shown)
    return mark_safe(drawing.bars(shown, spoken))


@register.simple_tag
def meter(
    value: Any = 0, top: Any = 100, tone: str = "", *, lg: bool = False, label: str = ""
) -> SafeString:
    """A share of a whole."""
    return mark_safe(drawing.meter(value or 0, top or 1, tone, bool(lg), label))


@register.simple_tag
def meter_parts(
    parts: Sequence[tuple[str, Any]], *, lg: bool = False, label: str = ""
) -> SafeString:
    """A whole made of states, such as a client's devices."""
    return mark_safe(drawing.meter_parts(list(parts or []), bool(lg), label))


@register.simple_tag(takes_context=True)
def viewer_name(context: template.Context) -> str:
    """The name of whoever looks at the page: `request.viewer.name`, else the signed-in user, else nothing."""
    request = context.get("request")
    viewer = getattr(request, "viewer", None)
    person = getattr(viewer, "person", None) or getattr(request, "user", None)
    return str(getattr(viewer, "name", "") or getattr(person, "name", "") or person or "")


@register.filter
def initials(name: object) -> str:
    """First letters of the first and last word, at most two."""
    words = [word for word in str(name or "").replace("@", " ").split() if word[0].isalnum()]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"


@register.filter
def hue(name: object) -> int:
    """One of five hues, always the same for the same name."""
    return sum(ord(letter) for letter in str(name or "")) % 5 + 1


@register.filter
def brief(left: timedelta | float | None) -> str:
    """A length of time in two units."""
    return "–" if left is None else wording.brief(left)


@register.filter
def control_kind(field: BoundField) -> str:
    """How a form field must be laid out: a box beside its label, a group of boxes, or a control under its label."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    return "check" if isinstance(widget, CheckboxInput) else "control"


@register.simple_tag
def control(field: BoundField, **attrs: Any) -> SafeString:
    """The control of a form field, with our class and with its hint and error tied to it for screen readers."""
    widget = field.field.widget
    kind = (
        "area"
        if isinstance(widget, Textarea)
        else "select"
        if isinstance(widget, Select)
        else "input"
    )
    own = {"class": "check" if isinstance(widget, CheckboxInput) else kind}
    told = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors:
        own["aria-invalid"] = "true"
        told.append(f"{field.auto_id}_error")
    if told:
        own["aria-describedby"] = " ".join(told)
    own |= {
        name.replace("_", "-"): value for name, value in attrs.items() if value not in (None, "")
    }
    return field.as_widget(attrs=own)


def _clock_text(left: timedelta) -> str:
    text = wording.brief(left)
    return _("%(time)s over") % {"time": text} if left < timedelta(0) else text


def _title(text: str) -> str:
    return f' title="{escape(text)}"' if text else ""


def _sla_icon(name: str) -> str:
    path = {
        "check": '<path d="M20 6 9 17l-5-5"/>',
        "pause": '<path d="M6 4h4v16H6zm8 0h4v16h-4z"/>',
    }[name]
    return (
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{path}</svg>'
    )

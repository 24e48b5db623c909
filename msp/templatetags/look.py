"""Template tags of the design system: the cheap form of the cotton components.

A component costs a context and a template, one of these tags costs a string: rows of long tables
use the tags. The components call them, so there is one source of the HTML either way.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from msp.templatetags import clocks, drawing, states, wording

register = template.Library()


@register.simple_tag
def st(
    tone: str = "idle",
    shape: str = "ring",
    word: object = "",
    *,
    of: str = "",
    state: object = "",
    label: str | bool = "",
) -> SafeString:
    """A status as shape, word and tone. With `of` and `state` the table of states decides.

    `label` hides the word from sight, not from hearing; `label=True` takes the state's own word.
    """
    if of:
        tone, shape, known = states.look_of(of, str(state))
        label = known if label is True else label
        word = word or known
    said = drawing.hidden(label) if label else drawing.text(word)
    return drawing.el(
        "span",
        drawing.shape(shape),
        said,
        class_="st st--icon" if label or not word else "st",
        data_tone=tone,
        data_struck=bool(of) and str(state).lower() in states.STRUCK,
    )


@register.simple_tag
def prio(level: object) -> SafeString:
    """The priority glyph for 0 (major) to 5, or for its English name."""
    name = str(level).lower()
    number = states.PRIORITY_NAMES[name] if name in states.PRIORITY_NAMES else int(name)
    return drawing.priority(number, str(states.PRIORITIES.get(number, _("No priority"))))


@register.simple_tag
def sla(
    subject: Any = None,
    start: datetime | None = None,
    *,
    state: str = "",
    text: str = "",
    pct: float | None = None,
    title: str = "",
) -> SafeString:
    """A promise and how much of it is left.

    `subject` is the face of a ticket's clock (look, used, left, target, due_at) or simply the
    instant it is due, with the instant it `start`ed.
    """
    promise = clocks.Promise.of(subject, start, timezone.now())
    return clocks.draw(promise, state=str(state), text=text, pct=pct, title=title)


@register.simple_tag
def money(
    amount: Any, currency: str = "USD", *, whole: bool = False, signed: bool = False
) -> SafeString:
    """An amount for people, with the exact figure for machines beside it."""
    if amount is None or amount == "":
        return _nothing()
    value = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    shown = wording.money(value, str(currency), whole=bool(whole), signed=bool(signed))
    return drawing.el("data", drawing.text(shown), class_="num", value=value)


@register.simple_tag
def when(at: datetime | date | None, style: str = "") -> SafeString:
    """A date or an instant; its full form with the zone is one hover, or one question, away."""
    if not at:
        return _nothing()
    instant = isinstance(at, datetime)
    return drawing.el(
        "time",
        drawing.text(wording.moment(at, style)),
        datetime=at.isoformat(),
        title=wording.exact(at) if isinstance(at, datetime) else None,
        data_rel=(style or "ago") if instant and style in ("", "short", "ago") else None,
    )


@register.simple_tag
def av(name: object, *, lg: bool = False, sq: bool = False) -> SafeString:
    """Initials in a quiet colour of their own. Never alone: the name stands beside it."""
    kind = "av" + (" av--lg" if lg else "") + (" av--sq" if sq else "")
    return drawing.el(
        "span", drawing.text(initials(name)), class_=kind, data_h=hue(name), aria_hidden="true"
    )


@register.simple_tag
def beats(
    states_shown: Sequence[str | None] | None, label: str = "", *, tall: bool = False
) -> SafeString:
    """Heartbeats as bars, oldest first."""
    return drawing.beats(list(states_shown or []), label, bool(tall))


@register.simple_tag
def spark(values: Sequence[Any] | None) -> SafeString:
    """A sparkline; the number it belongs to stands beside it."""
    return drawing.spark(list(values or []))


@register.simple_tag
def bars(rows: Sequence[tuple[str, Any]] | None, currency: str = "USD") -> SafeString:
    """Money by month from pairs of name and amount; the last is the current one."""
    shown = [
        (str(name), amount, wording.money(Decimal(str(amount)), currency, whole=True))
        for name, amount in rows or []
    ]
    spoken = ", ".join(f"{name} {text}" for name, _amount, text in shown)
    return drawing.bars(shown, spoken or _("No amounts yet"))


@register.simple_tag
def meter(
    value: Any = 0, top: Any = 100, tone: str = "", *, lg: bool = False, label: str = ""
) -> SafeString:
    """A share of a whole."""
    return drawing.meter(value or 0, top or 1, tone, bool(lg), label)


@register.simple_tag
def meter_parts(
    parts: Sequence[tuple[str, Any]] | None, *, lg: bool = False, label: str = ""
) -> SafeString:
    """A whole made of states, such as a client's devices."""
    return drawing.meter_parts(list(parts or []), bool(lg), label)


@register.simple_tag(takes_context=True)
def viewer_name(context: dict[str, Any]) -> str:
    """The name of whoever looks at the page."""
    request = context.get("request")
    viewer, user = context.get("viewer"), getattr(request, "user", None)
    return str(getattr(viewer, "name", "") or getattr(user, "name", "") or user or "")


@register.simple_tag(takes_context=True)
def sorting(context: dict[str, Any], key: str) -> dict[str, str]:
    """For a column head: the order it has now, and the one its link asks for."""
    now = context["request"].GET.get("sort", "")
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    return {"order": order, "next": f"-{key}" if now == key else key}


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
    return wording.NOTHING if left is None else wording.brief(left)


@register.filter
def chord(key: object) -> str:
    """The letter after G for a navigation key."""
    return states.LETTER.get(str(key), "")


@register.filter
def thumb(nav: Any, most: int = 3) -> list[Any]:
    """The entries of the navigation for the bar at the bottom of a phone."""
    items = [item for group in nav or [] for item in group["items"]]
    wanted = [item for item in items if item["key"] in states.THUMB]
    return sorted(wanted, key=lambda item: states.THUMB.index(item["key"]))[:most]


@register.filter
def control_kind(field: BoundField) -> str:
    """A box beside its label, a group of boxes, or a control under its label."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    return "check" if isinstance(widget, forms.CheckboxInput) else "control"


@register.simple_tag
def control(field: BoundField, **attrs: Any) -> SafeString:
    """The control of a form field, with our class and with its hint and error tied to it."""
    widget = field.field.widget
    css = "input"
    for kind, name in _WIDGET_CLASSES:
        if isinstance(widget, kind):
            css = name
            break
    told = [f"{field.auto_id}_hint"] if field.help_text else []
    told += [f"{field.auto_id}_error"] if field.errors else []
    own: dict[str, Any] = {"class": css}
    own |= {"aria-invalid": "true"} if field.errors else {}
    own |= {"aria-describedby": " ".join(told)} if told else {}
    own |= {
        name.replace("_", "-"): value for name, value in attrs.items() if value not in (None, "")
    }
    return field.as_widget(attrs=own)


_WIDGET_CLASSES = (
    (forms.Textarea, "area"),
    (forms.CheckboxInput, "check"),
    (forms.RadioSelect | forms.CheckboxSelectMultiple, "check"),
    (forms.Select, "select"),
)


def _nothing() -> SafeString:
    return drawing.el("span", wording.NOTHING, class_="muted")

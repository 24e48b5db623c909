from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

from contracts.clients.templatetags import pictures
from contracts.rules.knowledge import Band
from msp.templatetags import look

register = template.Library()

_ICONS = {
    "server": "server", "workstation": "monitor", "laptop": "laptop", "firewall": "brick-wall",
    "switch": "network", "access_point": "wifi", "storage": "hard-drive", "printer": "printer",
    "phone": "phone", "sensor": "thermometer",
}  # fmt: skip


@register.simple_tag
def device_icon(kind: str) -> SafeString:
    """The picture of a class of devices; its word always stands beside it."""
    return lucide(_ICONS.get(kind, "box"), **{"class": "icon", "aria_hidden": "true"})


@register.simple_tag
def cell(column: dict[str, Any], pk: int) -> SafeString | str:
    """A higher room's value for one row of a list, as a link where it gives one."""
    value = column["values"].get(pk)
    if value is None:
        return "–"
    text, url = value
    return format_html('<a class="link" href="{}">{}</a>', url, text) if url else str(text)


@register.simple_tag
def device_bar(parts: list[tuple[str, int, Any]]) -> SafeString:
    """A client's devices as one bar made of their states."""
    spoken = ", ".join(f"{count} {words.word.lower()}" for _part, count, words in parts)
    return look.meter_parts([(part, count) for part, count, _words in parts], lg=True, label=spoken)


@register.filter
def place(zone: str) -> str:
    """A time zone as people name it: by its city."""
    return zone.rpartition("/")[2].replace("_", " ")


@register.filter
def get(names: dict[Any, str], key: Any) -> str:
    """The word for a number or code; itself where there is none."""
    return str(names.get(key, key or "\u2013"))


_CHANGES = {
    "class": "its class", "site": "its site", "number": "how many there are",
    "from": "its first day", "until": "its last day", "set aside": "whether it is set aside",
    "shared": "whether several people share it", "place": "where its person works",
    "payer": "who pays for it",
}  # fmt: skip


@register.filter
def learned(changes: Iterable[tuple[str, object, object]]) -> str:
    """What we know better by now, as a client reads it."""
    return ", ".join(_CHANGES.get(what, what) for what, _then, _now in changes)


@register.filter
def item(known: dict[int, Any], pk: int) -> Any:
    """What is known of one row; nothing where nothing is."""
    return known.get(pk)


@register.filter
def figure(value: Decimal) -> str:
    """What a meter shows, without places that say nothing."""
    return f"{value.normalize():,f}"


@register.filter
def last_of(ends_on: date | None) -> date | None:
    """The last day of a stretch, as people name its end."""
    return ends_on - timedelta(days=1) if ends_on else None


@register.simple_tag
def unit_picture(bands: list[Band], today: date) -> SafeString:
    """Days across and knowledge down: a row for each state of knowledge, a bar where it counted."""
    return pictures.unit_picture(bands, today)

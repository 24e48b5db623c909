from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

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

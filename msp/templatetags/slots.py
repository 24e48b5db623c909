from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from msp.kit.slots import panels

register = template.Library()


@register.simple_tag(takes_context=True)
def slot(context: dict[str, Any], name: str, **given: Any) -> SafeString:
    """Include what higher rooms fill this slot with."""
    request = context["request"]
    parts = [
        render_to_string(panel["template"], panel, request=request)
        for panel in panels(name, request, **given)
    ]
    return mark_safe("".join(parts))  # noqa: S308 - each part is a rendered, escaped template

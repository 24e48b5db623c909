from django import template
from django.utils.safestring import SafeString

from monitoring.queries.history import Strip
from msp.templatetags import look

register = template.Library()


@register.simple_tag
def strip(hours: dict[int, Strip], pk: int) -> SafeString | str:
    """One row's bars out of those read for the whole list."""
    found = hours.get(pk)
    return look.beats(found.states, found.label) if found else ""

"""`{% lucide "name" %}` drawn once for each look: the library copies its tree for every use.

Settings name this module as the library `lucide`, so templates load it as the library says.
"""

from functools import lru_cache

from django import template
from lucide.templatetags import lucide as library

register = template.Library()
register.simple_tag(lru_cache(maxsize=1024)(library.lucide), name="lucide")

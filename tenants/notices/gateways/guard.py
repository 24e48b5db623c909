"""Calls to the outside that can reach nothing inside.

An address somebody typed may lead anywhere: by its name, by a redirect, by a name that means
something else the second time it is asked. All of that ends in a socket that connects to an
address, so it is judged there, in a hook of the interpreter that no library gets around. It is
armed only in a thread that is inside `guarded`, and put in place with the first call, so that only
processes that send have it.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from tenants.notices.rules.addresses import is_allowed

_WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_state = threading.local()
_placing = threading.Lock()
_placed = False


class Forbidden(OSError):
    """The address is not one of the outside."""


@contextmanager
def guarded() -> Iterator[None]:
    """In here this thread connects to public addresses only."""
    _place()
    before = getattr(_state, "armed", False)
    _state.armed = True
    try:
        yield
    finally:
        _state.armed = before


def _place() -> None:
    global _placed
    with _placing:
        if not _placed:
            sys.addaudithook(_judge)
            _placed = True


def _judge(event: str, args: tuple[Any, ...]) -> None:
    if event not in _WATCHED or not getattr(_state, "armed", False):
        return
    address = args[1]
    host = address[0] if isinstance(address, tuple) and address else ""
    if not isinstance(host, str) or not is_allowed(host, settings.OUTGOING_ALLOW):
        raise Forbidden(f"{host or 'a local socket'!s:.80} is not an address of the outside")

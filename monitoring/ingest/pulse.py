"""Saying that this intake is open, so that our own absence is never taken for a device's.

Each web process writes, every two seconds, since when it has been able to keep what arrives and
that it still is. The sweep judges silence no further than the last pulse, and where no intake was
open for a while it writes a blind interval instead of incidents.
"""

import logging
import os
import socket
import threading
import time

import redis
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from monitoring.gateways import stream
from monitoring.ingest import discards

log = logging.getLogger(__name__)
PERIOD = 2.0
_thread: threading.Thread | None = None


def start() -> None:
    """Begin to pulse, once for each process."""
    global _thread
    if _thread is None or not _thread.is_alive():
        _thread = threading.Thread(target=_forever, name="intake-pulse", daemon=True)
        _thread.start()


def _forever() -> None:
    who = f"{socket.gethostname()}:{os.getpid()}"
    since = time.time()
    while True:
        if not _beat(who, since):
            since = time.time()
        time.sleep(PERIOD)


def _beat(who: str, since: float) -> bool:
    """Pulse; False when neither Valkey nor the spool would take a beat."""
    now = time.time()
    try:
        stream.pulse(who, since, now)
        discards.send()
        return True
    except (redis.RedisError, OSError):
        pass
    try:
        close_old_connections()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except (InterfaceError, OperationalError) as error:
        log.warning("The intake can keep nothing: %s", error)
        return False

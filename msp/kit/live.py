"""Telling open pages what changed: a short stream of names per MSP in Valkey (design 7).

A page asks `/live?since=N` and refreshes the elements that listen to a name. The stream is a
courtesy: with Valkey away pages say they are stale, and nothing is lost.
"""

import functools
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)
KEEP = 5000
MOST_NAMES = 200


@functools.cache
def valkey() -> "redis.Redis":
    """The process's client; it gives up at once, since pages must not wait for it.

    redis-py would try four times with pauses, six seconds in all (measured).
    """
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=1,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 0),
    )


_believed_until = 0.0
_away_until = 0.0


def answers() -> bool:
    """Whether Valkey is there, asked at most once a second: a request waits for it only once."""
    global _believed_until, _away_until
    now = time.monotonic()
    if now < _believed_until or now < _away_until:
        return now >= _away_until
    try:
        valkey().ping()
    except redis.RedisError:
        _away_until = now + 2
        return False
    _believed_until = now + 1
    return True


def _key(schema: str) -> str:
    return f"live:{schema}"


@dataclass(frozen=True)
class Told:
    """What one happening told: its names, and whom alone it concerns where it is one person's."""

    names: tuple[str, ...]
    person_id: int | None = None


def publish(schema: str, names: list[str], *, person_id: int | None = None) -> None:
    """Tell open pages these names; with `person_id` only those of this person."""
    if not answers():
        return
    told: Any = {"n": " ".join(names)} | ({"p": str(person_id)} if person_id else {})
    try:
        valkey().xadd(_key(schema), told, maxlen=KEEP, approximate=True)
    except redis.RedisError as error:
        log.warning("Live updates are off: %s", error)


def since(schema: str, cursor: str) -> tuple[str, list[Told]] | None:
    """The newest cursor and what was told after `cursor`; None when nothing was.

    An empty or unknown cursor starts at the end. Raises redis.RedisError when Valkey does not
    answer. It is everything of the MSP: whoever passes it on leaves out what is not theirs.
    """
    if not cursor.replace("-", "").isdigit():
        newest: Any = valkey().xrevrange(_key(schema), count=1)
        return (newest[0][0].decode() if newest else "0-0", [])
    found: Any = valkey().xrange(_key(schema), min=f"({cursor}", max="+", count=1000)
    if not found:
        return None
    return found[-1][0].decode(), [_told(fields) for _entry_id, fields in found]


def _told(fields: dict[bytes, bytes]) -> Told:
    person = fields.get(b"p")
    return Told(tuple(fields[b"n"].decode().split()), int(person) if person else None)


def few(names: Iterable[str]) -> list[str]:
    """Each name once; more than 200 become `["*"]`, which means: look again at everything."""
    once = list(dict.fromkeys(names))
    return once if len(once) <= MOST_NAMES else ["*"]

"""The stream of accepted requests in Valkey: one for each MSP, and what is known about them.

    hb:<schema>        the stream; one entry is one request, its only field `e` the envelope
    hb:dirty           the schemas whose stream may hold something new
    hb:epoch:<schema>  a name that is lost with the stream, so that a loss is noticed
    hb:care:<schema>   how much to take at once after somebody died of what they took
    hb:pulse           which intakes were open when
    hb:turned:<schema> how much was turned away, by key and reason, since when

The accept side writes hand-packed commands on a socket it keeps; the drain side reads through the
ordinary client. There is no consumer group: one drainer holds the MSP's lock, and the position
lies in PostgreSQL with the effects, so pending lists and acknowledgements would only repeat it.
"""

import functools
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection
from redis.retry import Retry

DIRTY = "hb:dirty"
PULSE = "hb:pulse"
TIMEOUT = 1.0


class Unavailable(ConnectionError):
    """Valkey does not answer, or takes nothing at the moment."""


def name_of(schema: str) -> str:
    return f"hb:{schema}"


# -- the accept side: one round trip, no client in between ----------------------------------------


def _word(value: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(value), value)


@functools.lru_cache(maxsize=4096)
def _frame(schema: str) -> tuple[bytes, bytes]:
    """What stands before and behind the envelope in the two commands of one accept."""
    stream, mark = _word(name_of(schema).encode()), schema.encode()
    head = b"*5\r\n$4\r\nXADD\r\n" + stream + b"$1\r\n*\r\n$1\r\ne\r\n"
    tail = b"\r\n*3\r\n$4\r\nSADD\r\n" + _word(DIRTY.encode()) + _word(mark)
    return head, tail


class Line(threading.local):
    """A socket to Valkey for each thread of the intake, kept open."""

    connection: AbstractConnection | None = None

    def add(self, schema: str, envelope: bytes) -> None:
        """Append the envelope and mark the stream; raises Unavailable when that is not certain.

        The commands go out in one write and both replies are awaited. A reply that does not come
        in time leaves open whether the entry was stored: the caller spools it, and the drain's
        effects do not mind a second copy of a report that names its sequence or its instant.
        """
        head, tail = _frame(schema)
        reply = self._ask(b"%b$%d\r\n%b%b" % (head, len(envelope), envelope, tail), 2)
        if reply.startswith(b"-"):
            raise Unavailable(reply[1:200].decode("utf-8", "replace").strip())

    def measure(self, schema: str) -> tuple[int, int]:
        """How many entries wait and about how many bytes they take."""
        stream = _word(name_of(schema).encode())
        ask = b"*2\r\n$4\r\nXLEN\r\n" + stream
        ask += b"*5\r\n$6\r\nMEMORY\r\n$5\r\nUSAGE\r\n" + stream + b"$7\r\nSAMPLES\r\n$1\r\n3\r\n"
        numbers = [part.lstrip(b":$") for part in self._ask(ask, 2).split(b"\r\n")]
        if not numbers[0].isdigit():
            raise Unavailable("no length")
        size = int(numbers[1]) if len(numbers) > 1 and numbers[1].isdigit() else 0
        return int(numbers[0]), size

    def _ask(self, commands: bytes, replies: int) -> bytes:
        """Send and read. A kept socket that the server closed meanwhile is opened once more."""
        kept = self.connection is not None
        try:
            return self._exchange(commands, replies)
        except (OSError, redis.RedisError) as error:
            self.drop()
            if not kept or isinstance(error, TimeoutError):
                raise Unavailable(str(error)) from error
        try:
            return self._exchange(commands, replies)
        except (OSError, redis.RedisError) as error:
            self.drop()
            raise Unavailable(str(error)) from error

    def _exchange(self, commands: bytes, replies: int) -> bytes:
        sock = self._socket()
        sock.sendall(commands)
        answer = sock.recv(4096)
        while not _complete(answer, replies):
            more = sock.recv(4096)
            if not more:
                raise OSError("Valkey closed the connection")
            answer += more
        return answer

    def _socket(self):  # type: ignore[no-untyped-def]
        """The kept socket; redis-py opens it, so every form of address, login and TLS works."""
        if self.connection is None:
            pool = redis.ConnectionPool.from_url(
                settings.REDIS_URL, protocol=2, socket_timeout=TIMEOUT,
                socket_connect_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0),
            )  # fmt: skip
            connection = pool.make_connection()
            connection.connect()
            self.connection = connection
        return self.connection._sock

    def drop(self) -> None:
        if self.connection is not None:
            self.connection.disconnect()
            self.connection = None


def _complete(answer: bytes, replies: int) -> bool:
    """Whether that many whole replies are in; each is one line, or a length and a text."""
    at = 0
    for _ in range(replies):
        end = answer.find(b"\r\n", at)
        if end < 0:
            return False
        if answer[at : at + 1] == b"$" and answer[at + 1 : end] != b"-1":
            end += 2 + int(answer[at + 1 : end])
            if len(answer) < end + 2:
                return False
        at = end + 2
    return True


line = Line()


# -- the drain side -------------------------------------------------------------------------------


@functools.cache
def client() -> redis.Redis:
    """The process's ordinary client."""
    return redis.Redis.from_url(
        settings.REDIS_URL, protocol=2, socket_timeout=5, socket_connect_timeout=TIMEOUT
    )


def take_dirty(most: int) -> list[str]:
    """Some schemas with something new, in no order, each taken once."""
    found = client().spop(DIRTY, most) or []
    return [name.decode() for name in found]


def mark_dirty(*schemas: str) -> None:
    if schemas:
        client().sadd(DIRTY, *schemas)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits after a position, in which stream, and how carefully to take it.

    `alone` is how many died of the first entry when they took nothing else.
    """

    epoch: str
    size: int
    alone: int
    entries: list[tuple[str, bytes]]


def read(schema: str, after: str, most: int) -> Waiting:
    """The entries after a position, oldest first, as many as may be taken together."""
    with client().pipeline(transaction=False) as pipe:
        pipe.hmget(f"hb:care:{schema}", ["size", "alone"])
        pipe.get(f"hb:epoch:{schema}")
        pipe.xrange(name_of(schema), min=f"({after}", max="+", count=most)
        (left, alone), epoch, found = pipe.execute()
    size = int(left or most)
    entries = [(entry_id.decode(), fields.get(b"e", b"")) for entry_id, fields in found[:size]]
    name = epoch.decode() if epoch else _begun(schema)
    return Waiting(name, size, int(alone or 0), entries)


def _begun(schema: str) -> str:
    """Give the stream a name, as there is none: it is new, or its data was lost."""
    key = f"hb:epoch:{schema}"
    client().set(key, secrets.token_hex(8), nx=True)
    return client().get(key).decode()


def begin(schema: str, count: int) -> None:
    """Leave word, in case we die of these entries, that the next shall take a quarter of them."""
    with client().pipeline(transaction=False) as pipe:
        pipe.hset(f"hb:care:{schema}", "size", str(max(1, count // 4)))
        if count == 1:
            pipe.hincrby(f"hb:care:{schema}", "alone", 1)
        pipe.execute()


def survived(schema: str) -> None:
    """Take the word back: what went wrong was not the entries' doing."""
    client().delete(f"hb:care:{schema}")


def is_drained(schema: str, after: str) -> bool:
    """Whether nothing waits after the position."""
    return not client().xrange(name_of(schema), min=f"({after}", max="+", count=1)


def forget(schema: str, through: str, *, next_size: int = 0) -> None:
    """Drop what is in the database, by position and never by length: length drops the unread.

    After a death the next batch is twice this one, until it is as large as any.
    """
    milliseconds, _, number = through.partition("-")
    with client().pipeline(transaction=False) as pipe:
        pipe.xtrim(name_of(schema), minid=f"{milliseconds}-{int(number) + 1}", approximate=False)
        pipe.delete(f"hb:care:{schema}")
        if next_size:
            pipe.hset(f"hb:care:{schema}", "size", str(next_size))
        pipe.execute()


# -- what was turned away -------------------------------------------------------------------------


def add_discards(counts: Mapping[tuple[str, int, str], int]) -> None:
    """Add to what was turned away: by schema, key and reason."""
    with client().pipeline(transaction=False) as pipe:
        for (schema, key_id, reason), many in counts.items():
            pipe.hincrby(f"hb:turned:{schema}", f"{key_id}:{reason}", many)
            pipe.hsetnx(f"hb:turned:{schema}", "since", f"{time.time():.0f}")
        pipe.execute()


def discards(schema: str) -> tuple[float | None, dict[tuple[int, str], int]]:
    """Since when is counted what was turned away, and how much, by key and reason."""
    found = client().hgetall(f"hb:turned:{schema}")
    since = found.pop(b"since", None)
    parted = {name.decode().partition(":")[::2]: int(many) for name, many in found.items()}
    return since and float(since), {(int(key), why): many for (key, why), many in parted.items()}


def waiting(schema: str) -> int:
    """How many entries lie on the stream."""
    return int(client().xlen(name_of(schema)))


# -- pulses ---------------------------------------------------------------------------------------


def pulse(who: str, since: float, at: float) -> None:
    """Say that this intake has been open without a break since then."""
    with client().pipeline(transaction=False) as pipe:
        pipe.hset(PULSE, who, f"{since:.3f} {at:.3f}")
        pipe.expire(PULSE, 86_400)
        pipe.execute()


def pulses() -> list[tuple[float, float]]:
    """`(open since, last seen open)` of every intake; those gone for an hour are forgotten."""
    found = []
    gone = []
    for who, value in client().hgetall(PULSE).items():
        since, at = (float(part) for part in value.split())
        (gone if at < time.time() - 3600 else found).append((who, since, at))
    if gone:
        client().hdel(PULSE, *[who for who, _since, _at in gone])
    return [(since, at) for _who, since, at in found]

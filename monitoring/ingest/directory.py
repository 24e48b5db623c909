"""Who a request speaks for, remembered for some seconds so that a beat costs no query.

All keys of an MSP are held at once: an unknown key is refused without asking the database, and a
revoked one is dead as soon as the table is read again. While PostgreSQL does not answer, what was
known last is believed for a while: nobody can revoke anything then, and beats should not be lost.
"""

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from monitoring.ingest.answers import Problem, later
from monitoring.ingest.credentials import CHALLENGE
from monitoring.rules.sources import mail
from tenants import context
from tenants.middleware import normalise, tenant_for

KEEP_SECONDS = 10.0  # after this a table is read again
LOOK_AGAIN_SECONDS = 1.0  # an unknown key may have been made just now
BELIEVE_SECONDS = 900.0  # without a database
PREFIX_LENGTH = 11


@dataclass(frozen=True, slots=True)
class Key:
    """A key that may report: for a site, or for one device of it."""

    id: int
    site_id: int
    device_id: int | None
    digest: bytes


_READ = """
    SELECT id, site_id, device_id, prefix, digest FROM monitoring_enrolmentkey
    WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
    UNION ALL
    SELECT id, site_id, device_id, old_prefix, old_digest FROM monitoring_enrolmentkey
    WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
      AND old_digest <> '' AND old_until > clock_timestamp()
"""


@dataclass(slots=True)
class Known:
    """What is remembered of one MSP."""

    tenant: context.Tenant
    keys: dict[str, Key] = field(default_factory=dict)
    read_at: float = -1e9
    slugs: dict[tuple[int, str], tuple[float, int]] = field(default_factory=dict)
    named: dict[str, Key] = field(default_factory=dict)  # by their names in addresses of mail
    spent: dict[int, float] = field(default_factory=dict)  # ingest/limits


_known: dict[str, Known] = {}
_hosts: dict[str, tuple[float, context.Tenant]] = {}


def forget() -> None:
    """Remember nothing; what tests start with."""
    _known.clear()
    _hosts.clear()


def msp_of(raw_host: str) -> Known:
    """The MSP whose address was called; raises Problem where there is none or it is closed."""
    host = normalise(raw_host)
    tenant = _tenant(host)
    if tenant is None:
        raise Problem(404, "No MSP has this address.", code="unknown_host")
    if tenant.state == "suspended":
        raise Problem(403, "This MSP is suspended.", code="suspended")
    if tenant.state != "ready":
        raise later("This MSP is not ready yet.", 10)
    known = _known.get(tenant.schema_name)
    if known is None:
        known = _known[tenant.schema_name] = Known(tenant)
    return known


def _tenant(host: str) -> context.Tenant | None:
    try:
        tenant = tenant_for(host)
    except (InterfaceError, OperationalError) as error:
        seen = _hosts.get(host)
        if seen is None or seen[0] < time.monotonic() - BELIEVE_SECONDS:
            raise later("The database does not answer.") from error
        return seen[1]
    if tenant is None:
        _hosts.pop(host, None)
        return None
    if len(_hosts) > 10_000:
        _hosts.clear()
    _hosts[host] = (time.monotonic(), tenant)
    return tenant


def key_of(known: Known, token: str) -> Key:
    """The key of a token. The digest is bound to the MSP, so a key is worthless at another."""
    _refresh(known, KEEP_SECONDS)
    prefix = token[:PREFIX_LENGTH]
    if prefix not in known.keys:
        _refresh(known, LOOK_AGAIN_SECONDS)
    key = known.keys.get(prefix)
    digest = hashlib.sha256(f"{known.tenant.schema_name}:{token}".encode()).hexdigest().encode()
    if key is None or not hmac.compare_digest(key.digest, digest):
        raise Problem(
            401,
            "This key is not known here, or was revoked.",
            code="unknown_key",
            extra=(CHALLENGE,),
        )
    return key


def key_named(known: Known, name: str) -> Key:
    """The key an address of mail names; raises Problem where no key has that name."""
    _refresh(known, KEEP_SECONDS)
    if name not in known.named:
        _refresh(known, LOOK_AGAIN_SECONDS)
    if not known.named:
        known.named = {mail.name_of(key.digest.decode()): key for key in known.keys.values()}
    key = known.named.get(name)
    if key is None:
        raise Problem(404, "No key here has this address, or it was revoked.", code="unknown_key")
    return key


def _refresh(known: Known, older_than: float) -> None:
    now = time.monotonic()
    if now - known.read_at < older_than:
        return
    try:
        with inside(known.tenant), connection.cursor() as cursor:
            cursor.execute(_READ)
            known.keys = {
                prefix: Key(pk, site_id, device_id, digest.encode())
                for pk, site_id, device_id, prefix, digest in cursor.fetchall()
            }
            known.named = {}
            known.read_at = now
    except (InterfaceError, OperationalError) as error:
        if now - known.read_at > BELIEVE_SECONDS:
            raise later("The database does not answer.") from error


@contextmanager
def inside(tenant: context.Tenant) -> Iterator[None]:
    """Enter the MSP from outside of Django's request cycle, which else looks after connections."""
    if not connection.in_atomic_block:
        close_old_connections()
    with context.inside(tenant):
        yield

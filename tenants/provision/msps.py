"""An MSP's life: asked for, built, let in, suspended, reopened."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from psycopg2 import sql

from msp.kit.refs import system
from msp.kit.refusals import Conflict
from tenants import context
from tenants.journal import events
from tenants.journal.announce import announce
from tenants.middleware import forget_hosts
from tenants.models import Domain, Msp
from tenants.people import actions as people
from tenants.people import tokens
from tenants.people.models import Person, SignInLink
from tenants.provision.roles import create_role, execute, grant_tenant, lend, require_owner
from tenants.provision.template import TEMPLATE, build_template


@transaction.atomic
def request(
    *, name: str, slug: str, owner_name: str, owner_email: str, at: datetime,
    zone: str = "America/New_York", currency: str = "USD",
) -> Msp:  # fmt: skip
    """Ask for a new MSP; the owner's worker builds it."""
    msp = Msp(
        name=name, slug=slug, owner_name=owner_name, owner_email=owner_email.lower(),
        zone=zone, currency=currency, requested_at=at,
    )  # fmt: skip
    msp.save()
    Domain.objects.create(domain=f"{slug}.{settings.TENANT_SUFFIX}", tenant=msp, is_primary=True)
    return msp


def opened(*, slug: str, at: datetime, **wanted: str) -> context.Tenant | None:
    """The MSP of this address if it is ready; where there is none it is asked for."""
    with context.outside():
        msp = Msp.objects.filter(slug=slug).first()
        if msp is None:
            msp = request(slug=slug, at=at, **wanted)
        return context.tenant_of(msp) if msp.state == Msp.State.READY else None


def waiting() -> list[int]:
    """Who is to be built, those among them whose builder was killed, oldest first."""
    unbuilt = [Msp.State.REQUESTED, Msp.State.BUILDING]
    return list(Msp.objects.filter(state__in=unbuilt).order_by("pk").values_list("pk", flat=True))


def begin(msp_id: int) -> None:
    """Say that somebody is at it; `build` may be called without, and after a kill again."""
    Msp.objects.filter(pk=msp_id, state=Msp.State.REQUESTED).update(state=Msp.State.BUILDING)


def retry_failed() -> int:
    """Ask again for every MSP that could not be built; how many there were."""
    return Msp.objects.filter(state=Msp.State.FAILED).update(state=Msp.State.REQUESTED, error="")


@transaction.atomic
def build(msp_id: int) -> bool:
    """Build a requested MSP; False when there is nothing to do.

    1. Lock the row: of two workers one builds.
    2. Replay the template under the MSP's schema name, make its role, grant.
    3. Inside, invite the owner. 4. Mark it ready. All of it commits or none.
    """
    require_owner()
    msp = (
        Msp.objects.select_for_update(skip_locked=True)
        .filter(pk=msp_id, state__in=[Msp.State.REQUESTED, Msp.State.BUILDING])
        .first()
    )
    if msp is None:
        return False
    text = build_template().read_text().replace(TEMPLATE, msp.schema_name)
    execute(text)
    create_role(msp.schema_name, sql.SQL("NOLOGIN"))
    lend(msp.schema_name)
    grant_tenant(msp.schema_name)
    msp.state, msp.ready_at, msp.error = Msp.State.READY, datetime.now(UTC), ""
    msp.save()
    with context.inside(msp):
        people.invite(
            email=msp.owner_email, name=msp.owner_name, role="owner",
            by=system("Set-up"), at=msp.ready_at,
        )  # fmt: skip
    return True


def _new_owner() -> Person | None:
    """The current MSP's first owner while nobody of that role has ever signed in."""
    owners = Person.objects.filter(role="owner").order_by("pk")
    if owners.filter(last_login__isnull=False).exists():
        return None
    return owners.filter(is_active=True).first()


def owner_is_new(msp: Msp) -> bool:
    """Whether the owner still waits for the first sign-in."""
    with context.inside(msp):
        return _new_owner() is not None


def first_link(msp: Msp, *, at: datetime) -> str:
    """A one-time token that signs the owner in for the first time."""
    with context.inside(msp):
        owner = _new_owner()
        if owner is None:
            return ""
        return tokens.new_link(
            person=owner, purpose=SignInLink.Purpose.INVITE, at=at, hours=people.INVITE_HOURS
        )


@transaction.atomic
def suspend(*, slug: str, at: datetime) -> None:
    """Close an MSP: its hosts refuse, nothing of it is swept; its rows stay as they are.

    Other processes remember an open host for some seconds (`middleware.KEEP_SECONDS`).
    """
    msp = _in_state(slug, Msp.State.READY)
    with context.inside(msp):
        announce(events.MspSuspended(), by=system("Operator"), at=at)
    msp.state, msp.suspended_at = Msp.State.SUSPENDED, at
    msp.save(update_fields=["state", "suspended_at"])
    transaction.on_commit(forget_hosts)
    forget_hosts()


@transaction.atomic
def reopen(*, slug: str, at: datetime) -> None:
    """Let a suspended MSP go on where it stood."""
    msp = _in_state(slug, Msp.State.SUSPENDED)
    msp.state, msp.suspended_at = Msp.State.READY, None
    msp.save(update_fields=["state", "suspended_at"])
    with context.inside(msp):
        announce(events.MspReopened(), by=system("Operator"), at=at)


def _in_state(slug: str, state: Msp.State) -> Msp:
    msp = Msp.objects.select_for_update().filter(slug=slug).first()
    if msp is None:
        raise context.NoSuchMsp(f"No MSP is called {slug!r}.")
    if msp.state != state:
        raise Conflict(f"{msp.name} is {msp.state}, not {state}.")
    return msp

"""The public host: sign-up and health, and nothing of any MSP."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import redis
from allauth.core import ratelimit
from django.conf import settings
from django.core import signing
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from kombu.exceptions import OperationalError

from msp.celery import app as celery
from msp.kit import doubt, live, proof
from tenants import provision
from tenants.forms import SignUpForm
from tenants.models import Msp
from tenants.tasks import build_requested
from tenants.work import hint

log = logging.getLogger(__name__)
SALT = "tenants.sign-up"
FOLLOW_SECONDS = 24 * 3600


@never_cache
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for an MSP; the owner's worker builds it while the next page waits."""
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not _within_limits(request):
            return render(request, "errors/429.html", status=429)
        msp = _request(form)
        if msp is not None:
            token = signing.dumps(msp.pk, salt=SALT)
            transaction.on_commit(lambda: hint(build_requested))
            return redirect("sign-up-progress", token)
    status = 422 if form.errors else 200
    suffix = tenant_host(request, "")
    return render(request, "public/sign_up.html", {"form": form, "suffix": suffix}, status=status)


def _request(form: SignUpForm) -> Msp | None:
    """The requested MSP, or None when somebody else took the address in this very moment."""
    given = form.cleaned_data
    try:
        with transaction.atomic():
            return provision.request(
                name=given["company"], slug=given["slug"], owner_name=given["name"],
                owner_email=given["email"], zone=given["zone"], currency=given["currency"],
                at=datetime.now(UTC),
            )  # fmt: skip
    except IntegrityError:
        form.add_error("slug", "This address is taken. Choose another.")
        return None


def _within_limits(request: HttpRequest) -> bool:
    """Building a schema costs seconds, so one address may ask for a few; shut when unsure."""
    try:
        return ratelimit.consume(request, action="sign_up")
    except redis.RedisError as error:
        log.warning("Sign-up is refused while Valkey is away: %s", error)
        return False


def _msp_of(token: str) -> Msp:
    try:
        pk = signing.loads(token, salt=SALT, max_age=FOLLOW_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    msp = Msp.objects.filter(pk=pk).first()
    if msp is None:
        raise Http404
    return msp


def tenant_host(request: HttpRequest, slug: str) -> str:
    """An MSP's host as a browser reaches it: the port is the one of this request."""
    port = request.get_host().partition(":")[2]
    return f"{slug}.{settings.TENANT_SUFFIX}" + (f":{port}" if port else "")


@never_cache
@require_GET
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """How far the new MSP is; the page asks again each second until it is ready."""
    msp = _msp_of(token)
    template = "public/_progress.html" if request.htmx else "public/progress.html"
    home = f"{request.scheme}://{tenant_host(request, msp.slug)}/"
    context = {"msp": msp, "token": token, "home": home, "signed_in": not _may_enter(msp)}
    return render(request, template, context)


def _may_enter(msp: Msp) -> bool:
    return msp.state == Msp.State.READY and provision.owner_is_new(msp)


@never_cache
@require_POST
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Make the owner's first link, only while they have never signed in."""
    msp = _msp_of(token)
    link = provision.first_link(msp, at=datetime.now(UTC)) if _may_enter(msp) else ""
    if not link:
        return redirect("sign-up-progress", token)
    address = f"{request.scheme}://{tenant_host(request, msp.slug)}/accounts/link/{link}/"
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return render(request, "public/enter.html", {"msp": msp, "address": address})


@transaction.non_atomic_requests
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"alive": True}, headers={"Cache-Control": "no-store"})


@transaction.non_atomic_requests
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Everything the product needs answers; else 503 naming what does not."""
    missing = [name for name, ask in NEEDS.items() if not _answers(name, ask)]
    body = {"ready": not missing, "missing": missing, "alerting": _alerting(missing)}
    return JsonResponse(body, status=503 if missing else 200, headers={"Cache-Control": "no-store"})


@transaction.non_atomic_requests
@require_GET
def alertz(request: HttpRequest) -> HttpResponse:
    """Whether silence is noticed: 503 where a canary's proof is overdue, or where many MSPs fell
    silent at once, which is rather ours; for a watch from outside.

    It is not part of `readyz`: an intake that nobody listens behind must stay open.
    """
    try:
        late, doubted = len(proof.late(datetime.now(UTC))), doubt.kept()
    except redis.RedisError:
        late, doubted = -1, None
    silent = len(doubted["since"]) if doubted else 0
    body = {"alerting": not late, "overdue": max(late, 0), "silent_msps": silent}
    bad = late or silent
    return JsonResponse(body, status=503 if bad else 200, headers={"Cache-Control": "no-store"})


def _answers(name: str, ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (DatabaseError, redis.RedisError, OperationalError, OSError) as error:
        log.warning("Not ready: %s: %s", name, error)
        return False
    return True


def _alerting(missing: list[str]) -> str:
    """Said beside it, and no reason to take the intake away."""
    if "valkey" in missing:
        return "unknown"
    return "overdue" if proof.late(datetime.now(UTC)) else "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM tenants_msp LIMIT 1")


def _ask_broker() -> None:
    with celery.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=2)
        broker.channel().close()


NEEDS: dict[str, Callable[[], object]] = {
    "database": _ask_database,
    "valkey": lambda: live.valkey().ping(),
    "broker": _ask_broker,
}

urlpatterns = [
    path("", sign_up, name="sign-up"),
    path("sign-up/<str:token>/", progress, name="sign-up-progress"),
    path("sign-up/<str:token>/enter", enter, name="sign-up-enter"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("alertz", alertz, name="alertz"),
]

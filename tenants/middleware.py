"""Which MSP a request is for: decided by the Host header alone, before anything else runs."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants import context
from tenants.models import Domain, Msp

KEEP_SECONDS = 10.0
_hosts: dict[str, tuple[float, context.Tenant | None]] = {}


def normalise(raw: str) -> str:
    """A host as we store it: lower case, without port or trailing dot."""
    host = raw.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].removesuffix(".")


def tenant_for(host: str) -> context.Tenant | None:
    """The MSP of a host; None for a host nobody has.

    An open MSP and an unknown host are remembered for some seconds; one that is being built or is
    closed is looked up each time, so that it opens at once.
    """
    now = time.monotonic()
    kept = _hosts.get(host)
    if kept and kept[0] > now:
        return kept[1]
    tenant = None
    if len(host) <= 253 and "\x00" not in host:
        with context.outside():
            domain = Domain.objects.select_related("tenant").filter(domain=host).first()
            tenant = context.tenant_of(domain.tenant) if domain else None
    if tenant is None or tenant.state == Msp.State.READY:
        if len(_hosts) > 10_000:
            _hosts.clear()
        _hosts[host] = (now + KEEP_SECONDS, tenant)
    return tenant


def forget_hosts() -> None:
    """Drop what is remembered, after a domain or a state changed."""
    _hosts.clear()


def tenant(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    def middleware(request: HttpRequest) -> HttpResponse:
        # Leaving the block puts the connection back, so that a bare query after the request
        # does not read the last MSP's rows.
        with context.outside():
            return _answer(request, normalise(request.META.get("HTTP_HOST", "")), get_response)

    return middleware


def _answer(request: HttpRequest, host: str, get_response: Callable) -> HttpResponse:
    if host in settings.PUBLIC_HOSTS:
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        # Sessions live with the MSPs; a stray cookie must not send us looking for one here.
        for name in (settings.SESSION_COOKIE_NAME, "messages"):
            request.COOKIES.pop(name, None)
        return get_response(request)
    found = tenant_for(host)
    if found is None:
        return render(request, "errors/host.html", status=404)
    if found.state != "ready":
        status = 403 if found.state == "suspended" else 503
        response = render(request, "errors/not_open.html", {"state": found.state}, status=status)
        if status == 503:
            response["Retry-After"] = "10"
        return response
    request.tenant = found
    with context.inside(found):
        return get_response(request)

"""Answering a browser: a whole page, or only the part an htmx request asked for."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from msp.kit.refusals import Conflict, Refused
from msp.kit.slots import nav_items

PAGE_ROWS = 50


def page(
    request: HttpRequest, template: str, *, part: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    """Render the page; an htmx request that is not a boosted visit gets `part` alone."""
    htmx = getattr(request, "htmx", None)
    if part and htmx and not htmx.boosted and not htmx.history_restore_request:
        template = part
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request, Cookie"
    return response


def rows_of(request: HttpRequest, rows: Any, per_page: int = PAGE_ROWS) -> Any:
    """One page of a list; a page number that makes no sense is the nearest one that does."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def form_key(request: HttpRequest) -> str | None:
    """The key by which a form sent twice counts once; from outside, so it must look like one."""
    key = request.POST.get("key", "")[:64]
    return key if key.isascii() and key.isalnum() else None


def toast(response: HttpResponse, text: str, *, tone: str = "ok") -> HttpResponse:
    """Say it at the bottom of the page for some seconds."""
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "tone": tone}})
    return response


def go(request: HttpRequest, url_name: str, *args: Any, toast_text: str = "") -> HttpResponse:
    """After a form: redirect, in the way the browser or htmx understands."""
    url = reverse(url_name, args=args)
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
    else:
        response = HttpResponse(status=303)
        response["Location"] = url
    if toast_text:
        from django.contrib import messages

        messages.success(request, toast_text)
    return response


def refusal(request: HttpRequest, error: Refused) -> HttpResponse:
    """A declined request as a flash: 409 for a conflict, 422 otherwise."""
    status = 409 if isinstance(error, Conflict) else 422
    return render(request, "_flash.html", {"error": error}, status=status)


def attempt(form: Any, action: Callable[[dict[str, Any]], Any]) -> Any:
    """Do it with the form's values; a refusal lands on the form and the answer is None.

    Otherwise the answer is what the action gave, or True where it gave nothing.
    """
    if not form.is_valid():
        return None
    try:
        done = action(form.cleaned_data)
    except Refused as error:
        blame(form, error)
        return None
    return True if done is None else done


def asked(request: HttpRequest, name: str) -> str:
    """A word of the address, such as a search; what no text column can hold is left out."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:100]


def blame(form: Any, error: Refused) -> None:
    """Put a refusal on the field it names, or on the whole form."""
    known = error.field if error.field in form.fields else None
    form.add_error(known, error.reason)


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the shells need on every page: the MSP's name, the navigation, the viewer, the clock."""
    viewer = getattr(request, "viewer", None)
    tenant = getattr(request, "tenant", None)
    base = {
        "msp_name": tenant.name if tenant else "Steward",
        "viewer": viewer,
        "server_now": timezone.now(),
        "demo": settings.DEMO,
    }
    if viewer is None:
        return base
    match = getattr(request, "resolver_match", None)
    side = "staff" if viewer.is_staff else "portal"
    me = [
        {"url": reverse(item.url), "icon": item.icon, "label": item.label}
        for item in nav_items("me")
    ]
    nav = _nav_once(request, viewer, side)
    return base | {"nav": nav, "active": _active(match, side), "me_links": me}


def _active(match: Any, side: str) -> str:
    """The entry whose pages this one belongs to, by the first word of the URL's name."""
    name = (match.url_name or "") if match else ""
    first = name.split("-")[1 if name.startswith("portal-") else 0]
    for item in nav_items(side):
        if item.key in (first, name) or first in item.also:
            return item.key
    return first


def _nav_once(request: HttpRequest, viewer: Any, side: str) -> Any:
    """Its figures cost queries: none where no shell is drawn, and one each however many parts."""
    known = getattr(request, "shell_nav", None)
    if known is None:
        known = SimpleLazyObject(lambda: _nav(viewer, side))
        request.shell_nav = known  # type: ignore[attr-defined]
    return known


def _nav(viewer: Any, side: str) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in nav_items(side):
        if not item.shown_to(viewer):
            continue
        groups.setdefault(item.group, []).append(
            {
                "key": item.key,
                "label": item.label,
                "icon": item.icon,
                "url": reverse(item.url),
                "count": import_string(item.count)(viewer) if item.count else None,
                "tone": item.tone,
            }
        )
    return [{"title": title, "items": items} for title, items in groups.items()]

"""Enrolment keys: which site reports with which, how many devices it let in, whom it refused."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.clients.models import Device
from monitoring import actions, queries
from monitoring.forms import CapForm, KeyForm, RotateForm
from monitoring.gateways import stream
from monitoring.models import DeadLetter, EnrolmentKey, RefusedName
from monitoring.pages.incidents import who
from monitoring.queries import lists, standing
from monitoring.rules import envelope
from monitoring.rules import recipes as rules
from monitoring.rules.offers import offered
from monitoring.rules.sources.mail import name_of
from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page, refusal, rows_of
from tenants.context import current_schema
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

SHOWN_BYTES = 400


@staff(Permission.MONITOR_EDIT)
@require_GET
def key_list(request: HttpRequest) -> HttpResponse:
    wanted = {name: asked(request, name) for name in ("state", "q")}
    rows = rows_of(request, lists.list_keys(**wanted))
    return page(
        request, "monitoring/keys.html", part="monitoring/_keys.html", rows=rows, wanted=wanted,
        ever=bool(rows) or EnrolmentKey.objects.exists(), letters=lists.letters_waiting(),
        **_turned_away(), **_behind(),
    )  # fmt: skip


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def key_new(request: HttpRequest) -> HttpResponse:
    """Make a key; what answers the form is the only page that ever shows it."""
    device = _device_asked(request)
    initial = {"site": asked(request, "site"), "name": device.name if device else ""}
    form = KeyForm(request.POST or None, initial=initial, device=device)
    if request.method == "POST":
        made = attempt(form, lambda values: _make(request, device, **values))
        if made:
            return _made(request, *made)
    return page(
        request, "monitoring/key_form.html", form=form, device=device,
        status=422 if form.errors else 200,
    )  # fmt: skip


def _device_asked(request: HttpRequest) -> Device | None:
    """The device the key shall be of, where the address names one."""
    wanted = asked(request, "device")
    if not wanted:
        return None
    rows = Device.objects.visible_to(request.viewer).filter(retired_on__isnull=True)
    return get_object_or_404(rows.select_related("site"), pk=wanted if wanted.isdecimal() else 0)


def _make(
    request: HttpRequest, device: Device | None, *, lasts: int | None, **values: Any
) -> tuple[EnrolmentKey, str]:
    by = who(request)
    if device is not None:
        if device.site is None:
            raise Refused("The device has no site. Say first where it stands.")
        values |= {"device": device, "site": device.site}
    ends = by["at"] + timedelta(days=lasts) if lasts else None
    return actions.enrol_key(**values, expires_at=ends, **by)


def _made(
    request: HttpRequest, key: EnrolmentKey, token: str, *, rotated: bool = False
) -> HttpResponse:
    return page(
        request, "monitoring/key_made.html", key=key, token=token, rotated=rotated,
        recipes=_recipes(request, key, token), **_arrived(key),
    )  # fmt: skip


def _arrived(key: EnrolmentKey) -> dict[str, Any]:
    """What came with the key, and what could be watched of it."""
    return {"arrivals": queries.arrivals(key), "offers": queries.offers(key)}


def _recipes(
    request: HttpRequest, key: EnrolmentKey, token: str = rules.PLACEHOLDER
) -> list[rules.Recipe]:
    named = name_of(key.digest) if settings.INTAKE_SMTP else ""
    base = request.build_absolute_uri("/")
    return rules.recipes(rules.Address(base, token, key.device_id is not None, named))


TURNED_AWAY = {  # why something was, as it is counted (monitoring/ingest/discards)
    "over": "above the allowance", "full": "while more waited than was read",
    "refused": "that could not be read", "part": "parts that could not be kept",
}  # fmt: skip


def _turned_away(key: EnrolmentKey | None = None) -> dict[str, Any]:
    """What came and was not taken, with a key or with all of them; nothing while Valkey is away."""
    try:
        since, counts = stream.discards(current_schema())
    except (redis.RedisError, OSError):
        return {}
    said: dict[str, int] = {}
    for (key_id, reason), many in counts.items():
        if key is None or key_id == key.pk:
            words = TURNED_AWAY.get(reason, reason)
            said[words] = said.get(words, 0) + many
    since_at = datetime.fromtimestamp(since, UTC) if since else None
    return {"turned_away": sorted(said.items()), "turned_since": since_at}


def _behind() -> dict[str, Any]:
    """How far the stream is read, and how much lies on it."""
    with suppress(redis.RedisError, OSError):
        now = standing.pulse(datetime.now(UTC))
        return {"pulse": now, "waiting": stream.waiting(current_schema())}
    return {}


def _key_of(pk: int) -> EnrolmentKey:
    return get_object_or_404(EnrolmentKey.objects.select_related("site__client", "device"), pk=pk)


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """One key: what it let in, what it refused, and the form that raises its cap."""
    found = _key_of(pk)
    form = CapForm(request.POST or None, initial={"cap": found.cap})

    def change(values: dict[str, Any]) -> object:
        return actions.change_cap(key=found, **values, **who(request))

    if request.method == "POST" and attempt(form, change):
        return go(request, "key", pk, toast_text=f"Up to {form.cleaned_data['cap']} devices")
    return page(
        request, "monitoring/key.html", key=found, form=form, rotate=RotateForm(),
        now=datetime.now(UTC), enrolled=found.checks.count(),
        refused=rows_of(request, found.refused.all()), hosts=lists.device_names(found),
        recipes=_recipes(request, found), **_arrived(found), **_turned_away(found),
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.MONITOR_EDIT)
@require_GET
def key_arrivals(request: HttpRequest, pk: int) -> HttpResponse:
    """What has reported with the key so far: asked for again and again by a page that waits."""
    found = _key_of(pk)
    return page(request, "monitoring/_arrivals.html", key=found, **_arrived(found))


@staff(Permission.MONITOR_EDIT)
@require_POST
def key_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Watch what was offered."""
    found, offer = _key_of(pk), offered(request.POST.get("offer", ""))
    try:
        if offer is None:
            raise Refused("There is no such offer.", field="offer")
        made = actions.take_offer(key=found, offer=offer, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "key", pk, toast_text=f"{offer.title}: {len(made)} watched from now on")


@staff(Permission.MONITOR_EDIT)
@require_POST
def key_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it a new secret, shown once, beside the old one."""
    found = _key_of(pk)
    form = RotateForm(request.POST)
    if not form.is_valid():
        return refusal(request, Refused("Say how long the old secret works on.", field="hours"))
    overlap = timedelta(hours=form.cleaned_data["hours"])
    try:
        key, token = actions.rotate_key(key=found, overlap=overlap, **who(request))
    except Refused as error:
        return refusal(request, error)
    return _made(request, key, token, rotated=True)


@staff(Permission.MONITOR_EDIT)
@require_POST
def key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found = _key_of(pk)
    try:
        actions.revoke_key(key=found, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "key-list", toast_text=f"The key {found.name} works no longer")


@staff(Permission.MONITOR_EDIT)
@require_POST
def key_dismiss(request: HttpRequest, pk: int, name_id: int) -> HttpResponse:
    """Drop a refused name from the list; it comes back when it reports again."""
    row = get_object_or_404(RefusedName.objects.select_related("key__site"), pk=name_id, key_id=pk)
    actions.dismiss(refusal=row, **who(request))
    return go(request, "key", pk, toast_text="Dismissed")


@staff(Permission.MONITOR_EDIT)
@require_POST
def key_admit(request: HttpRequest, pk: int, name_id: int) -> HttpResponse:
    """Let a name in although the key has let in as many as it may."""
    row = get_object_or_404(RefusedName.objects.select_related("key__site"), pk=name_id, key_id=pk)
    try:
        device = actions.admit(refusal=row, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "key", pk, toast_text=f"{device.name} is let in")


@staff(Permission.MONITOR_EDIT)
@require_POST
def key_attach(request: HttpRequest, pk: int, name_id: int) -> HttpResponse:
    """Say that a refused name is a device we know, under another name."""
    rows = RefusedName.objects.select_related("key__site")
    row = get_object_or_404(rows, pk=name_id, key_id=pk)
    wanted = request.POST.get("device", "")
    known = Device.objects.filter(client_id=row.key.site.client_id, retired_on__isnull=True)
    try:
        device = known.filter(name__iexact=wanted.strip()[:80]).first()
        if device is None:
            raise Refused("This client has no device of that name.", field="device")
        actions.attach(refusal=row, device=device, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "key", pk, toast_text=f"{row.name} is {device.name}")


# -- what could not be stored ----------------------------------------------------------------------


@staff(Permission.MONITOR_EDIT)
@require_GET
def letter_list(request: HttpRequest) -> HttpResponse:
    """Messages that were taken and could not be stored, with the reason."""
    replayed = asked(request, "state") == "replayed"
    rows = rows_of(request, lists.list_letters(replayed=replayed))
    return page(
        request, "monitoring/letters.html", rows=rows, replayed=replayed,
        shown=[(letter, _readable(letter)) for letter in rows],
    )  # fmt: skip


def _readable(letter: DeadLetter) -> dict[str, Any]:
    """The beginning of what was sent, in whatever letters it has."""
    raw = bytes(letter.envelope)
    try:
        opened = envelope.unpack(raw)
    except envelope.Unreadable:
        return {"text": raw[:SHOWN_BYTES].decode("utf-8", "replace"), "size": len(raw)}
    text = opened.body[:SHOWN_BYTES].decode("utf-8", "replace")
    return {"text": text, "size": len(opened.body), "received_at": opened.received_at}


@staff(Permission.MONITOR_EDIT)
@require_POST
def letter_replay(request: HttpRequest, pk: int) -> HttpResponse:
    letter = get_object_or_404(DeadLetter, pk=pk)
    try:
        actions.replay(letter=letter, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "letter-list", toast_text="Sent through again")


urlpatterns = [
    path("keys", key_list, name="key-list"),
    path("keys/new", key_new, name="key-new"),
    path("keys/<int:pk>", key, name="key"),
    path("keys/<int:pk>/revoke", key_revoke, name="key-revoke"),
    path("keys/<int:pk>/arrivals", key_arrivals, name="key-arrivals"),
    path("keys/<int:pk>/offers", key_offer, name="key-offer"),
    path("keys/<int:pk>/rotate", key_rotate, name="key-rotate"),
    path("keys/<int:pk>/refused/<int:name_id>/admit", key_admit, name="key-admit"),
    path("keys/<int:pk>/refused/<int:name_id>/attach", key_attach, name="key-attach"),
    path("keys/<int:pk>/refused/<int:name_id>/dismiss", key_dismiss, name="key-dismiss"),
    path("dead-letters", letter_list, name="letter-list"),
    path("dead-letters/<int:pk>/replay", letter_replay, name="letter-replay"),
]

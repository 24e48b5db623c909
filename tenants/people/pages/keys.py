"""Keys for programs that use the API."""

from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from msp.kit.refusals import Refused
from msp.kit.web import blame, go, page
from tenants.people import actions
from tenants.people.forms import KeyForm
from tenants.people.gates import staff
from tenants.people.models import ApiKey
from tenants.people.rules.roles import Permission
from tenants.people.rules.scopes import RIGHTS


@staff(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """All keys, and the form that makes one; a new key is shown this once."""
    form = KeyForm(request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        try:
            shown = actions.create_key(
                person=request.user, **form.cleaned_data, by=request.viewer.actor,
                at=datetime.now(UTC),
            )  # fmt: skip
        except Refused as error:
            blame(form, error)
        else:
            form = KeyForm()
    return page(
        request, "people/keys.html", form=form, rows=_rows(), shown=shown,
        grid=_grid(form), status=422 if form.errors else 200,
    )  # fmt: skip


def _rows() -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    rows = ApiKey.objects.select_related("user").order_by("-created")[:200]
    return [{"key": row, "state": _state(row, now)} for row in rows]


def _state(row: ApiKey, now: datetime) -> str:
    if row.revoked_at is not None or not row.user.is_active:
        return "revoked"
    return "expired" if row.expiry is not None and row.expiry <= now else "active"


def _grid(form: KeyForm) -> list[dict[str, Any]]:
    """The scopes as rows of read and write, with what was ticked."""
    ticked = set(form["scopes"].value() or [])
    return [
        {
            "name": name,
            "read": f"{name}:read",
            "write": f"{name}:write",
            "read_on": f"{name}:read" in ticked,
            "write_on": f"{name}:write" in ticked,
        }
        for name in RIGHTS
    ]


@staff(Permission.SETTINGS_EDIT)
@require_POST
def revoke_key(request: HttpRequest, public_id: str) -> HttpResponse:
    key = ApiKey.objects.filter(prefix=public_id, revoked_at__isnull=True).first()
    if key is None:
        raise Http404
    actions.revoke_key(key=key, by=request.viewer.actor, at=datetime.now(UTC))
    return go(request, "keys", toast_text=f"The key {key.name} works no longer.")


urlpatterns = [
    path("settings/keys", keys, name="keys"),
    path("settings/keys/<slug:public_id>/revoke", revoke_key, name="keys-revoke"),
]

"""What devices get by themselves: by class, and where a tier or bundle looks after them.

A template says what keeping it would change before it does: the form asks for that with every
change, and keeping it asks once more where devices follow.
"""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from contracts.clients.models import Device
from monitoring import actions
from monitoring.forms.checks import TEMPLATE_FORMS, TemplateForm
from monitoring.models import CheckTemplate
from monitoring.pages.checks import KINDS
from monitoring.pages.incidents import who
from monitoring.queries import templating
from monitoring.queries.definitions import of_template
from monitoring.rules import definitions
from monitoring.rules.suggested import suggested
from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def template_list(request: HttpRequest) -> HttpResponse:
    """The checks devices get by themselves; posting takes our set."""
    if request.method == "POST":
        for device_class, slug, name, definition in suggested():
            actions.keep_template(
                device_class=device_class, slug=slug, name=name, definition=definition,
                **who(request),
            )  # fmt: skip
        return go(request, "template-list", toast_text="Devices get these from now on")
    now = datetime.now(UTC)
    rows = CheckTemplate.objects.select_related("offer").order_by("device_class", "slug", "offer")
    classes = dict(Device.Kind.choices)
    return page(
        request, "monitoring/templates.html",
        rows=[
            (one, classes[one.device_class], definitions.sentence(of_template(one), one.name, now))
            for one in rows
        ],
    )  # fmt: skip


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def template_new(request: HttpRequest) -> HttpResponse:
    kind = asked(request, "kind")
    kind = kind if kind in TEMPLATE_FORMS else "threshold"
    first = {"zone": request.tenant.zone, "period": 3600, "grace": 600, "side": "above"}
    form = TEMPLATE_FORMS[kind](request.POST or None, initial=first)
    here = reverse("template-new")
    kinds = [(word, f"{here}?kind={key}", key == kind) for key, word in KINDS]
    return _edited(request, form, kind=kind, kinds=kinds, address=f"{here}?kind={kind}")


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for something else; class, offer and what it is known by stay."""
    found = get_object_or_404(CheckTemplate.objects.select_related("offer"), pk=pk)
    kind = TEMPLATE_FORMS[found.kind]
    before = of_template(found)
    first = kind.initial_of(before) | {
        "name": found.name,
        "device_class": found.device_class,
        "offer": found.offer_id,
    }
    form = kind(request.POST or None, initial=first)
    form.hold(found)
    here = reverse("template-edit", args=[pk])
    return _edited(request, form, kind=found.kind, kinds=[], address=here, kept=found)


def _edited(request: HttpRequest, form: TemplateForm, **more: Any) -> HttpResponse:
    """The form; `do=look` says what would change, keeping it without having seen that asks."""
    look = request.POST.get("do") == "look"
    shown = _preview(form) if form.is_bound and (look or form.is_valid()) else None
    if look:
        return page(request, "monitoring/_template_preview.html", preview=shown, form=form)
    seen = request.POST.get("seen") == "on" or (shown is not None and not shown.any)
    if (
        form.is_bound
        and form.is_valid()
        and shown
        and seen
        and attempt(form, lambda _values: actions.keep_template(**form.typed(), **who(request)))
    ):
        return go(request, "template-list", toast_text="Its devices follow now")
    return page(
        request, "monitoring/template_form.html", form=form, preview=shown,
        class_name=dict(Device.Kind.choices).get(form.held.device_class if form.held else ""),
        status=422 if form.is_bound else 200, **more,
    )  # fmt: skip


def _preview(form: TemplateForm) -> templating.Preview | None:
    """What keeping it as it is typed would change; None while it cannot be read."""
    if not form.is_valid():
        return None
    now = datetime.now(UTC)
    try:
        return templating.preview(templating.typed(**form.typed(), at=now), now)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, error.reason)
        return None


@staff(Permission.MONITOR_EDIT)
@require_POST
def template_drop(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(CheckTemplate, pk=pk)
    actions.drop_template(template=found, **who(request))
    return go(request, "template-list", toast_text="No further device gets it")


urlpatterns = [
    path("monitors/templates", template_list, name="template-list"),
    path("monitors/templates/new", template_new, name="template-new"),
    path("monitors/templates/<int:pk>", template_edit, name="template-edit"),
    path("monitors/templates/<int:pk>/drop", template_drop, name="template-drop"),
]

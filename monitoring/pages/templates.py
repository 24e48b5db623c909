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
    form = _new_form(request)
    here = reverse("template-new")
    kinds = [(word, f"{here}?kind={key}", key == _kind(request)) for key, word in KINDS]
    return _edited(
        request, form, kinds=kinds, address=f"{here}?kind={_kind(request)}",
        look=f"{reverse('template-new-look')}?kind={_kind(request)}",
    )  # fmt: skip


@staff(Permission.MONITOR_EDIT)
@require_POST
def template_new_look(request: HttpRequest) -> HttpResponse:
    """What a template would change as it is typed so far."""
    return _looked(request, _new_form(request))


@staff(Permission.MONITOR_EDIT)
@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for something else; class, offer and what it is known by stay."""
    form = _form_of(request, pk)
    return _edited(
        request, form, kinds=[], address=reverse("template-edit", args=[pk]), kept=form.held,
        look=reverse("template-edit-look", args=[pk]),
    )  # fmt: skip


@staff(Permission.MONITOR_EDIT)
@require_POST
def template_edit_look(request: HttpRequest, pk: int) -> HttpResponse:
    """What changing it so would change on the devices."""
    return _looked(request, _form_of(request, pk))


def _kind(request: HttpRequest) -> str:
    kind = asked(request, "kind")
    return kind if kind in TEMPLATE_FORMS else "threshold"


def _new_form(request: HttpRequest) -> TemplateForm:
    first = {"zone": request.tenant.zone, "period": 3600, "grace": 600, "side": "above"}
    form: TemplateForm = TEMPLATE_FORMS[_kind(request)](request.POST or None, initial=first)
    return form


def _form_of(request: HttpRequest, pk: int) -> TemplateForm:
    found = get_object_or_404(CheckTemplate.objects.select_related("offer"), pk=pk)
    kind = TEMPLATE_FORMS[found.kind]
    first = kind.initial_of(of_template(found)) | {"name": found.name}
    form: TemplateForm = kind(request.POST or None, initial=first)
    form.hold(found)
    return form


def _looked(request: HttpRequest, form: TemplateForm) -> HttpResponse:
    return page(request, "monitoring/_template_preview.html", preview=_preview(form), form=form)


def _edited(request: HttpRequest, form: TemplateForm, **more: Any) -> HttpResponse:
    """The form. Kept only by who saw what it changes; where it changes nothing that is seen."""
    shown = _preview(form) if form.is_bound else None
    seen = request.POST.get("seen") == "on" or (shown is not None and not shown.any)
    if (
        shown
        and seen
        and attempt(form, lambda _values: actions.keep_template(**form.typed(), **who(request)))
    ):
        return go(request, "template-list", toast_text="Its devices follow now")
    kept = form.held
    return page(
        request, "monitoring/template_form.html", form=form, preview=shown,
        class_name=dict(Device.Kind.choices).get(kept.device_class if kept else ""),
        kind=form.definition_kind, status=422 if form.is_bound else 200, **more,
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
    path("monitors/templates/new/look", template_new_look, name="template-new-look"),
    path("monitors/templates/<int:pk>", template_edit, name="template-edit"),
    path("monitors/templates/<int:pk>/look", template_edit_look, name="template-edit-look"),
    path("monitors/templates/<int:pk>/drop", template_drop, name="template-drop"),
]

"""Writing a draft: terms, lines and prices, with what the next bill would be beside them.

Everything is one form. A changed field asks for the rail and the figures alone (`do=look`), a new
line for the form with one line more (`do=add`), a moved one for the form in another order
(`do=move:2:1`); saving and publishing write. Nothing needs a script.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from contracts import actions, queries
from contracts.forms.agreements import (
    Lines,
    LinesBase,
    TermsForm,
    line_initial,
    terms_initial,
)
from contracts.forms.pricing import price_initial
from contracts.models import AgreementVersion, Offer, Service, ServiceLevelVersion
from contracts.pages.agreements import agreement_of
from contracts.pages.ordering import moved, place_of
from contracts.rules import decisions, words
from contracts.rules.pricing import NoPrice
from msp.kit.refusals import Refused
from msp.kit.web import blame, go, page, refusal
from tenants.journal.queries import about
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

NEW_LINE = {"kind": "per_device", "counting": "daily", "prorate": True}


@dataclass
class Desk:
    """The draft and the two parts of its form, as they are at the moment."""

    version: AgreementVersion
    catalogue: queries.Catalogue
    terms: TermsForm
    lines: LinesBase

    @property
    def readable(self) -> bool:
        return bool(self.terms.is_valid() & self.lines.is_valid())

    def inputs(self) -> list[actions.LineInput]:
        return [form.line() for form in self.lines.kept()]


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def agreement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    desk = _desk(request, _draft_of(request, pk))
    asked = request.POST.get("do", "save") if request.method == "POST" else ""
    if asked == "look":
        return page(request, "contracts/_looked.html", **_coming(request, desk))
    if asked == "add" or asked.startswith("move:"):
        more = _one_more(request, desk) if asked == "add" else moved(request.POST, asked)
        known = replace(desk, lines=_lines(more, desk))
        return _editor(request, known, shown=_unread(_lines(more, desk)), at=place_of(asked))
    if asked and desk.readable and _written(request, desk, publish=asked == "publish"):
        if asked == "publish":
            return go(request, "agreement", pk, toast_text="Published")
        return go(request, "agreement-edit", pk, toast_text="Draft saved")
    return _editor(request, desk, status=422 if asked else 200)


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def agreement_discard(request: HttpRequest, pk: int) -> HttpResponse:
    version = _draft_of(request, pk)
    slug = version.agreement.client.slug
    only = version.number == 1
    try:
        actions.discard_draft(version=version, by=request.viewer.actor, at=datetime.now(UTC))
    except Refused as error:
        return refusal(request, error)
    if only:
        return go(request, "client", slug, toast_text="Draft discarded")
    return go(request, "agreement", pk, toast_text="Draft discarded")


def _draft_of(request: HttpRequest, pk: int) -> AgreementVersion:
    found = agreement_of(request, pk)
    version = (
        found.versions.filter(published_at__isnull=True)
        .select_related("agreement__client", "level_version__level")
        .prefetch_related("lines")
        .first()
    )
    if version is None:
        raise Http404("There is no draft. Amend the agreement to write one.")
    return version


def _desk(request: HttpRequest, version: AgreementVersion) -> Desk:
    catalogue = queries.catalogue(version)
    given = {"catalogue": catalogue}
    if request.method == "POST":
        return Desk(
            version, catalogue, TermsForm(request.POST, **given),
            Lines(request.POST, prefix="line", form_kwargs=given),
        )  # fmt: skip
    saved = [line_initial(line, catalogue) for line in version.lines.all()] or [NEW_LINE]
    return Desk(
        version, catalogue, TermsForm(initial=terms_initial(version), **given),
        _unbound(saved, catalogue),
    )  # fmt: skip


def _unbound(rows: list[dict[str, Any]], catalogue: queries.Catalogue) -> LinesBase:
    lines: LinesBase = Lines(initial=rows, prefix="line", form_kwargs={"catalogue": catalogue})
    return lines


def _one_more(request: HttpRequest, desk: Desk) -> QueryDict:
    """What was typed, with one more line behind the others."""
    posted = request.POST.copy()
    count = desk.lines.total_form_count()
    posted["line-TOTAL_FORMS"] = str(min(count + 1, actions.MOST_LINES))
    for name, value in _new_line(desk, posted.get("from", "")).items():
        if isinstance(value, list | tuple):
            posted.setlist(f"line-{count}-{name}", [str(one) for one in value])
        elif value not in (None, False):
            posted[f"line-{count}-{name}"] = "on" if value is True else str(value)
    return posted


def _lines(posted: QueryDict, desk: Desk) -> LinesBase:
    lines: LinesBase = Lines(posted, prefix="line", form_kwargs={"catalogue": desk.catalogue})
    return lines


def _unread(lines: LinesBase) -> LinesBase:
    for form in lines.forms:
        form._errors = {}  # nothing was asked to be right yet
    return lines


def _new_line(desk: Desk, wanted: str) -> dict[str, Any]:
    """An empty line, or one of the catalogue at the price of the day the draft begins."""
    kind, _, pk = wanted.partition("-")
    sold = {"service": Service, "offer": Offer}.get(kind)
    found = sold.objects.filter(pk=int(pk)).first() if sold and pk.isdecimal() else None
    if found is None:
        return NEW_LINE
    version = desk.version
    try:
        line = queries.as_line(version.agreement, _starts_on(desk), **{kind: found})
    except NoPrice:
        return NEW_LINE | {"description": str(found)}
    return price_initial(line.kind, line.facts) | {
        "description": line.description, "service": line.service_id, "offer": line.offer_id,
    }  # fmt: skip


def _starts_on(desk: Desk) -> date:
    """The first day of the draft as it is typed, else as it is saved."""
    if desk.terms.is_bound:
        desk.terms.is_valid()
        typed = desk.terms.cleaned_data.get("effective_on")
        if typed:
            return date.fromisoformat(str(typed))
    return desk.version.effective_on


def _written(request: HttpRequest, desk: Desk, *, publish: bool) -> bool:
    """Save the draft, and publish it where asked; a refusal goes to its field and saves nothing."""
    who = {"by": request.viewer.actor, "at": datetime.now(UTC)}
    said = desk.terms.cleaned_data
    try:
        with transaction.atomic():
            version = actions.change_draft(
                version=desk.version, name=said["name"], effective_on=said["effective_on"],
                ends_on=desk.terms.ends_on, note=said["note"], **desk.terms.terms(), **who,
            )  # fmt: skip
            actions.set_credits(version=version, facts=desk.terms.credits, **who)
            version = actions.set_lines(
                version=version, lines=desk.inputs(),
                level_version=desk.catalogue.levels.get(said["level"]), **who,
            )  # fmt: skip
            if publish:
                _no_gaps(request, desk)
                backdated = request.POST.get("backdated") == "on"
                actions.publish(version=version, backdated=backdated, **who)
    except Refused as error:
        _blame(desk, error)
        return False
    return True


def _no_gaps(request: HttpRequest, desk: Desk) -> None:
    """Devices that no line would count stop publishing until somebody says they are meant to."""
    bare = queries.outlook(_plan(request, desk), datetime.now(UTC)).uncovered
    if bare and request.POST.get("gaps") != "on":
        names = ", ".join(unit.name for unit in bare[:5])
        raise Refused(
            f"Some devices would be on no line, {len(bare)} in all: {names}. Add a line, or say"
            " that they are meant to be left out.",
            field="gaps",
        )


def _blame(desk: Desk, error: Refused) -> None:
    """Put a refusal on the line it names, or on the head."""
    field = error.field or ""
    if not field.startswith("lines["):
        error.field = "last_on" if field == "ends_on" else error.field
        blame(desk.terms, error)
        return
    at, _, name = field.removeprefix("lines[").partition("].")
    form = desk.lines.kept()[int(at)]
    error.field = form.field_of(name)
    blame(form, error)


def _editor(
    request: HttpRequest, desk: Desk, status: int = 200, shown: LinesBase | None = None,
    at: int | None = None,
) -> HttpResponse:  # fmt: skip
    response = page(
        request, "contracts/editor.html", part="contracts/_editor.html", status=status,
        client=desk.version.agreement.client,
        version=desk.version, terms=desk.terms, lines=shown or desk.lines,
        rows=[decisions.sentence(one) for one in decisions.read_rows(desk.version.coverage)],
        offered=queries.offered_choices(desk.version.agreement, _starts_on(desk)), stands_at=at,
        saved_at=_saved_at(desk.version),
        **_coming(request, desk),
    )  # fmt: skip
    if status == 422 and getattr(request, "htmx", False):
        response["HX-Retarget"], response["HX-Reswap"] = "#editor", "outerHTML"
    return response


def _coming(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """What the form as it stands would bill, change and break; unreadable lines are left out."""
    seen = queries.outlook(_plan(request, desk), datetime.now(UTC))
    return {
        "outlook": seen,
        "agreement": desk.version.agreement,
        "findings": [(one, _place_of(desk, one.field)) for one in seen.findings],
        "gaps_meant": request.POST.get("gaps") == "on",
        "currency": desk.version.agreement.currency,
        "unread": desk.terms.is_bound and not desk.readable,
        "figures": _figures(desk, seen.bill.rows),
        "level": _level_of(desk),
        "priorities": words.PRIORITY_WORDS,
    }


def _figures(desk: Desk, rows: list[queries.BillRow]) -> list[tuple[str, queries.BillRow | None]]:
    """What each line would bill, by the name of its form; nothing for one that cannot be read."""
    kept = desk.lines.kept() if desk.lines.is_bound else desk.lines.forms
    known = dict(zip([form.prefix for form in kept], rows, strict=False))
    return [(form.prefix, known.get(form.prefix)) for form in desk.lines.forms]


def _level_of(desk: Desk) -> ServiceLevelVersion | None:
    """The service level as it is chosen, else as it is saved."""
    if not desk.terms.is_bound:
        return desk.version.level_version
    desk.terms.is_valid()
    return desk.catalogue.levels.get(desk.terms.cleaned_data.get("level"))


def _saved_at(version: AgreementVersion) -> datetime | None:
    """When something of the agreement was written last."""
    told = about("agreement", version.agreement_id, limit=1)
    return told[-1].at if told else None


def _place_of(desk: Desk, field: str) -> str:
    """Where on the page a finding is put right: the id of its field."""
    if not field.startswith("lines["):
        name = "last_on" if field == "ends_on" else field
        return desk.terms[name].id_for_label if name in desk.terms.fields else "ct-lines"
    at, _, name = field.removeprefix("lines[").partition("].")
    kept = desk.lines.kept() if desk.lines.is_bound else list(desk.lines.forms)
    if int(at) >= len(kept):
        return "ct-lines"
    form = kept[int(at)]
    return str(form[form.field_of(name)].id_for_label)


def _plan(request: HttpRequest, desk: Desk) -> queries.Plan:
    version = desk.version
    if not desk.terms.is_bound:
        lines = [
            queries.Planned(line.description, terms, line.service_id, line.line_key)
            for line, terms in queries.terms_of(version.lines.all())
        ]
        return queries.Plan(
            version, lines, version.level_version, version.effective_on, credits=version.credits
        )
    desk.terms.is_valid()
    said = desk.terms.cleaned_data
    return queries.Plan(
        version=version,
        lines=[form.planned() for form in desk.lines.kept()],
        level=desk.catalogue.levels.get(said.get("level")),
        starts_on=said.get("effective_on") or version.effective_on,
        backdated=request.POST.get("backdated") == "on",
        credits=desk.terms.credits,
    )


urlpatterns = [
    path("agreements/<int:pk>/edit", agreement_edit, name="agreement-edit"),
    path("agreements/<int:pk>/discard", agreement_discard, name="agreement-discard"),
]

"""What this MSP asks in an assessment: its own questions, and how heavily each weighs."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import path
from django.views.decorators.http import require_http_methods

from contracts import actions
from contracts.forms.roadmaps import QuestionForm, Questions
from contracts.pages.quotes import who
from contracts.queries import roadmaps as queries
from contracts.rules import roadmap as rules
from msp.kit.refusals import Refused
from msp.kit.web import blame, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def question_list(request: HttpRequest) -> HttpResponse:
    """All of them in one form; one more needs no script, and the shipped ones come back."""
    posted = request.POST if request.method == "POST" else None
    asked = request.POST.get("do", "save") if posted is not None else ""
    if asked == "shipped":
        actions.write_questions(questions=rules.QUESTIONS, **who(request))
        return go(request, "question-list", toast_text="The questions all begin with")
    if posted is not None and asked == "add":
        rows = Questions(_one_more(posted), prefix="q")
        for form in rows.forms:
            form._errors = {}
        return _shown(request, rows)
    initial = [_initial(one) for one in queries.house_questions()]
    rows = Questions(posted, prefix="q", initial=None if posted else initial)
    if posted is not None and rows.is_valid() and _written(request, rows.kept()):
        return go(request, "question-list", toast_text="Asked from now on")
    return _shown(request, rows, 422 if asked else 200)


def _initial(one: rules.Question) -> dict[str, object]:
    return {name: getattr(one, name) for name in ("key", "domain", "text", "missing", "weight")}


def _written(request: HttpRequest, kept: list[QuestionForm]) -> bool:
    try:
        actions.write_questions(questions=[form.question() for form in kept], **who(request))
    except Refused as error:
        at, _, field = (error.field or "").removeprefix("questions[").partition("].")
        if at.isdecimal() and int(at) < len(kept):
            error.field = "text" if field == "key" else field
            blame(kept[int(at)], error)
        return False
    return True


def _one_more(posted: QueryDict) -> QueryDict:
    more = posted.copy()
    said = posted.get("q-TOTAL_FORMS", "")
    count = int(said) if said.isdecimal() and len(said) < 4 else 0
    more["q-TOTAL_FORMS"] = str(min(count + 1, rules.MOST_QUESTIONS))
    if count < rules.MOST_QUESTIONS:
        more[f"q-{count}-weight"] = "3"
    return more


def _shown(request: HttpRequest, rows: object, status: int = 200) -> HttpResponse:
    return page(request, "contracts/questions.html", rows=rows, status=status)


urlpatterns = [path("roadmaps/questions", question_list, name="question-list")]

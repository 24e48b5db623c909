"""Channels: one's own, a team's, the MSP's webhooks, and what was sent to them."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page, rows_of
from tenants.notices import actions, queries
from tenants.notices.forms import WEBHOOK, ChannelForm, QuietForm, SharedChannelForm
from tenants.notices.models import Channel, Mail, Outgoing
from tenants.people.gates import staff
from tenants.people.models import Person
from tenants.people.rules.roles import Permission

GIVE_UP = 8


def who(request: HttpRequest) -> dict[str, Any]:
    """By whom and when, for an action."""
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


# -- one's own -------------------------------------------------------------------------------------


@staff()
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """How alerts reach me, and when only urgent ones do."""
    return _mine(request, ChannelForm(), _quiet_form(request))


def _quiet_form(request: HttpRequest, data: Any = None) -> QuietForm:
    person: Person = request.user
    first = {"quiet_from": person.quiet_from, "quiet_until": person.quiet_until}
    return QuietForm(data, initial=first)


def _mine(request: HttpRequest, form: ChannelForm, quiet: QuietForm) -> HttpResponse:
    return page(
        request, "notices/alerts.html", form=form, quiet=quiet,
        channels=queries.channels(person_id=request.viewer.person_id), person=request.user,
        status=422 if form.errors or quiet.errors else 200,
    )  # fmt: skip


@staff()
@require_POST
def alerts_add(request: HttpRequest) -> HttpResponse:
    form = ChannelForm(request.POST)
    made = attempt(form, lambda values: _add(request, values, person=request.user))
    if made is None:
        return _mine(request, form, _quiet_form(request))
    return _made(request, made, "account-alerts")


@staff()
@require_POST
def alerts_quiet(request: HttpRequest) -> HttpResponse:
    form = _quiet_form(request, request.POST)

    def keep(values: dict[str, Any]) -> None:
        actions.keep_quiet(
            person=request.user, since=values["quiet_from"], until=values["quiet_until"],
            **who(request),
        )  # fmt: skip

    if attempt(form, keep) is None:
        return _mine(request, ChannelForm(), form)
    return go(request, "account-alerts", toast_text="Saved.")


@staff()
@require_POST
def alerts_remove(request: HttpRequest, pk: int) -> HttpResponse:
    rows = queries.channels(person_id=request.viewer.person_id)
    actions.remove_channel(channel=get_object_or_404(rows, pk=pk), **who(request))
    return go(request, "account-alerts", toast_text="Nothing is sent there any more.")


def _add(request: HttpRequest, values: dict[str, Any], **owner: Any) -> tuple[Channel, str]:
    """The channel, and for a webhook its secret."""
    now = who(request)
    if values["kind"] == WEBHOOK:
        return actions.add_webhook(
            name=values["name"], url=values["address"], kinds=values.get("kinds", ()), **owner,
            **now,
        )  # fmt: skip
    made = actions.add_channel(
        name=values["name"], address=values["address"], service=values["service"], **owner, **now
    )
    return made, ""


def _made(request: HttpRequest, made: tuple[Channel, str], back: str) -> HttpResponse:
    """A webhook's secret is shown on this page and never again."""
    channel, secret = made
    if not secret:
        return go(request, back, toast_text=f"{channel.name} is told from now on.")
    return page(request, "notices/secret.html", channel=channel, secret=secret, back=back)


# -- shared ones -----------------------------------------------------------------------------------


@staff(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def channels(request: HttpRequest) -> HttpResponse:
    """Channels of teams, and webhooks that are told what happens."""
    form = SharedChannelForm(request.POST or None)
    if request.method == "POST":
        made = attempt(form, lambda values: _add(request, values, team=values["team"]))
        if made is not None:
            return _made(request, made, "channels")
    return page(
        request, "notices/channels.html", form=form, teams=queries.channels(),
        hooks=queries.channels(of_msp=True), names=dict(queries.feeds()),
        failing=queries.failing(GIVE_UP), status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.SETTINGS_EDIT)
@require_POST
def channel_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Channel, pk=pk, person__isnull=True)
    actions.remove_channel(channel=found, **who(request))
    return go(request, "channels", toast_text="Nothing is sent there any more.")


@staff(Permission.SETTINGS_EDIT)
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """What was sent out, and what did not arrive; mail that was given up stands above."""
    state = "failed" if asked(request, "state") == "failed" else ""
    return page(
        request, "notices/sent.html", part="notices/_sent.html", state=state,
        rows=rows_of(request, queries.deliveries(failed=bool(state))),
        letters=queries.letters_given_up(GIVE_UP)[:50],
    )  # fmt: skip


@staff(Permission.SETTINGS_EDIT)
@require_POST
def sent_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Outgoing, pk=pk)
    return _again(request, lambda: actions.redeliver(outgoing=found, **who(request)))


@staff(Permission.SETTINGS_EDIT)
@require_POST
def mail_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Mail, pk=pk)
    return _again(request, lambda: actions.remail(letter=found, **who(request)))


def _again(request: HttpRequest, do: Any) -> HttpResponse:
    try:
        do()
    except Refused as error:
        messages.error(request, error.reason)
        return go(request, "channels-sent")
    return go(request, "channels-sent", toast_text="It is sent again now.")


urlpatterns = [
    path("account/alerts", alerts, name="account-alerts"),
    path("account/alerts/add", alerts_add, name="account-alerts-add"),
    path("account/alerts/quiet", alerts_quiet, name="account-alerts-quiet"),
    path("account/alerts/<int:pk>/remove", alerts_remove, name="account-alerts-remove"),
    path("settings/channels", channels, name="channels"),
    path("settings/channels/<int:pk>/remove", channel_remove, name="channels-remove"),
    path("settings/channels/sent", sent, name="channels-sent"),
    path("settings/channels/sent/<int:pk>/again", sent_again, name="channels-sent-again"),
    path("settings/channels/mail/<int:pk>/again", mail_again, name="channels-mail-again"),
]

"""Road maps: assessing a client, planning phases, sharing them, and making a quote of some."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from contracts import events
from contracts.actions.quotes import draft_quote, write_quote
from contracts.clients.models import Client
from contracts.models import QuestionSet, Quote, QuoteVersion, Roadmap
from contracts.queries import roadmaps as queries
from contracts.queries.written_quotes import OptionInput, QuotedInput
from contracts.rules import roadmap as rules
from msp.kit.facts import InvalidFact
from msp.kit.periods import local_date
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce


@transaction.atomic
def begin_roadmap(*, client: Client, name: str, by: Actor, at: datetime) -> Roadmap:
    """Begin a road map; nothing is assessed yet."""
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is archived.", field="client")
    roadmap = Roadmap.objects.create(
        client=client, name=_name(name), currency=client.currency, signals=[], created_at=at,
        changed_at=at,
    )  # fmt: skip
    announce(events.RoadmapBegun(roadmap.pk, client.pk, roadmap.name), by=by, at=at)
    return roadmap


@transaction.atomic
def assess(
    *, roadmap: Roadmap, answers: Mapping[str, str], signals: Sequence[rules.Signal],
    starts_on: date, by: Actor, at: datetime,
) -> Roadmap:  # fmt: skip
    """Keep the answers with what the rooms show now, and plan anew from what follows."""
    roadmap = _locked(roadmap)
    _check_start(starts_on, local_date(at, roadmap.client.zone))
    try:
        asked = queries.house_questions()
        roadmap.answers = rules.clean_answers(answers, asked)
    except InvalidFact as error:
        raise Refused(error.reason, field=error.field) from error
    roadmap.questions = [] if asked is rules.QUESTIONS else rules.write_questions(asked)
    found = rules.findings(roadmap.answers, signals, asked)
    phases = rules.plan(
        found, queries.plannable(), starts_on,
        greenfield=queries.is_greenfield(roadmap.client, at),
    )  # fmt: skip
    roadmap.signals, roadmap.phases = rules.write_signals(signals), rules.write_phases(phases)
    roadmap.assessed_at = roadmap.changed_at = at
    roadmap.save()
    announce(
        events.RoadmapAssessed(roadmap.pk, roadmap.client_id, roadmap.name, len(found)),
        by=by, at=at,
    )  # fmt: skip
    return roadmap


@transaction.atomic
def write_questions(*, questions: Sequence[rules.Question], by: Actor, at: datetime) -> QuestionSet:
    """Ask these from now on; road maps that were assessed keep the questions they had."""
    stored = rules.write_questions(questions)
    try:
        kept = rules.read_questions(stored)
    except InvalidFact as error:
        reason = error.reason[:1].upper() + error.reason[1:]
        raise Refused(reason, field=error.field) from error
    if not kept:
        raise Refused("Ask at least one question.", field="questions")
    made = QuestionSet.objects.create(questions=stored, created_at=at)
    announce(events.QuestionsWritten(len(kept)), by=by, at=at)
    return made


@transaction.atomic
def set_phases(
    *, roadmap: Roadmap, phases: Sequence[rules.Phase], by: Actor, at: datetime
) -> Roadmap:
    """Write the plan; each phase begins when the one before is done."""
    roadmap = _locked(roadmap)
    starts = [one.starts_on for one in phases]
    try:
        planned = rules.rescheduled(phases, min(starts)) if starts else []
        kept = rules.read_phases(rules.write_phases(planned))
    except (InvalidFact, OverflowError) as error:
        reason = error.reason if isinstance(error, InvalidFact) else "It would never end."
        raise Refused(reason[:1].upper() + reason[1:], field="phases") from error
    roadmap.phases, roadmap.changed_at = rules.write_phases(kept), at
    roadmap.save(update_fields=["phases", "changed_at"])
    announce(events.RoadmapChanged(roadmap.pk, roadmap.client_id, roadmap.name), by=by, at=at)
    return roadmap


@transaction.atomic
def share_roadmap(*, roadmap: Roadmap, shared: bool, by: Actor, at: datetime) -> Roadmap:
    """Show it to the client in the portal, or no longer."""
    roadmap = _locked(roadmap)
    if shared and not roadmap.phases:
        raise Refused("There is no plan to share yet. Assess the client first.")
    roadmap.shared_at = at if shared else None
    roadmap.save(update_fields=["shared_at"])
    what = "shared" if shared else "no longer shares"
    announce(events.RoadmapShared(roadmap.pk, roadmap.client_id, roadmap.name, what), by=by, at=at)
    return roadmap


@transaction.atomic
def quote_phases(*, roadmap: Roadmap, keys: Collection[str], by: Actor, at: datetime) -> Quote:
    """A draft of a quote with the services of the chosen phases at the prices of the day."""
    roadmap = _locked(roadmap)
    day = local_date(at, roadmap.client.zone)
    chosen = [one for one in queries.stages_of(roadmap, day) if one.phase.key in set(keys)]
    lines = {
        one.service.pk: (stage.phase.name, one.line)
        for stage in chosen
        for one in stage.services
        if one.line
    }
    if not lines:
        raise Refused("Choose phases that hold services with a price.", field="phases")
    quote = draft_quote(
        client=roadmap.client, name=roadmap.name, currency=roadmap.currency, roadmap=roadmap,
        becomes=QuoteVersion.Becomes.PROJECT, by=by, at=at,
    )  # fmt: skip
    said = "\n".join(f"- **{one.phase.name}**: {one.phase.why}" for one in chosen)
    write_quote(
        version=quote.versions.get(), options=[OptionInput(roadmap.name[:80])],
        lines=[
            QuotedInput(
                one.service.name[:120], one.kind, one.facts, one.quantity, service=one.service,
                phase=phase[:80],
            )
            for phase, one in lines.values()
        ],
        intro=said, starts_on=max(day, min(one.phase.starts_on for one in chosen)),
        valid_until_on=day + timedelta(days=30), by=by, at=at,
    )  # fmt: skip
    return quote


def _locked(roadmap: Roadmap) -> Roadmap:
    rows = Roadmap.objects.select_for_update(of=("self",)).select_related("client")
    return rows.get(pk=roadmap.pk)


def _name(name: str) -> str:
    said = " ".join(name.split())
    if not said:
        raise Refused("A road map needs a name.", field="name")
    if len(said) > 120:
        raise Refused("At most 120 characters.", field="name")
    return said


def _check_start(starts_on: date, today: date) -> None:
    if not today - timedelta(days=366) <= starts_on <= today + timedelta(days=3 * 366):
        raise Refused("It begins within three years.", field="starts_on")

"""Questions about who is called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from tenants.people.models import Person, Team
from tickets.dispatch.models import Call, CallStep, Override, Policy, Schedule
from tickets.dispatch.rules import rota as rules
from tickets.dispatch.rules.chain import PERSON, SCHEDULE, TEAM, Case, Chain, chosen, rule_of
from tickets.dispatch.rules.rota import Rota, Shift
from tickets.dispatch.rules.written import chain_of, layer_of

LOOK_BACK = timedelta(days=45)


def staff() -> QuerySet[Person]:
    """Those who can be called."""
    return Person.objects.filter(kind=Person.Kind.STAFF, is_active=True).order_by("name", "pk")


def rota_of(schedule: Schedule) -> Rota:
    """The schedule as the rules read it, with the overrides that still matter."""
    layers = tuple(layer_of(kept) for kept in schedule.layers)
    agreed = schedule.overrides.filter(state=Override.State.AGREED).order_by("agreed_at", "pk")
    overrides = tuple(rules.Override(one.person_id, one.starts_at, one.ends_at) for one in agreed)
    named = {pk for layer in layers for pk in layer.people} | {one.person for one in overrides}
    able = set(staff().filter(pk__in=named).values_list("pk", flat=True))
    return Rota(schedule.zone, layers, overrides, frozenset(named - able))


def on_call(schedule: Schedule, at: datetime) -> Person | None:
    """Whom this schedule names at an instant."""
    pk = rules.on_call(rota_of(schedule), at)
    return Person.objects.filter(pk=pk).first() if pk is not None else None


@dataclass(frozen=True)
class OnCall:
    """A schedule now: who, until when, and who after that."""

    schedule: Schedule
    person: Person | None
    until: datetime | None
    then: Person | None
    mine: bool = False


def on_call_now(at: datetime, person_id: int | None = None) -> list[OnCall]:
    """Every schedule with who is on call at an instant."""
    people = Person.objects.in_bulk()
    found = []
    for schedule in Schedule.objects.all():
        now, then = _two(rules.shifts(rota_of(schedule), at, at + timedelta(days=15)))
        person = people.get(now.person) if now and now.person else None
        follower = people.get(then.person) if then and then.person else None
        mine = person is not None and person.pk == person_id
        found.append(OnCall(schedule, person, then.start if then else None, follower, mine))
    return found


def _two(found: Sequence[Shift]) -> tuple[Shift | None, Shift | None]:
    """The present shift and the next one that is somebody else's."""
    if not found:
        return None, None
    later = [one for one in found[1:] if one.person != found[0].person]
    return found[0], later[0] if later else None


@dataclass(frozen=True)
class Planned:
    """A shift with its person, for a page."""

    start: datetime
    end: datetime
    person: Person | None
    layer: str
    override: bool


def planned(schedule: Schedule, since: datetime, until: datetime) -> list[Planned]:
    """The shifts between two instants, with the people."""
    found = rules.shifts(rota_of(schedule), since, until)
    people = Person.objects.in_bulk({one.person for one in found if one.person})
    return [
        Planned(one.start, one.end, people.get(one.person or 0), one.layer, one.override)
        for one in found
    ]


def open_overrides(schedule: Schedule, at: datetime) -> QuerySet[Override]:
    """Overrides and asked swaps that are not over."""
    rows = schedule.overrides.select_related("person", "asked_by").filter(ends_at__gt=at)
    return rows.filter(state__in=[Override.State.AGREED, Override.State.ASKED]).order_by(
        "starts_at", "pk"
    )


def asked_of(person_id: int, at: datetime) -> list[Override]:
    """Swaps that wait for this person's answer."""
    rows = Override.objects.select_related("schedule", "asked_by")
    waiting = rows.filter(person_id=person_id, state=Override.State.ASKED, ends_at__gt=at)
    return list(waiting.exclude(asked_by_id=person_id).order_by("starts_at", "pk"))


# -- escalations -----------------------------------------------------------------------------------


def policies() -> list[Policy]:
    """The escalations in force, in the order they are tried."""
    return list(Policy.objects.filter(ended_at__isnull=True))


def policy_for(case: Case) -> Policy | None:
    """The first escalation that fits."""
    known = {policy.pk: policy for policy in policies()}
    pk = chosen([(pk, rule_of(policy.when)) for pk, policy in known.items()], case)
    return known[pk] if pk is not None else None


@dataclass(frozen=True)
class Reached:
    """Whom a step's targets mean at an instant, and what to say of those that mean nobody."""

    people: tuple[Person, ...]
    teams: tuple[int, ...]
    words: str
    empty: tuple[str, ...]


def reached(chain: Chain, step: int, at: datetime) -> Reached:
    """Whom a step calls now; a schedule with nobody on call is named as empty."""
    people: dict[int, Person] = {}
    teams: list[int] = []
    said: list[str] = []
    empty: list[str] = []
    for target in chain.steps[step].targets:
        name, found = _meant(target.kind, target.id, at)
        if target.kind == TEAM:
            teams.append(target.id)
        if found:
            said.append(_naming(target.kind, name, found))
        else:
            empty.append(f"nobody is on call in {name}" if target.kind == SCHEDULE
                         else f"{name} cannot be called")  # fmt: skip
        people |= {one.pk: one for one in found}
    return Reached(tuple(people.values()), tuple(teams), ", ".join(said), tuple(empty))


def _meant(kind: str, pk: int, at: datetime) -> tuple[str, list[Person]]:
    if kind == PERSON:
        person = Person.objects.filter(pk=pk).first()
        able = person is not None and person.is_active and person.kind == Person.Kind.STAFF
        return (person.name if person else "somebody who is gone"), [person] if able else []
    if kind == TEAM:
        team = Team.objects.filter(pk=pk).first()
        members = list(staff().filter(teams=team)) if team else []
        return (team.name if team else "a team that is gone"), members
    schedule = Schedule.objects.filter(pk=pk).first()
    if schedule is None:
        return "a schedule that is gone", []
    person = on_call(schedule, at)
    return schedule.name, [person] if person else []


def _naming(kind: str, name: str, found: Sequence[Person]) -> str:
    return name if kind != SCHEDULE else f"{found[0].name} ({name})"


def catch_all() -> list[Person]:
    """Whom to tell when a call reached nobody: the owners."""
    return list(staff().filter(role="owner"))


def due_calls(at: datetime, limit: int = 200) -> list[int]:
    """Calls whose next turn is due."""
    rows = CallStep.objects.filter(done_at__isnull=True, due_at__lte=at)
    return list(rows.order_by("due_at", "pk").values_list("call_id", flat=True)[:limit])


def is_anything_due(at: datetime) -> bool:
    """Whether any call has a turn that is due."""
    return CallStep.objects.filter(done_at__isnull=True, due_at__lte=at).exists()


def is_called_about(source_key: str) -> bool:
    """Whether people are being called about it at the moment."""
    running = Call.objects.filter(source_key=source_key, state=Call.State.CALLING)
    return bool(source_key) and running.exists()


def recent_calls() -> QuerySet[Call]:
    """Calls, the running ones first."""
    done = Prefetch("steps", CallStep.objects.order_by("number"))
    rows = Call.objects.select_related("policy").prefetch_related(done)
    return rows.order_by("ended_at", "-began_at", "-pk")


@dataclass(frozen=True)
class Told:
    """A step of a policy as a page says it."""

    number: int
    after: int
    targets: tuple[str, ...]


def told_steps(chain: Chain, names: dict[tuple[str, int], str]) -> list[Told]:
    """A policy's steps in words."""
    return [
        Told(
            number, step.after,
            tuple(names.get((one.kind, one.id), "somebody who is gone") for one in step.targets),
        )
        for number, step in enumerate(chain.steps, 1)
    ]  # fmt: skip


def target_names() -> dict[tuple[str, int], str]:
    """Everybody and everything a step may call, with the words for it."""
    found: dict[tuple[str, int], str] = {}
    for schedule in Schedule.objects.all():
        found[SCHEDULE, schedule.pk] = f"On call: {schedule.name}"
    for team in Team.objects.order_by("name"):
        found[TEAM, team.pk] = f"Team: {team.name}"
    for person in staff():
        found[PERSON, person.pk] = person.name
    return found


def schedule_in_use(schedule: Schedule) -> bool:
    """Whether an escalation that holds calls this schedule."""
    return any(
        (one.kind, one.id) == (SCHEDULE, schedule.pk)
        for policy in policies()
        for step in chain_of(policy.chain).steps
        for one in step.targets
    )


def people_named(layers: Iterable[dict[str, Any]]) -> dict[int, str]:
    """The names of everybody in some layers."""
    ids = {pk for layer in layers for pk in layer["people"]}
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))

"""Reading about people."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string

from msp.kit.slots import Step, setup_steps
from tenants.journal.models import Entry
from tenants.people import events
from tenants.people.models import Person, Team
from tenants.people.rules.roles import Permission, permissions_of


def has_team() -> bool:
    """Whether anybody beside the first owner may sign in."""
    return Person.objects.filter(is_active=True).exclude(kind=Person.Kind.PORTAL)[1:2].exists()


def teams() -> QuerySet[Team]:
    """All teams with the members who can work today."""
    members = Person.objects.filter(is_active=True).order_by("name", "pk")
    return Team.objects.order_by("name").prefetch_related(Prefetch("members", members))


def team_in_use(team: Team) -> bool:
    """Whether anything of a higher room points at it; asked of the keys, as no room here knows."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: team}).exists()
        for relation in Team._meta.get_fields(include_hidden=True)
        if relation.one_to_many and not relation.related_model._meta.auto_created
    )


@dataclass(frozen=True)
class Standing:
    """A step of the set-up as it stands: its place, where it is done, whether it is."""

    number: int
    step: Step
    url: str
    done: bool


def setup_standing() -> list[Standing]:
    """All steps in order; what is done shows in the MSP's own rows and is ticked by nobody."""
    return [
        Standing(number, step, reverse(step.url), import_string(step.done)())
        for number, step in enumerate(setup_steps(), start=1)
    ]


def is_to_set_up(person: Person) -> bool:
    """Whether signing in leads to the set-up: somebody who may, did not skip it, and has steps."""
    if person.kind != Person.Kind.STAFF or (
        Permission.SETTINGS_EDIT not in permissions_of(person.role)
    ):
        return False
    if all(one.done for one in setup_standing()):
        return False
    skipped = Entry.objects.filter(
        refs__overlap=[f"person:{person.pk}"], kind=events.SetupSkipped.kind
    )
    return not skipped.exists()

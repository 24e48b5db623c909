"""Reading about people."""

from django.db.models import Prefetch, QuerySet

from tenants.people.models import Person, Team


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

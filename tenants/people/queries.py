"""Reading about people."""

from tenants.people.models import Person


def has_team() -> bool:
    """Whether anybody beside the first owner may sign in."""
    return Person.objects.filter(is_active=True).exclude(kind=Person.Kind.PORTAL)[1:2].exists()

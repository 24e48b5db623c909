"""The list an address asks for, and the signed size of the one a bulk change was made in."""

from django.core import signing
from django.db.models import QuerySet
from django.http import QueryDict

from msp.kit.refusals import Conflict
from tenants.people.models import Person, Team
from tickets.models import Ticket
from tickets.queries import VIEWS, Wanted
from tickets.rules.states import Status

SCOPE_SALT = "tickets.scope"


def staff_people() -> QuerySet[Person]:
    """Who can be given work."""
    return Person.objects.filter(kind=Person.Kind.STAFF, is_active=True).order_by("name")


def teams() -> QuerySet[Team]:
    """Which teams a ticket can be handed to."""
    return Team.objects.order_by("name")


def wanted_from(asked: QueryDict) -> Wanted:
    """The list an address asks for; what it does not understand it leaves out."""
    given = {
        name: asked.get(name, "").replace("\x00", "").strip()[:100]
        for name in ("view", "q", "client", "status", "priority", "owner", "team", "device", "sort")
    }
    if given["view"] not in VIEWS:
        given["view"] = "open"
    if given["status"] not in set(Status):
        given["status"] = ""
    if given["priority"] not in {str(value) for value in Ticket.Priority.values}:
        given["priority"] = ""
    if given["owner"] not in ("me", "none") and not given["owner"].isdecimal():
        given["owner"] = ""
    if given["team"] not in ("mine", "none") and not given["team"].isdecimal():
        given["team"] = ""
    return Wanted(**given)


def sign_scope(wanted: Wanted, total: int) -> str:
    """A list and its size, so that a bulk change can tell whether it is still the same."""
    return signing.dumps({"wanted": wanted.params, "total": total}, salt=SCOPE_SALT)


def read_scope(text: str) -> tuple[Wanted, int]:
    """The list a bulk change was made in; one that was tampered with is refused."""
    try:
        scope = signing.loads(text, salt=SCOPE_SALT, max_age=24 * 3600)
        return Wanted(**scope["wanted"]), int(scope["total"])
    except (signing.BadSignature, TypeError, KeyError, ValueError) as error:
        raise Conflict("This list is too old. Load it again.", field="scope") from error

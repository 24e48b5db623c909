"""How urgent a ticket is: impact and urgency, or a priority somebody names."""

from contracts.rules.policy import priority_of
from msp.kit.facts import InvalidFact
from msp.kit.refusals import Refused
from tickets.models import Ticket
from tickets.queries.clocks import policy_of

Weighed = tuple[int | None, int | None, int]


class Weighing:
    """What a ticket's impact, urgency and priority may be, and which follows from which."""

    @staticmethod
    def weighed(
        ticket: Ticket, impact: int | None, urgency: int | None, priority: int | None
    ) -> Weighed:
        """Impact, urgency and the priority; a named priority wins over the matrix (S8)."""
        if (impact is None) != (urgency is None):
            missing = "urgency" if urgency is None else "impact"
            raise Refused("Impact and urgency are weighed together.", field=missing)
        if priority is None:
            priority = Ticket.Priority.MEDIUM
            if impact is not None and urgency is not None:
                priority = Weighing.by_matrix(ticket, impact, urgency)
        return impact, urgency, int(priority)

    @staticmethod
    def by_matrix(ticket: Ticket, impact: int, urgency: int) -> int:
        """The priority that the ticket's promise gives to an impact and an urgency."""
        try:
            return priority_of(policy_of(ticket.level_version_id).matrix, impact, urgency)
        except InvalidFact as error:
            raise Refused(
                f"{error.field.capitalize()} {error.reason}.", field=error.field
            ) from error

    @staticmethod
    def demand(priority: int, may_major: bool) -> None:
        """There is such a priority, and who asks may give it: not all may declare a major one."""
        if priority not in Ticket.Priority.values:
            raise Refused(f"There is no priority {priority!r}.", field="priority")
        if priority == Ticket.Priority.MAJOR and not may_major:
            raise Refused(
                "Your role may not declare a major incident.", field="priority", code="not_allowed"
            )

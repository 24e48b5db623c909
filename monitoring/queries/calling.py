"""What an escalation has to know of an incident."""

from monitoring.models import Incident
from tickets.dispatch.rules.chain import Case


def case_of(incident: Incident) -> Case:
    """The incident as the escalations' rules read it."""
    level = incident.level_version.level_id if incident.level_version else None
    site = incident.site_id or incident.device.site_id
    return Case(incident.severity, level, incident.client_id, site)

"""Reading what people are told."""

from tenants.notices.models import Notice
from tenants.people.rules.viewer import Viewer


def unread(viewer: Viewer) -> int:
    """How many notices wait, for the sidebar."""
    return Notice.objects.filter(person_id=viewer.person_id, read_at__isnull=True).count()

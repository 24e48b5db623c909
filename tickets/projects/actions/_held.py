"""What the actions of a project share: its lock, and how a reason is kept."""

from tickets.projects.models import Project


class Held:
    """A project in hand: nobody else changes its plan meanwhile."""

    @staticmethod
    def locked(project: Project) -> Project:
        """The project under its lock; milestones and orders change under it alone."""
        rows = Project.objects.select_for_update(of=("self",)).select_related("client", "agreement")
        return rows.get(pk=project.pk)

    @staticmethod
    def said(reason: str) -> str:
        """A reason on one line, no longer than the journal keeps it."""
        return " ".join(reason.replace("\x00", " ").split())[:300]

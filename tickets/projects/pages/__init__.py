"""Pages of projects for the MSP's people."""

from tickets.projects.pages import projects, steps
from tickets.projects.pages.fills import (
    on_client_page,
    on_palette,
    on_quote_page,
    on_ticket_coverage,
)

__all__ = ["on_client_page", "on_palette", "on_quote_page", "on_ticket_coverage", "urlpatterns"]

urlpatterns = [*projects.urlpatterns, *steps.urlpatterns]

"""The technician's pages of this room, and what it shows on the pages of others."""

from tickets.pages import (
    approving,
    changes,
    family,
    new,
    promises,
    queue,
    restamping,
    ticket,
    time,
)
from tickets.pages.fills import (
    nav_count,
    on_agreement_page,
    on_client_kept,
    on_client_page,
    on_client_stats,
    on_client_tabs,
    on_device_rail,
    on_draft_rail,
    on_palette,
    on_today,
    on_today_figures,
)
from tickets.pages.restamping import on_level_page
from tickets.pages.signals import on_client_signals

__all__ = [
    "nav_count",
    "on_agreement_page",
    "on_client_kept",
    "on_client_page",
    "on_client_signals",
    "on_client_stats",
    "on_client_tabs",
    "on_device_rail",
    "on_draft_rail",
    "on_level_page",
    "on_palette",
    "on_today",
    "on_today_figures",
]

urlpatterns = [
    *queue.urlpatterns,
    *new.urlpatterns,
    *ticket.urlpatterns,
    *changes.urlpatterns,
    *family.urlpatterns,
    *promises.urlpatterns,
    *restamping.urlpatterns,
    *time.urlpatterns,
    *approving.urlpatterns,
]

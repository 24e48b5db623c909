"""The staff's pages about money, and the panels they fill elsewhere."""

from billing.pages import crediting, invoices, lines, plans, runs
from billing.pages.fills import (
    found_here,
    on_agreement_page,
    on_client_page,
    on_device_page,
    on_incident_promise,
    on_project_page,
    on_ticket_rail,
    on_today,
    on_unit_page,
)
from billing.pages.plans import on_client_tabs

urlpatterns = [
    *runs.urlpatterns,
    *invoices.urlpatterns,
    *lines.urlpatterns,
    *crediting.urlpatterns,
    *plans.urlpatterns,
]

__all__ = [
    "found_here",
    "on_agreement_page",
    "on_client_page",
    "on_client_tabs",
    "on_device_page",
    "on_incident_promise",
    "on_project_page",
    "on_ticket_rail",
    "on_today",
    "on_unit_page",
    "urlpatterns",
]

"""The staff's pages about money, and the panels they fill elsewhere."""

from billing.pages import invoices, lines, runs
from billing.pages.fills import (
    found_here,
    on_agreement_page,
    on_client_page,
    on_device_page,
    on_today,
    on_unit_page,
)

urlpatterns = [*runs.urlpatterns, *invoices.urlpatterns, *lines.urlpatterns]

__all__ = [
    "found_here",
    "on_agreement_page",
    "on_client_page",
    "on_device_page",
    "on_today",
    "on_unit_page",
    "urlpatterns",
]

"""The staff's pages about promises, and the panels they fill elsewhere."""

from contracts.pages import (
    agreements,
    approvals,
    blocks,
    calendars,
    coverage,
    editor,
    fallbacks,
    levels,
    offers,
    overrides,
    prices,
    questions,
    quote_editor,
    quotes,
    renewals,
    roadmaps,
    services,
    versions,
    work_kinds,
)
from contracts.pages.approvals import on_agreement_rail
from contracts.pages.coverage import on_ticket_coverage
from contracts.pages.panels import (
    on_client_list,
    on_client_page,
    on_client_quotes,
    on_client_rail,
    on_client_stats,
    on_client_tabs,
    on_client_ties,
    on_device_rail,
    on_palette,
)

urlpatterns = [
    *agreements.urlpatterns,
    *quotes.urlpatterns,
    *quote_editor.urlpatterns,
    *approvals.urlpatterns,
    *questions.urlpatterns,
    *roadmaps.urlpatterns,
    *renewals.urlpatterns,
    *coverage.urlpatterns,
    *versions.urlpatterns,
    *editor.urlpatterns,
    *blocks.urlpatterns,
    *overrides.urlpatterns,
    *fallbacks.urlpatterns,
    *levels.urlpatterns,
    *calendars.urlpatterns,
    *services.urlpatterns,
    *offers.urlpatterns,
    *prices.urlpatterns,
    *work_kinds.urlpatterns,
]

__all__ = [
    "on_agreement_rail",
    "on_client_list",
    "on_client_page",
    "on_client_quotes",
    "on_client_rail",
    "on_client_stats",
    "on_client_tabs",
    "on_client_ties",
    "on_device_rail",
    "on_palette",
    "on_ticket_coverage",
    "urlpatterns",
]

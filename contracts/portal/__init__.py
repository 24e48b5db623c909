"""What we promised and what we offer, in the client's words."""

from contracts.portal import agreements, approvals, quotes, roadmaps
from contracts.portal.agreements import on_device
from contracts.portal.agreements import on_home as on_home_last
from contracts.portal.quotes import on_home

urlpatterns = [
    *agreements.urlpatterns,
    *quotes.urlpatterns,
    *approvals.urlpatterns,
    *roadmaps.urlpatterns,
]

__all__ = ["on_device", "on_home", "on_home_last", "urlpatterns"]

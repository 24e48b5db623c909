"""The staff's pages about clients, and the panels they fill elsewhere."""

from contracts.clients.pages import (
    clients,
    contacts,
    devices,
    holdings,
    meters,
    palette,
    register,
    sites,
    units,
)
from contracts.clients.pages.palette import found_here

urlpatterns = [
    *clients.urlpatterns,
    *sites.urlpatterns,
    *contacts.urlpatterns,
    *devices.urlpatterns,
    *holdings.urlpatterns,
    *meters.urlpatterns,
    *register.urlpatterns,
    *units.urlpatterns,
    *palette.urlpatterns,
]

__all__ = ["found_here", "urlpatterns"]

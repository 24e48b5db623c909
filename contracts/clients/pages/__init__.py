"""The staff's pages about clients, and the panels they fill elsewhere."""

from contracts.clients.pages import clients, contacts, devices, palette, register, sites
from contracts.clients.pages.palette import found_here

urlpatterns = [
    *clients.urlpatterns,
    *sites.urlpatterns,
    *contacts.urlpatterns,
    *devices.urlpatterns,
    *register.urlpatterns,
    *palette.urlpatterns,
]

__all__ = ["found_here", "urlpatterns"]

"""Clients, their sites, people and devices, for programs."""

from django.urls import URLPattern, URLResolver

from contracts.clients.api import clients, contacts, devices, meters, units

urlpatterns: list[URLPattern | URLResolver] = [
    *clients.urlpatterns,
    *contacts.urlpatterns,
    *devices.urlpatterns,
    *meters.urlpatterns,
    *units.urlpatterns,
]

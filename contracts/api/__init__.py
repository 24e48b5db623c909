"""What programs may ask of this room: agreements, the catalogue, hours and levels."""

from django.urls import URLPattern, URLResolver

from contracts.api import agreements, catalogue, promises

urlpatterns: list[URLPattern | URLResolver] = [
    *agreements.urlpatterns,
    *catalogue.urlpatterns,
    *promises.urlpatterns,
]

"""What programs may ask of this room: agreements, quotes, the catalogue, hours and levels."""

from django.urls import URLPattern, URLResolver

from contracts.api import agreements, catalogue, promises, quotes

urlpatterns: list[URLPattern | URLResolver] = [
    *agreements.urlpatterns,
    *catalogue.urlpatterns,
    *promises.urlpatterns,
    *quotes.urlpatterns,
]

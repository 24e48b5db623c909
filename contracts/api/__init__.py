"""What programs may ask of this room: agreements, coverage, quotes, the catalogue, promises."""

from django.urls import URLPattern, URLResolver

from contracts.api import agreements, catalogue, coverage, drafting, promises, quotes

urlpatterns: list[URLPattern | URLResolver] = [
    *agreements.urlpatterns,
    *drafting.urlpatterns,
    *coverage.urlpatterns,
    *catalogue.urlpatterns,
    *promises.urlpatterns,
    *quotes.urlpatterns,
]

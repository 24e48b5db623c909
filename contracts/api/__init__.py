"""What programs may ask of this room: agreements and the catalogue."""

from django.urls import URLPattern, URLResolver

from contracts.api import agreements, catalogue

urlpatterns: list[URLPattern | URLResolver] = [*agreements.urlpatterns, *catalogue.urlpatterns]

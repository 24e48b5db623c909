"""What programs may ask of this room: tickets, what is said on them, and the time they took."""

from django.urls import URLPattern, URLResolver

from tickets.api import tickets, time

urlpatterns: list[URLPattern | URLResolver] = [*tickets.urlpatterns, *time.urlpatterns]

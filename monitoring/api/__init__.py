"""Incidents, maintenance windows and enrolment keys, for programs."""

from django.urls import URLPattern, URLResolver

from monitoring.api import incidents, keys, windows

urlpatterns: list[URLPattern | URLResolver] = [
    *incidents.urlpatterns,
    *windows.urlpatterns,
    *keys.urlpatterns,
]

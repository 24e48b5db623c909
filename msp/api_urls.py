"""The REST API, version 1: every room mounts its own part."""

from django.urls import include, path

urlpatterns = [
    path("", include("msp.kit.rest_docs")),
    path("", include("contracts.clients.api")),
    path("", include("contracts.api")),
    path("", include("tickets.api")),
    path("", include("tickets.dispatch.api")),
    path("", include("tickets.projects.api")),
    path("", include("monitoring.api")),
    path("", include("billing.api")),
]

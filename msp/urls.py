"""The addresses of an MSP's host. Each room lists its own, beside the views they open."""

from django.urls import include, path

urlpatterns = [
    path("", include("tenants.people.pages")),
    path("", include("tenants.notices.pages")),
    path("accounts/", include("tenants.people.signin")),
    path("", include("contracts.clients.pages")),
    path("", include("contracts.pages")),
    path("", include("tickets.pages")),
    path("", include("tickets.dispatch.pages")),
    path("", include("tickets.projects.pages")),
    path("", include("monitoring.pages")),
    path("", include("billing.pages")),
    path("portal/", include("contracts.clients.portal")),
    path("portal/", include("contracts.portal")),
    path("portal/", include("tickets.portal")),
    path("portal/", include("tickets.projects.portal")),
    path("portal/", include("monitoring.portal")),
    path("portal/", include("billing.portal")),
    path("api/v1/", include("msp.api_urls")),
]

handler400 = "msp.kit.errors.bad_request"
handler403 = "msp.kit.errors.forbidden"
handler404 = "msp.kit.errors.not_found"
handler500 = "msp.kit.errors.broken"

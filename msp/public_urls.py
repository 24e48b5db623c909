"""The addresses of the public host: sign-up, health and nothing else."""

from django.urls import include, path

urlpatterns = [path("", include("tenants.pages"))]

handler400 = "msp.kit.errors.bad_request"
handler403 = "msp.kit.errors.forbidden"
handler404 = "msp.kit.errors.not_found"
handler500 = "msp.kit.errors.broken"

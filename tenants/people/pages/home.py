"""The first page of the day; higher rooms fill it."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from msp.kit.web import page
from tenants.people.gates import staff


@staff()
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    return page(request, "people/today.html")


urlpatterns = [path("", today, name="today")]

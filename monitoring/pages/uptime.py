"""A client's availability month by month, and the rows it is added up from."""

import csv
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET

from contracts.clients.models import Client, Device
from monitoring.queries import uptime
from monitoring.queries.uptime import month_asked
from monitoring.rules.uptime import kind_of
from msp.kit.web import asked, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.CLIENT_VIEW)
@require_GET
def client_uptime(request: HttpRequest, slug: str) -> HttpResponse:
    """Each device with its bars, and sites and agreements added up from them."""
    at = datetime.now(UTC)
    client = get_object_or_404(Client.objects.visible_to(request.viewer), slug=slug)
    shown = month_asked(asked(request, "month"), client, at)
    rows = Device.objects.visible_to(request.viewer).filter(client=client)
    devices = uptime.in_service(rows, shown["month"])
    return page(
        request, "monitoring/uptime.html", client=client,
        report=uptime.report(client, devices, shown["month"], at), **shown,
    )  # fmt: skip


@staff(Permission.DEVICE_VIEW)
@require_GET
def device_uptime(request: HttpRequest, pk: int) -> HttpResponse:
    """The stretches a device's figures are made of, to add up again."""
    at = datetime.now(UTC)
    rows = Device.objects.visible_to(request.viewer).select_related("client")
    device = get_object_or_404(rows, pk=pk)
    month = month_asked(asked(request, "month"), device.client, at)["month"]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{device.pk}-{month.start:%Y-%m}.csv"
    response["Content-Disposition"] = f'attachment; filename="availability-{name}"'
    sheet = csv.writer(response)
    sheet.writerow(["from", "to", "seconds", "state", "counts as"])
    for one in uptime.stretches(device, month, at):
        sheet.writerow(
            [
                one.start.astimezone(UTC).isoformat(), one.end.astimezone(UTC).isoformat(),
                f"{one.length.total_seconds():.3f}", one.state, kind_of(one.state),
            ]
        )  # fmt: skip
    return response


urlpatterns = [
    path("clients/<slug:slug>/uptime", client_uptime, name="client-uptime"),
    path("devices/<int:pk>/uptime.csv", device_uptime, name="device-uptime"),
]

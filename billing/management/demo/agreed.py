"""What the demo's MSP agreed on: limits by class, a patch night, a router everybody is behind."""

from datetime import timedelta

from billing.management.demo.setting import SETUP, Story
from contracts.clients.models import Device
from monitoring import actions as monitoring
from monitoring.models import Incident
from monitoring.rules.definitions import Definition
from monitoring.rules.suggested import suggested
from monitoring.rules.thresholds import Level, Limits

CAUSE = "A driver update hung the network card; pinned to the version before."


def agree(story: Story) -> None:
    """All of it as of now; none of it touches the server that is about to fall silent."""
    at = story.now
    for device_class, slug, name, definition in suggested():
        monitoring.keep_template(
            device_class=device_class, slug=slug, name=name, definition=definition, by=SETUP, at=at
        )
    freight, law = story.devices["FFR"], story.devices["LLC"]
    router = next(one for one in freight if one.kind == Device.Kind.FIREWALL)
    if router.site is not None:
        monitoring.put_behind(site=router.site, parent=router, by=SETUP, at=at)
    monitoring.agree_window(
        name="Updates of the servers", client=law[0].client, starts_at=at, schedule="0 22 * * 2",
        lasts=7200, zone=law[0].client.zone, by=story.by("Tomas"), at=at,
    )  # fmt: skip
    monitoring.agree_window(
        name="New memory", device=next(one for one in law if one.kind == "workstation"),
        starts_at=at, ends_at=at + timedelta(hours=3), zone=law[0].client.zone,
        by=story.by("Tomas"), at=at,
    )  # fmt: skip
    server = next(one for one in freight if one.kind == Device.Kind.SERVER)
    monitoring.define_check(
        device=server, name="Disk", by=SETUP, at=at,
        definition=Definition(
            "threshold", series="disk", limits=Limits(Level(85, 80), Level(95, 90))
        ),
    )  # fmt: skip
    for incident in Incident.objects.filter(resolved_at__isnull=False).order_by("opened_at")[:1]:
        monitoring.set_cause(incident=incident, cause=CAUSE, by=story.by("Tomas"), at=at)

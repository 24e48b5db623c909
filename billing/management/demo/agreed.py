"""What the demo's MSP agreed on: limits by class, a patch night, a router everybody is behind."""

from datetime import time, timedelta

from billing.management.demo import cast
from billing.management.demo.setting import SETUP, Story
from contracts.clients import actions as clients
from contracts.clients.models import Device
from monitoring import actions as monitoring
from monitoring.models import Incident
from monitoring.rules.definitions import Definition
from monitoring.rules.suggested import suggested
from monitoring.rules.thresholds import Level, Limits
from tickets.dispatch import actions as dispatch
from tickets.dispatch.rules.chain import Chain, Step, Target
from tickets.dispatch.rules.rota import Hours, Layer

CAUSE = "A driver update hung the network card; pinned to the version before."


def rotate(story: Story) -> None:
    """Who is called: a week each, somebody for the nights, and the owner when nobody answers."""
    at, monday = story.now, story.today - timedelta(days=story.today.weekday() + 14)
    ids = {name.split()[0]: person.pk for name, person in story.staff.items()}
    nights = Layer(
        "Nights", (ids["Priya"], ids["Tomas"]), monday,
        hours=(Hours(tuple(range(7)), time(22), time(6)),),
    )  # fmt: skip
    weeks = Layer("Weeks", (ids["Maya"], ids["Tomas"], ids["Priya"]), monday)
    first = dispatch.make_schedule(
        name="First line", zone=cast.ZONE, layers=[nights, weeks], by=SETUP, at=at
    )
    saturday = story.at(story.today, 0) + timedelta(days=5 - story.today.weekday() + 7, hours=8)
    dispatch.take_over(
        schedule=first, person=story.staff["Priya Nandi"], starts_at=saturday,
        ends_at=saturday + timedelta(hours=10), by=story.by("Maya"), at=at,
    )  # fmt: skip
    steps = (
        Step(0, (Target("schedule", first.pk),)),
        Step(600, (Target("person", ids["Alicia"]),)),
    )
    dispatch.keep_policy(
        name="Critical incidents", rank=1, when={"severities": ["critical"], "tickets": True},
        chain=Chain(steps, repeat=1, remind=300, ask=3600), by=SETUP, at=at,
    )  # fmt: skip


def prove(story: Story) -> None:
    """The canary stands in our own office, which is nobody's client and under no agreement."""
    ours = clients.add_client(
        name=cast.NAME, zone=cast.ZONE, industry="Our own systems", by=SETUP, at=story.now
    )
    office = clients.add_site(client=ours, name="Office", by=SETUP, at=story.now)
    monitoring.place_canary(site=office, by=SETUP, at=story.now)


def agree(story: Story) -> None:
    """All of it as of now; none of it touches the server that is about to fall silent."""
    at = story.now
    rotate(story)
    prove(story)
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

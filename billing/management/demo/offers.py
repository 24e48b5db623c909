"""What the demo's MSP offers: an open quote with options, one that was accepted, a road map."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from billing.management.demo.setting import Story
from contracts import actions as contracts
from contracts.clients.models import Client
from contracts.models import QuoteVersion, Service
from contracts.queries import composing
from contracts.queries import roadmaps as plans
from contracts.rules.roadmap import Signal
from msp.kit.periods import month_of
from msp.kit.refs import Actor

ANSWERS = {
    "helpdesk": "no", "leavers": "unknown", "hours": "partly", "second_factor": "no",
    "protection": "partly", "patches": "no", "mail_filter": "yes", "awareness": "no",
    "copies": "partly", "outside": "no", "restore": "no", "list": "no", "age": "yes",
    "encryption": "unknown", "firewall": "no", "guests": "yes", "mail": "yes",
    "cloud_copies": "no", "plan": "no", "duties": "partly", "records": "no",
}  # fmt: skip
INTRO = (
    "Thank you for the walk through the clinic. This is how we would look after it:\n\n"
    "- **Essential** keeps the lights on.\n- **Standard** adds protection and a plan.\n"
    "- **Complete** is everything, day and night."
)


def offer(story: Story) -> None:
    """All of it in the last days, by the owner and the client's own people."""
    clinic = story.clients["TOR"]
    _open_quote(story, clinic)
    _accepted(story, story.clients["RFV"])
    _road_map(story, clinic)


def _who(story: Story, days: int) -> dict[str, Any]:
    at = story.now - timedelta(days=days)
    return {"by": story.by("Jonas"), "at": at}


def _open_quote(story: Story, client: Client) -> None:
    """Three tiers side by side, opened by the client and not answered yet."""
    now = _who(story, 2)
    contact = story.contacts["TOR"][0]
    made = contracts.draft_quote(client=client, name="Care for the clinic", contact=contact, **now)
    tiers, lines = composing.tiers_for(made, story.today)
    keys = {tier.pk: "abc"[at] for at, tier in enumerate(tiers[:3])}
    version = contracts.write_quote(
        version=made.versions.get(), contact=contact, intro=INTRO,
        options=[
            contracts.OptionInput(tier.name, tier.description, tier.name == "Standard", tier,
                                  keys[tier.pk])
            for tier in tiers[:3]
        ],
        lines=[*(_line(one, keys) for one in lines), _setup("Set-up and inventory", "650.00")],
        valid_until_on=story.today + timedelta(days=21), level_version=story.levels["essential"],
        starts_on=month_of(month_of(story.today).end).start, term_months=12, renews_months=12,
        terms="Prices hold for the first term.", **now,
    )  # fmt: skip
    sent = contracts.send_quote(version=version, **now)
    contracts.note_viewed(
        quote=sent, by=Actor("contact", contact.pk, contact.name),
        at=story.now - timedelta(days=1),
    )  # fmt: skip


def _line(one: composing.Proposed, keys: dict[int, str]) -> contracts.QuotedInput:
    options = tuple(keys[pk] for pk in one.tiers if pk in keys)
    return contracts.QuotedInput(
        one.service.name, one.kind, one.facts, one.quantity, options, one.optional,
        service=one.service,
    )  # fmt: skip


def _setup(name: str, price: str) -> contracts.QuotedInput:
    return contracts.QuotedInput(name, "once", {"unit_price": price})


def _accepted(story: Story, client: Client) -> None:
    """A small one, accepted yesterday: an agreement for the calendar's next month, and a bill."""
    now = _who(story, 4)
    contact = story.contacts["RFV"][0]
    voice = Service.objects.get(code="hosted-voice")
    made = contracts.draft_quote(client=client, name="Telephones", contact=contact, **now)
    line = composing.proposed(client=client, currency=made.currency, day=story.today, service=voice)
    version = contracts.write_quote(
        version=made.versions.get(), contact=contact, options=[contracts.OptionInput("Telephones")],
        lines=[
            contracts.QuotedInput(voice.name, line.kind, line.facts, line.quantity,
                                  discount=Decimal(10), service=voice),
            contracts.QuotedInput("Handsets", "once", {"unit_price": "89.00"}, Decimal(4)),
        ],
        valid_until_on=story.today + timedelta(days=10), becomes=QuoteVersion.Becomes.PUBLISHED,
        starts_on=month_of(month_of(story.today).end).start, **now,
    )  # fmt: skip
    contracts.send_quote(version=version, **now)
    contracts.accept_quote(
        quote=made, version_number=1, wanted=contracts.Wanted("a"),
        signature=contracts.Signature(contact, contact.name, "203.0.113.24", "Mozilla/5.0"),
        by=Actor("contact", contact.pk, contact.name), at=story.now - timedelta(days=1),
    )  # fmt: skip


def _road_map(story: Story, client: Client) -> None:
    """A client who has hardly anything: the ground first, then safety, then room to grow."""
    now = _who(story, 1)
    made = contracts.begin_roadmap(client=client, name="The clinic's next year", **now)
    seen: list[Signal] = plans.signals_of(client, story.now)
    contracts.assess(
        roadmap=made, answers=ANSWERS, signals=seen,
        starts_on=month_of(month_of(story.today).end).start, **now,
    )  # fmt: skip
    contracts.share_roadmap(roadmap=made, shared=True, **now)

"""The catalogue of the story: services of every domain, three tiers, a bundle, two price lists."""

from decimal import Decimal
from typing import Any

from billing.management.demo.setting import SETUP, Story
from contracts import actions as contracts
from contracts.models import Service

SERVICES = [
    (
        "managed-servers",
        "Managed servers",
        "managed",
        "145.00",
        "132.00",
        "We keep your servers healthy: watched day and night, patched, backed up and repaired.",
        "Monitoring day and night\nPatches every month\nRepair of the system",
        "New hardware",
    ),
    (
        "managed-workplaces",
        "Managed workplaces",
        "managed",
        "62.00",
        "56.00",
        "Every desk and laptop looked after, from updates to a replacement on the day it breaks.",
        "Updates\nVirus protection\nRemote help",
        "The device itself",
    ),
    (
        "managed-network",
        "Managed network",
        "managed",
        "28.00",
        "25.00",
        "Firewalls, switches and Wi-Fi that somebody watches and keeps current.",
        "Firmware\nConfiguration backup",
        "Cabling",
    ),
    (
        "user-support",
        "Support by person",
        "helpdesk",
        "89.00",
        "81.00",
        "One price for each person, whatever they work on.",
        "Questions of every kind\nNew starters and leavers",
        "",
    ),
    (
        "cloud-office",
        "Cloud office",
        "cloud",
        "12.50",
        "11.70",
        "Mail, calendar and documents in the cloud, set up and looked after.",
        "Licence\nMailbox",
        "Training",
    ),
    (
        "mail-security",
        "E-mail security",
        "security",
        "9.50",
        "8.90",
        "Fewer dangerous messages, and somebody who looks at those that get through.",
        "Filter\nReports every month",
        "",
    ),
    (
        "awareness",
        "Security training",
        "security",
        "3.00",
        "2.80",
        "Short lessons and harmless test messages for everybody.",
        "A lesson every month",
        "",
    ),
    (
        "cloud-backup",
        "Cloud backup",
        "backup",
        "120.00",
        "112.00",
        "Copies of your data outside the house, and a rehearsed way back.",
        "A restore test every quarter",
        "Archiving for years",
    ),
    (
        "hosted-voice",
        "Hosted voice",
        "voice",
        "18.00",
        "16.50",
        "Telephones without a box in the cellar.",
        "A number\nVoicemail",
        "Handsets",
    ),
    (
        "mobile-care",
        "Mobile device care",
        "mobile",
        "6.00",
        "5.50",
        "Phones and tablets set up, locked when lost, wiped when stolen.",
        "Set-up\nLocking",
        "Contracts with carriers",
    ),
    (
        "print-care",
        "Print care",
        "print",
        "12.00",
        "11.00",
        "Printers that have toner before you notice.",
        "Toner\nWaste boxes",
        "Paper",
    ),
    (
        "it-review",
        "Quarterly review",
        "managed",
        "150.00",
        "140.00",
        "An hour about what happened, what comes, and what it costs.",
        "A written plan",
        "",
    ),
    (
        "equipment-insurance",
        "Equipment insurance",
        "business",
        "4.00",
        "3.70",
        "Cover for devices that fall, drown or disappear.",
        "Excess of 50",
        "Wear",
    ),
    (
        "equipment-leasing",
        "Equipment financing",
        "business",
        "45.00",
        "41.00",
        "Pay for devices by the month instead of at once.",
        "",
        "",
    ),
    (
        "device-logistics",
        "Device logistics",
        "business",
        "35.00",
        "32.00",
        "New devices arrive ready, old ones leave wiped and are recycled.",
        "Certificate of erasure",
        "",
    ),
]
TIERS = [
    (
        "Essential",
        "For teams that need the lights to stay on.",
        1,
        {
            "managed-workplaces": "in",
            "managed-network": "in",
            "managed-servers": "extra",
            "mail-security": "extra",
            "cloud-backup": "extra",
            "awareness": "out",
            "it-review": "out",
        },
    ),
    (
        "Standard",
        "Adds protection and a plan.",
        2,
        {
            "managed-workplaces": "in",
            "managed-network": "in",
            "managed-servers": "in",
            "mail-security": "in",
            "cloud-backup": "extra",
            "awareness": "extra",
            "it-review": "in",
        },
    ),
    (
        "Complete",
        "Everything, day and night.",
        3,
        {
            "managed-workplaces": "in",
            "managed-network": "in",
            "managed-servers": "in",
            "mail-security": "in",
            "cloud-backup": "in",
            "awareness": "in",
            "it-review": "in",
        },
    ),
]
PER_DEVICE = {
    "managed-servers": ["server"], "managed-workplaces": ["workstation", "laptop"],
    "managed-network": ["firewall", "switch", "access_point"], "print-care": ["printer"],
    "mobile-care": ["phone"],
}  # fmt: skip
PER_USER = ("user-support", "cloud-office", "mail-security", "awareness", "hosted-voice")
PARTNERS = {"equipment-insurance": "Safe Harbor Cover", "equipment-leasing": "Plain Lease",
            "device-logistics": "Round Trip Logistics"}  # fmt: skip


def stock(story: Story) -> None:
    """Write the catalogue before the first client comes."""
    began = story.at(story.month(6))
    who: dict[str, Any] = {"by": SETUP, "at": began}
    lists = {
        currency: contracts.add_price_list(name=name, currency=currency, **who)
        for currency, name in (("USD", "Standard prices"), ("EUR", "European prices"))
    }
    found: dict[str, Service] = {}
    for code, name, domain, usd, eur, text, includes, excludes in SERVICES:
        found[code] = contracts.add_service(
            name=name, code=code, domain=domain, description=text, includes=includes,
            excludes=excludes, partner=PARTNERS.get(code, ""), cost=_cost(code, usd), **who,
        )  # fmt: skip
        for currency, amount in (("USD", usd), ("EUR", eur)):
            kind, facts = _terms(code, amount)
            contracts.set_price(
                price_list=lists[currency], service=found[code], kind=kind, facts=facts,
                starts_on=began.date(), **who,
            )  # fmt: skip
    for name, text, rank, verdicts in TIERS:
        contracts.add_offer(
            kind="tier", name=name, code=name.lower(), description=text, rank=rank,
            parts=[contracts.PartInput(found[code], verdict) for code, verdict in verdicts.items()],
            **who,
        )  # fmt: skip
    bundle = contracts.add_offer(
        kind="bundle", name="Safe office", code="safe-office",
        description="Mail, its protection and lessons about it, for every person.",
        parts=[
            contracts.PartInput(found[code])
            for code in ("cloud-office", "mail-security", "awareness")
        ],
        **who,
    )  # fmt: skip
    contracts.set_price(
        price_list=lists["USD"], offer=bundle, kind="per_user", facts={"unit_price": "21.00"},
        starts_on=began.date(), **who,
    )  # fmt: skip
    contracts.uplift_prices(
        price_list=lists["EUR"], percent=Decimal(3), effective_on=story.month(-2), **who
    )


def _cost(code: str, usd: str) -> Decimal | None:
    """What we buy it for; an hour of our own people is no purchase."""
    kind, _facts = _terms(code, usd)
    return None if kind == "time" else (Decimal(usd) * 11 / 20).quantize(Decimal("0.01"))


def _terms(code: str, amount: str) -> tuple[str, dict[str, Any]]:
    if code in PER_DEVICE:
        return "per_device", {"unit_price": amount, "device_classes": PER_DEVICE[code]}
    if code == "awareness":
        tiers = [{"up_to": "50", "unit_price": amount}, {"unit_price": "2.00"}]
        return "per_user", {"model": "graduated", "tiers": tiers}
    if code in PER_USER:
        return "per_user", {"unit_price": amount}
    return "flat", {"amount": amount}

"""A new MSP, from the request until its owner may sign in."""

from __future__ import annotations

import secrets
import statistics
from datetime import UTC, datetime
from typing import Any

from tests.bench import in_turns, row, seconds

ROLE = "owner"
ROUNDS = 9


def ours() -> float:
    """What sign-up asks for and the owner's worker then does."""
    from tenants import provision

    slug = f"bench-{secrets.token_hex(4)}"

    def create() -> None:
        msp = provision.request(
            name="Bench IT", slug=slug, owner_name="Ada", owner_email=f"ada@{slug}.example",
            at=datetime.now(UTC),
        )  # fmt: skip
        if not provision.build(msp.pk):
            raise RuntimeError("The MSP was not built.")

    return seconds(create)


def theirs() -> float:
    """The template's text replayed under another name, and nothing else."""
    from django.db import transaction

    from tenants import provision

    text = provision.build_template().read_text()
    name = f"t_bench{secrets.token_hex(6)}"

    def restore() -> None:
        with transaction.atomic():
            provision.execute(text.replace(provision.TEMPLATE, name))

    return seconds(restore)


def run() -> list[dict[str, Any]]:
    taken: list[float] = []

    def noted() -> float:
        taken.append(ours())
        return taken[-1]

    theirs()  # makes the template's text, once an installation
    mine, restore = in_turns(noted, theirs, rounds=ROUNDS)
    return [
        row(
            "tenant_create", mine, "s", against="restore of the template alone", theirs=restore,
            goal="<= 2x; <= 2 s", met=mine <= 2 * restore and mine <= 2,
            note=f"slowest of {ROUNDS}: {max(taken):.2f} s, mean {statistics.mean(taken):.2f} s",
        )
    ]  # fmt: skip

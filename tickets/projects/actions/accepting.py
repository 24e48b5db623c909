"""Milestones: done by us, accepted by the client under a typed name, or given back."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce
from tickets.projects import events
from tickets.projects.actions._held import Held
from tickets.projects.models import Milestone, Project

LONGEST_NAME = 120
LONGEST_REASON = 300


@transaction.atomic
def finish_milestone(*, milestone: Milestone, by: Actor, at: datetime) -> Milestone:
    """Say that it is done; a second time changes nothing."""
    milestone = _locked(milestone)
    if milestone.done_at is not None:
        return milestone
    if milestone.project.state != Project.State.RUNNING:
        raise Conflict("Start the project first: nothing of one that does not run is done.")
    milestone.done_at = at
    milestone.save(update_fields=["done_at"])
    announce(events.MilestoneDone(*_told(milestone)), by=by, at=at)
    return milestone


@transaction.atomic
def accept_milestone(
    *, milestone: Milestone, typed_name: str, via: str = Milestone.Via.PORTAL,
    address: str | None = None, by: Actor, at: datetime,
) -> Milestone:  # fmt: skip
    """Keep the client's yes: the name that was typed or signed, and when. It never changes again.

    Of two who press at once the first is kept, and the second finds it accepted.
    """
    milestone = _locked(milestone)
    name = " ".join(typed_name.replace("\x00", " ").split())
    if not name:
        raise Refused("Type your name to accept it.", field="typed_name")
    if len(name) > LONGEST_NAME:
        raise Refused(f"At most {LONGEST_NAME} characters.", field="typed_name")
    if milestone.accepted_at is not None:
        return milestone
    if milestone.done_at is None:
        raise Conflict("It is not done yet, or was given back meanwhile. Load the page again.")
    if milestone.project.state == Project.State.CANCELLED:
        raise Conflict("The project was cancelled.")
    milestone.accepted_at, milestone.accepted_name = at, name
    milestone.accepted_via = Milestone.Via(via)
    milestone.save(update_fields=["accepted_at", "accepted_name", "accepted_via"])
    announce(
        events.MilestoneAccepted(*_told(milestone), signed=name, address=address or ""),
        by=by, at=at,
    )  # fmt: skip
    return milestone


@transaction.atomic
def return_milestone(*, milestone: Milestone, reason: str, by: Actor, at: datetime) -> Milestone:
    """It is not done after all. What was accepted, or billed because we said so, stays."""
    milestone = _locked(milestone)
    said = " ".join(reason.replace("\x00", " ").split())[:LONGEST_REASON]
    if not said:
        raise Refused("Say in a few words what is missing.", field="reason")
    if milestone.accepted_at is not None:
        raise Conflict("It was accepted, and that stays.")
    if milestone.done_at is None:
        return milestone
    if milestone.project.bills_on == Project.BillsOn.DONE and milestone.amount:
        raise Conflict("Its bill followed when it was done. Plan what is missing as another one.")
    milestone.done_at = None
    milestone.save(update_fields=["done_at"])
    announce(events.MilestoneReturned(*_told(milestone), reason=said), by=by, at=at)
    return milestone


def _locked(milestone: Milestone) -> Milestone:
    """Under the project's lock, as everything of its plan."""
    project = Held.locked(milestone.project)
    milestone = Milestone.objects.get(pk=milestone.pk)
    milestone.project = project
    return milestone


def _told(milestone: Milestone) -> tuple[int, int, int, str, str]:
    project = milestone.project
    return project.pk, project.client_id, milestone.pk, project.name, milestone.title

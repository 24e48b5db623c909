"""What can be done with projects."""

from tickets.projects.actions.accepting import (
    accept_milestone,
    finish_milestone,
    return_milestone,
)
from tickets.projects.actions.ordering import adopt_quote, order_change
from tickets.projects.actions.planning import (
    MilestoneInput,
    add_ticket,
    cancel_project,
    change_project,
    finish_project,
    plan_project,
    remove_ticket,
    resume_project,
    start_project,
    write_milestones,
)

__all__ = [
    "MilestoneInput",
    "accept_milestone",
    "add_ticket",
    "adopt_quote",
    "cancel_project",
    "change_project",
    "finish_milestone",
    "finish_project",
    "order_change",
    "plan_project",
    "remove_ticket",
    "resume_project",
    "return_milestone",
    "start_project",
    "write_milestones",
]

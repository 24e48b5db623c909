"""A morning at alpha, for looking at it in a browser: some tickets in every state.

Runs as a process of its own (`python -m tests.tickets.story`) over the environment's database and
prints, as JSON, the numbers of the tickets the pages are opened with.
"""

import json
import os
import sys
from datetime import UTC, datetime, time, timedelta
from typing import Any

PASSWORD = "a-long-password"
SMALL = (  # subject, priority, minutes ago, status, who has it
    ("Two people locked out after a password change", 2, 25, "open", ""),
    ("Calls drop on the warehouse floor", 2, 4, "new", ""),
    ("New starter on Monday: laptop, licences, door fob", 3, 50, "scheduled", "Ada"),
    ("Shared mailbox does not sync on two phones", 3, 70, "in_progress", "Ben"),
    ("Printer on the second floor prints blank pages", 3, 6, "new", ""),
    ("Backup failed two nights in a row", 2, 90, "waiting_vendor", "Ada"),
    ("Sign-in protection for three contractors", 3, 110, "waiting_client", "Ben"),
    ("Guest network shows the old logo", 4, 200, "open", "Ada"),
    ("Quote for six docking stations", 4, 260, "resolved", "Ben"),
)


def build() -> dict[str, int]:
    from tenants import context
    from tenants.models import Msp
    from tenants.people.models import Person
    from tests.tickets.conftest import build_scene

    with context.outside():
        alpha = context.tenant_of(Msp.objects.get(slug="alpha"))
    with context.inside(alpha):
        scene = build_scene()
        people = {person.name: person for person in Person.objects.all()}
        for person in people.values():
            person.set_password(PASSWORD)
            person.save(update_fields=["password"])
        numbers = {"grave": _grave(scene).number}
        for line in SMALL:
            numbers["plain"] = _small(scene, people, *line).number
        return numbers | _on_call(people) | _project(scene, numbers["plain"])


def _project(scene: Any, number: int) -> dict[str, int]:
    """A move that is late, with something done that waits for the client's word."""
    from decimal import Decimal

    from tickets.models import Ticket
    from tickets.projects import actions

    now = datetime.now(UTC)
    day, who = now.date(), {"by": scene.by, "at": now}
    made = actions.plan_project(
        client=scene.harbor, name="Move to the cloud", scope="- mail\n- files",
        starts_on=day - timedelta(days=20), due_on=day + timedelta(days=40), **who,
    )  # fmt: skip
    rows = (("Plan", "Plan agreed", -9), ("Move", "Mail moved", -1), ("Move", "Files moved", 30))
    actions.write_milestones(
        project=made,
        milestones=[
            actions.MilestoneInput(phase, title, Decimal(4000), day + timedelta(days=days))
            for phase, title, days in rows
        ],
        **who,
    )  # fmt: skip
    made = actions.start_project(project=made, **who)
    actions.finish_milestone(milestone=made.milestones.first(), **who)
    ticket = Ticket.objects.get(number=number, client=scene.harbor)
    actions.add_ticket(project=made, ticket=ticket, **who)
    return {"project": made.pk}


def _on_call(people: dict[str, Any]) -> dict[str, int]:
    """Ben's week with Ada's evening in it, holes at the weekend, and a call nobody has taken on."""
    from msp.kit.refs import system
    from tickets.dispatch import actions
    from tickets.dispatch.rules.chain import Chain, Step, Target
    from tickets.dispatch.rules.rota import Hours, Layer

    now, by = datetime.now(UTC), system("Tests")
    monday = now.date() - timedelta(days=now.weekday() + 7)
    layer = Layer(
        "Weeks", (people["Ada"].pk, people["Ben"].pk), monday,
        hours=(Hours((0, 1, 2, 3, 4), time(7), time(20)),),
    )  # fmt: skip
    rota = actions.make_schedule(
        name="First line", zone="America/New_York", layers=[layer], by=by, at=now
    )
    actions.take_over(
        schedule=rota, person=people["Ada"], starts_at=now, ends_at=now + timedelta(hours=9), by=by,
        at=now,
    )  # fmt: skip
    actions.ask_swap(
        schedule=rota, asker=people["Ada"], person=people["Ben"],
        stretch=(now + timedelta(hours=1), now + timedelta(hours=2)), by=by, at=now,
    )  # fmt: skip
    steps = (Step(0, (Target("schedule", rota.pk),)), Step(600, (Target("person", 1),)))
    policy = actions.keep_policy(
        name="Critical", rank=1, when={"severities": ["critical"]},
        chain=Chain(steps, repeat=1, remind=900), by=by, at=now,
    )  # fmt: skip
    call = actions.begin_call(
        source_key="incident:0", subject="No heartbeat from hdg-srv-01", url="/tickets",
        policy=policy, refs={}, began_at=now, by=by, at=now,
    )  # fmt: skip
    if call is not None:
        actions.step_call(call_id=call.pk, by=by, at=now)
    return {"rota": rota.pk, "policy": policy.pk}


def _grave(scene: Any) -> Any:
    """The server that fell silent, with everything a timeline can hold."""
    from msp.kit.refs import system
    from tickets import actions

    now = datetime.now(UTC)
    ticket = actions.open_ticket(
        client=scene.harbor, subject="Practice management server is not answering",
        channel="monitoring", priority=1, contact=scene.dana, device=scene.server,
        opened_at=now - timedelta(minutes=212), by=system("Monitoring"),
        at=now - timedelta(minutes=211), body="HDG-SRV-01 missed three heartbeats in a row.",
    )  # fmt: skip
    at = [now - timedelta(minutes=minutes) for minutes in (205, 203, 190, 4)]
    actions.assign(ticket=ticket, owner=scene.ben, by=scene.by, at=at[0])
    actions.client_message(
        ticket=ticket, contact=scene.dana, by=scene.dana_by(), at=at[0],
        body='Nobody can open charts and we have patients in four chairs. The desk says "cannot '
        'connect to server". Can someone look right away please?',
    )  # fmt: skip
    actions.reply(
        ticket=ticket, by=scene.by, at=at[1], status="in_progress",
        body="Hello Dana, we saw the alert before your message and I am on it now. "
        "**Next update by 9:40.**",
    )  # fmt: skip
    actions.note(
        ticket=ticket, by=scene.by, at=at[2],
        body="Drive `C:` was full at 9:11, the database service stopped.\n\n"
        "- old backup sets in `D:\\pm\\bak` cleared\n- then start `MSSQL$PM`",
    )  # fmt: skip
    actions.log_time(
        ticket=ticket, person=scene.ben, started_at=at[1], ended_at=at[2], by=scene.by, at=at[2],
        note="Cleared the drive.",
    )  # fmt: skip
    actions.client_message(
        ticket=ticket, contact=scene.dana, by=scene.dana_by(), at=at[3], body="Still nothing here."
    )
    return ticket


def _small(
    scene: Any, people: dict[str, Any], subject: str, priority: int, ago: int, status: str, who: str
) -> Any:
    from tickets import actions

    at = datetime.now(UTC) - timedelta(minutes=ago)
    ticket = scene.open(
        at=at, subject=subject, priority=priority, device=None, owner=people.get(who),
        channel="portal", body=subject, by=scene.dana_by(),
    )  # fmt: skip
    later = {"by": scene.by, "at": at + timedelta(minutes=1)}
    if status == "waiting_client":
        actions.reply(ticket=ticket, body="Which three?", status=status, **later)
    elif status != "new":
        actions.set_status(
            ticket=ticket, status=status, pause_reason="A part is on its way", **later
        )
    return ticket


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.stdout.write(json.dumps(build()))

"""What the house can tell, run and show is whole."""

import string
from dataclasses import fields

from celery import current_app

from tenants.journal.registry import EVENTS, REACTIONS, Event
from tenants.work import SCOPES
from tests.each import each


@each(EVENTS.values())
def test_every_event_has_a_sentence_it_can_say(event: type[Event]) -> None:
    named = {name for _text, name, _spec, _conv in string.Formatter().parse(event.sentence) if name}
    assert named <= {field.name for field in fields(event)}


@each(EVENTS.values())
def test_events_hold_primitives_only(event: type[Event]) -> None:
    allowed = {"int", "str", "bool", "float"}
    for field in fields(event):
        text = (
            field.type
            if isinstance(field.type, str)
            else getattr(field.type, "__name__", str(field.type))
        )
        parts = {part.strip() for part in str(text).replace("None", "int").split("|")}
        assert parts <= allowed, f"{event.kind}.{field.name}: {text}"


def test_reactions_listen_to_events_that_exist() -> None:
    assert REACTIONS
    unknown = [name for name, one in REACTIONS.items() if one.event.kind not in EVENTS]
    assert unknown == []


def test_every_task_is_a_tenants_or_the_platforms() -> None:
    current_app.loader.import_default_modules()
    ours = [name for name in current_app.tasks if not name.startswith("celery.")]
    assert ours
    assert [name for name in ours if name not in SCOPES] == []


def test_beat_names_platform_tasks_only() -> None:
    current_app.loader.import_default_modules()
    for entry in current_app.conf.beat_schedule.values():
        assert SCOPES[entry["task"]] == "platform", entry["task"]

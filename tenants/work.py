"""Background work that knows whose it is (docs/decisions/0012).

The MSP travels as a message header, stamped from the connection that queued the task. A task is
declared for an MSP or for the platform, and refuses the other kind: a task whose switch failed
must never run in the public schema, which is what the library default does.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any

from celery import current_app, shared_task
from celery.signals import before_task_publish
from django.db import connection
from kombu.exceptions import OperationalError

from msp.kit import live
from tenants import context

log = logging.getLogger(__name__)
HEADER = "steward_schema"
SCOPES: dict[str, str] = {}


class WrongScope(RuntimeError):
    """A tenant task without a tenant, or a platform task queued from inside one."""


@before_task_publish.connect
def _stamp(headers: dict | None = None, **_: Any) -> None:
    if headers is not None and HEADER not in headers:
        headers[HEADER] = connection.schema_name


def _schema_of(task: Any) -> str:
    stamped = getattr(task.request, HEADER, None) or (task.request.headers or {}).get(HEADER)
    return stamped or (connection.schema_name if task.request.called_directly else "")


def tenant_task(function: Callable | None = None, **options: Any) -> Any:
    """A task that runs inside one MSP: the one it was queued from."""
    if function is None:
        return functools.partial(tenant_task, **options)

    @functools.wraps(function)
    def run(task: Any, *args: Any, **kwargs: Any) -> Any:
        schema = _schema_of(task)
        if not schema or schema == "public":
            raise WrongScope(f"{task.name} needs an MSP and was queued from {schema or 'nowhere'}.")
        with context.inside(context.by_schema(schema)):
            return function(*args, **kwargs)

    return _declare(run, function, "tenant", options)


def platform_task(function: Callable | None = None, **options: Any) -> Any:
    """A task of the installation; it starts in the public schema."""
    if function is None:
        return functools.partial(platform_task, **options)

    @functools.wraps(function)
    def run(task: Any, *args: Any, **kwargs: Any) -> Any:
        schema = _schema_of(task)
        if schema not in ("", "public") and not task.request.called_directly:
            raise WrongScope(f"{task.name} is the platform's and was queued inside {schema}.")
        with context.outside():
            return function(*args, **kwargs)

    return _declare(run, function, "platform", options)


def _declare(run: Callable, function: Callable, scope: str, options: dict) -> Any:
    name = f"{function.__module__}.{function.__name__}"
    SCOPES[name] = scope
    del run.__wrapped__  # Celery would read the inner signature and miss `task`
    return shared_task(bind=True, name=name, **options)(run)


def hint(task: Any, *args: Any, **options: Any) -> None:
    """Queue a task, and do not mind when the broker is away: the rows are found by the sweep.

    Actions stand below the tasks and name theirs: `hint("billing.tasks.count", run.pk)`.
    """
    named = isinstance(task, str)
    name = task if named else task.name
    if not live.answers():
        log.warning("The broker is away; the sweep will run %s.", name)
        return
    try:
        queue = functools.partial(current_app.send_task, name) if named else task.apply_async
        queue(args=args, **options)
    except (OperationalError, ConnectionError, TimeoutError) as error:
        log.warning("The broker is away; the sweep will run %s. %s", name, error)


def fan_out(task: Any) -> int:
    """Queue a tenant task once for every MSP."""
    count = 0
    for _tenant in context.each():
        hint(task)
        count += 1
    return count


def for_each(look: Callable[[context.Tenant], Any]) -> dict[str, Any]:
    """Run a short look inside every MSP; one that fails is logged and does not stop the others."""
    answers: dict[str, Any] = {}
    for tenant in context.ready():
        try:
            with context.inside(tenant):
                answers[tenant.schema_name] = look(tenant)
        except Exception:
            log.exception("%s failed for %s", look.__name__, tenant.slug)
            connection.close_if_unusable_or_obsolete()
    return answers

"""Early pytest plugin (`-p tests.servers`): real servers, and a database for each process.

The addresses must stand in the environment before pytest-django reads the settings; a conftest is
too late for that. The servers themselves start with the first test that asks for the database or
for Valkey, so that tests of pure rules start nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

from tests.databases import Databases

_databases: Databases | None = None
_data: str | None = None


def pytest_addoption() -> None:
    """The first hook of an early plugin: it runs before any other plugin is even imported."""
    global _databases, _data
    if _databases is not None:
        return
    _databases = Databases()
    _data = tempfile.mkdtemp(prefix="steward-test-")
    os.environ.update(
        _databases.environment(),
        SECRET_KEY="tests-only-and-the-same-in-every-process-" + "x" * 20,
        STEWARD_DATA=_data,
        STEWARD_ROLE="test",
        # Playwright runs an event loop in our thread; tests that use it and the database are sync.
        DJANGO_ALLOW_ASYNC_UNSAFE="1",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Fixtures of a plugin that comes late win over pytest-django's of the same name."""
    config.pluginmanager.import_plugin("tests.database_fixtures")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    global _databases
    if _databases is not None:
        _databases.stop()
        _databases = None
    if _data is not None:
        shutil.rmtree(_data, ignore_errors=True)


def started() -> Databases:
    """This process's databases, with the servers running."""
    if _databases is None:
        raise RuntimeError("Run pytest with `-p tests.servers`.")
    _databases.start()
    return _databases

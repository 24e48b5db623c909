#!/usr/bin/env python
"""Django's commands, `up` and `forget`; where no servers are given, real ones start by themselves.

Settings are read when the command is known, so everything they need must stand in the environment
before: this file completes it (msp/devservices) and says which role the process plays.
"""

import os
import sys

# These change tables and roles, so they log in as the owner of the database.
AS_OWNER = {"prepare", "migrate", "migrate_schemas", "tenant_command"}
# This one does both, each in its place.
WITH_OWNER = {"demo", "up"}
# These only read code; addresses are enough for them, servers are not needed.
WITHOUT_SERVERS = {
    "check",
    "collectstatic",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "spectacular",
    "version",
    "--help",
    "--version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msp.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command == "forget":
        from msp.forget import forget

        sys.exit(forget())
    surround(command)
    if command == "up":
        from msp.up import up

        sys.exit(up(sys.argv[2:]))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def surround(command: str) -> None:
    """Complete the environment for one command, and give it the role it may play."""
    from msp.devservices.environment import EnvironmentTrouble, ensure_env
    from msp.devservices.folders import ServiceTrouble

    try:
        ensure_env(start=command not in WITHOUT_SERVERS, trying=command == "up")
    except (EnvironmentTrouble, ServiceTrouble) as trouble:
        sys.exit(str(trouble))
    if command in AS_OWNER:
        os.environ.setdefault("STEWARD_ROLE", "owner")
    elif command not in WITH_OWNER and os.environ.get("STEWARD_ROLE") != "owner":
        os.environ.pop("DATABASE_OWNER_URL", None)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)

"""The second wall between tenants, in the connection itself (docs/decisions/0011).

django-tenants picks the schema. This backend adds the database role of that schema, in the same
statement, so code that reaches for another MSP's tables is refused by PostgreSQL and not by us.

What was measured, and the rule each figure gave:

1. The statement is sent once per switch, not before every cursor (that costs 87 % on a page of
   ten queries). It is sent again after a reconnect, a rollback or a rollback to a savepoint,
   because PostgreSQL undoes a `SET` with the transaction that made it.
2. The role rides in the same round trip as the search_path. A role set by a separate hook was
   lost after a reconnect.
3. The login role is NOINHERIT: a connection whose role was lost can read nothing at all.
4. `public` is never on a tenant's path: a missing table is an error, not another table.
5. A cursor that was opened before a switch looks at the mark before each statement; it would else
   speak to whichever MSP the connection was switched to last. No round trip while nothing changed.
"""

from collections.abc import Sequence
from typing import Any

import psycopg2
from django.conf import settings
from django.db.backends.postgresql.base import CursorDebugWrapper
from django.db.backends.utils import CursorWrapper
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantWrapper

PUBLIC_ROLE = "steward_public"
EXTENSIONS_SCHEMA = "ext"  # readable by every role; holds no data
# How many joins PostgreSQL tries in every order. Ours are written in a good one, by key from the
# row that was asked for: at 8, its own figure, planning a ticket's page took 13.7 ms and doing it
# 0.3; at 4 it is 1.6, and no plan got slower.
JOINS = 4


def role_of(schema_name: str) -> str:
    """The database role that may touch this schema and no other."""
    return PUBLIC_ROLE if schema_name == "public" else schema_name


class _Follows:
    """A cursor that is where its connection is, also when it was opened before a switch."""

    db: Any
    cursor: Any

    def execute(self, sql: Any, params: Any = None) -> Any:
        self.db.follow()
        return super().execute(sql, params)  # type: ignore[misc]

    def executemany(self, sql: Any, param_list: Sequence[Any]) -> Any:
        self.db.follow()
        return super().executemany(sql, param_list)  # type: ignore[misc]

    def copy_expert(self, sql: Any, file: Any, *args: Any) -> Any:
        self.db.follow()
        with self.db.wrap_database_errors:
            return self.cursor.copy_expert(sql, file, *args)


class _Cursor(_Follows, CursorWrapper):
    pass


class _DebugCursor(_Follows, CursorDebugWrapper):
    pass


class DatabaseWrapper(TenantWrapper):
    def make_cursor(self, cursor: Any) -> _Cursor:
        return _Cursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> _DebugCursor:
        return _DebugCursor(cursor, self)

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        said = f"{params.get('options', '')} -c join_collapse_limit={JOINS}"
        return params | {"options": said.strip()}

    def follow(self) -> None:
        """Switch now if the MSP was changed since the last statement."""
        if self.connection is not None:
            self._handle_search_path()

    def _get_cursor_search_paths(self) -> list[str]:
        self.include_public_schema = False
        return [*super()._get_cursor_search_paths(), EXTENSIONS_SCHEMA]

    def _handle_search_path(self, cursor=None) -> None:
        if self._setting_search_path or self.search_path_set_schemas == self.schema_name:
            return
        statement = self._switch_statement()
        self._setting_search_path = True
        self.search_path_set_schemas = None
        try:
            # Wrapped, so that a connection which broke is known to be broken, and not as a fault
            # of ours: the answer is 503, and whoever comes next gets a new connection.
            with self.wrap_database_errors, self.connection.cursor() as raw:
                self._switch(raw, statement)
        finally:
            self._setting_search_path = False

    def _switch(self, raw: Any, statement: str) -> None:
        try:
            raw.execute(statement)
        except psycopg2.errors.InFailedSqlTransaction:
            return  # the next statement is the rollback; we switch after it
        except psycopg2.Error as error:
            error.add_note(f"On the way into schema {self.schema_name!r}.")
            raise
        self.search_path_set_schemas = self.schema_name

    def _switch_statement(self) -> str:
        paths = ", ".join(f'"{path}"' for path in self._get_cursor_search_paths())
        statement = f"SET search_path = {paths}"
        if settings.ROLE == "owner":
            return statement
        return f'{statement}; SET ROLE "{role_of(self.schema_name)}"'

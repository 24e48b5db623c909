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
"""

import django.db.utils
import psycopg2
from django.conf import settings
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantWrapper

PUBLIC_ROLE = "steward_public"
EXTENSIONS_SCHEMA = "ext"  # readable by every role; holds no data


def role_of(schema_name: str) -> str:
    """The database role that may touch this schema and no other."""
    return PUBLIC_ROLE if schema_name == "public" else schema_name


class DatabaseWrapper(TenantWrapper):
    def _get_cursor_search_paths(self) -> list[str]:
        self.include_public_schema = False
        return [*super()._get_cursor_search_paths(), EXTENSIONS_SCHEMA]

    def _handle_search_path(self, cursor=None) -> None:
        if self._setting_search_path or self.search_path_set_schemas == self.schema_name:
            return
        statement = self._switch_statement()
        self._setting_search_path = True
        try:
            with self.connection.cursor() as raw:
                raw.execute(statement)
        except psycopg2.errors.InFailedSqlTransaction:
            # The next statement is the rollback; it clears the mark below and we switch after it.
            self.search_path_set_schemas = None
        except psycopg2.Error as error:
            self.search_path_set_schemas = None
            raise django.db.utils.ProgrammingError(
                f"No way into schema {self.schema_name!r}: {error}"
            ) from error
        else:
            self.search_path_set_schemas = self.schema_name
        finally:
            self._setting_search_path = False

    def _switch_statement(self) -> str:
        paths = ", ".join(f'"{path}"' for path in self._get_cursor_search_paths())
        statement = f"SET search_path = {paths}"
        if settings.ROLE == "owner":
            return statement
        return f'{statement}; SET ROLE "{role_of(self.schema_name)}"'

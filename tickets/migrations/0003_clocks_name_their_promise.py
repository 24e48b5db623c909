"""Each clock counts by the promise of its ticket; until now there was no other."""

from django.db import migrations

NAME = """
UPDATE tickets_clock SET level_version_id = ticket.level_version_id
FROM tickets_ticket ticket
WHERE ticket.id = tickets_clock.ticket_id AND tickets_clock.level_version_id IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_promises_in_depth")]

    operations = [migrations.RunSQL(NAME, migrations.RunSQL.noop)]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_time_entries")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="children",
                to="tickets.ticket",
            ),
        ),
    ]

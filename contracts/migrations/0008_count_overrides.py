import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0007_quotes"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountOverride",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_key", models.UUIDField(db_index=True)),
                ("quantity", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("created_by", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="contracts.agreement",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="override_runs_forward",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__gt", "")), name="override_has_a_reason"
                    ),
                ],
            },
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    """Licences and meters in one table: what a client holds beside devices and people."""

    dependencies = [("clients", "0002_licences_meters_and_marks")]

    operations = [
        migrations.DeleteModel(name="Licence"),
        migrations.DeleteModel(name="Meter"),
        migrations.CreateModel(
            name="Holding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("licence", "Licence"), ("meter", "Meter")], max_length=8
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("vendor", models.CharField(blank=True, max_length=80)),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("measure", models.CharField(blank=True, max_length=30)),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to="clients.client",
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meters",
                        to="clients.device",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("client"),
                        models.F("kind"),
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("ended_on__isnull", True)),
                        name="one_holding_per_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("device__isnull", True), ("kind", "licence"), ("measure", "")
                        )
                        | models.Q(("kind", "meter"), ("measure__gt", "")),
                        name="meters_measure_something",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="unitversion",
            name="unit_type",
            field=models.CharField(
                choices=[
                    ("device", "Device"),
                    ("user", "User"),
                    ("licence", "Licence"),
                    ("meter", "Meter"),
                    ("override", "Override"),
                ],
                max_length=8,
            ),
        ),
    ]

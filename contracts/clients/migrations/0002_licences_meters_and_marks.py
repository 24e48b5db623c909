import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Licence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("product", models.CharField(max_length=120)),
                ("vendor", models.CharField(blank=True, max_length=80)),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["product"],
            },
        ),
        migrations.CreateModel(
            name="Meter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("measure", models.CharField(max_length=30)),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="unitversion",
            name="marks",
            field=models.JSONField(
                db_default=models.Value({}, output_field=models.JSONField()), default=dict
            ),
        ),
        migrations.AddField(
            model_name="unitversion",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="unitversion",
            name="payer_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="unitversion",
            name="quantity",
            field=models.PositiveIntegerField(db_default=1, default=1),
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
                ],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="unitversion",
            index=models.Index(
                condition=models.Q(("payer_id__isnull", False)),
                fields=["payer_id"],
                name="units_paid_elsewhere",
            ),
        ),
        migrations.AddField(
            model_name="licence",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="licences",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="meter",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meters",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="meter",
            name="device",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meters",
                to="clients.device",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.UniqueConstraint(
                models.F("client"),
                django.db.models.functions.text.Lower("product"),
                condition=models.Q(("ended_on__isnull", True)),
                name="one_licence_per_product",
            ),
        ),
        migrations.AddConstraint(
            model_name="meter",
            constraint=models.UniqueConstraint(
                models.F("client"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("ended_on__isnull", True)),
                name="one_meter_per_name",
            ),
        ),
    ]

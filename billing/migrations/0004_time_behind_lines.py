"""The time behind the lines of a bill, frozen with it like its devices and people."""

import importlib

import django.db.models.deletion
from django.db import migrations, models

freezing = importlib.import_module("billing.migrations.0002_freeze_what_is_issued")

TIME = freezing.UNIT | {"name": "billing_time_is_final", "table": "billing_linetime"}


def freeze(apps, schema_editor):
    schema = schema_editor.quote_name(schema_editor.connection.schema_name)
    schema_editor.execute(freezing.PART.format(schema=schema, **TIME), params=None)


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_units_have_a_number")]

    operations = [
        migrations.CreateModel(
            name='LineTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_id', models.BigIntegerField()),
                ('part', models.PositiveSmallIntegerField()),
                ('share', models.PositiveSmallIntegerField()),
                ('ticket_number', models.PositiveBigIntegerField()),
                ('person', models.CharField(max_length=120)),
                ('work_type', models.CharField(max_length=20)),
                ('worked_on', models.DateField()),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('seconds', models.PositiveIntegerField()),
                ('hour_class', models.CharField(blank=True, max_length=10)),
                ('verdict', models.CharField(max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('outcome', models.CharField(max_length=10)),
                ('minutes', models.DecimalField(decimal_places=6, max_digits=14)),
                ('rate', models.DecimalField(decimal_places=6, max_digits=18)),
                ('multiplier', models.DecimalField(decimal_places=3, max_digits=6)),
                ('grant_key', models.CharField(blank=True, max_length=80)),
                ('quantity', models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='times', to='billing.invoiceline')),
            ],
            options={
                'ordering': ['started_at', 'entry_id', 'part', 'share'],
                'constraints': [models.UniqueConstraint(fields=('entry_id', 'part', 'share'), name='time_is_billed_once')],
            },
        ),
        migrations.RunPython(freeze, migrations.RunPython.noop),
    ]

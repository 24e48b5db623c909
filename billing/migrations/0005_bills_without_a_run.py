"""A bill may follow from something else than a run, such as an accepted quote."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0004_time_behind_lines'),
        ('clients', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='invoice',
            name='source_key',
            field=models.CharField(max_length=80, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='invoice',
            name='title',
            field=models.CharField(blank=True, db_default='', default='', max_length=120),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='run',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='billing.run'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('run__isnull', False), ('source_key__isnull', True)), models.Q(('run__isnull', True), ('source_key__isnull', False)), _connector='OR'), name='of_a_run_or_of_something_else'),
        ),
    ]

"""A missed promise is credited once, on whatever bill; what is waived is kept with its month."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0005_bills_without_a_run'),
    ]

    operations = [
        migrations.AddField(
            model_name='runitem',
            name='waived',
            field=models.JSONField(db_default=models.Value([], output_field=models.JSONField()), default=list),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'credit')), fields=('source_key',), name='credited_once'),
        ),
    ]

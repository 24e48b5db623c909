from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether a client's work is approved before it is billed."""

    dependencies = [
        ('clients', '0004_meters_are_read'),
    ]

    operations = [
        migrations.AddField(
            model_name='client',
            name='approves_time',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]

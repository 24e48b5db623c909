from django.db import migrations, models


class Migration(migrations.Migration):
    """What one of a service costs us in a month, for the margin of a draft."""

    dependencies = [
        ('contracts', '0013_lines_of_offers'),
    ]

    operations = [
        migrations.AddField(
            model_name='service',
            name='cost',
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=15, null=True),
        ),
    ]

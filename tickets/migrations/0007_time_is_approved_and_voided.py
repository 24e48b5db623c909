from django.db import migrations, models


class Migration(migrations.Migration):
    """Time is approved before it is billed, and voided where it was billed wrongly."""

    dependencies = [
        ('tickets', "0006_paid_by_something_else"),
    ]

    operations = [
        migrations.AddField(
            model_name='timeentry',
            name='approved_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='timeentry',
            name='approved_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=120),
        ),
        migrations.AddField(
            model_name='timeentry',
            name='void_why',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='timeentry',
            name='voided_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]

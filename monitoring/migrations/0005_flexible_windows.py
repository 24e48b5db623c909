from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0004_packed_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='maintenancewindow',
            name='flexible',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='maintenancewindow',
            name='triggers',
            field=models.JSONField(db_default=models.Value([], output_field=models.JSONField()), default=list),
        ),
    ]

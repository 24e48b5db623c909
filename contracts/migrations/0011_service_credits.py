from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0010_work_kinds'),
    ]

    operations = [
        migrations.AddField(
            model_name='agreementversion',
            name='credits',
            field=models.JSONField(blank=True, db_default=models.Value({}, output_field=models.JSONField()), default=dict),
        ),
    ]

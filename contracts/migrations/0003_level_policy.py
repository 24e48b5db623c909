from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_freeze_published_lines")]

    operations = [
        migrations.AddField(
            "servicelevelversion",
            "policy",
            models.JSONField(
                default=dict, db_default=models.Value({}, output_field=models.JSONField())
            ),
        ),
    ]

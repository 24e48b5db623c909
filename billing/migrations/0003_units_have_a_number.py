from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_freeze_what_is_issued"),
    ]

    operations = [
        migrations.AddField(
            model_name="lineunit",
            name="quantity",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
    ]

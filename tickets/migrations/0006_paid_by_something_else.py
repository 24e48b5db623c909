from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_bundles")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="paid_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=160),
        ),
    ]

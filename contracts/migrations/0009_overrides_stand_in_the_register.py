from django.db import migrations


class Migration(migrations.Migration):
    """A number said by hand is a statement of the register like any other."""

    dependencies = [("contracts", "0008_count_overrides")]

    operations = [migrations.DeleteModel(name="CountOverride")]

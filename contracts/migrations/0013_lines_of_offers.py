import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0012_quotes_become_projects_and_amend'),
    ]

    operations = [
        migrations.AddField(
            model_name='agreementline',
            name='offer',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.offer'),
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0004_meters_are_read'),
        ('monitoring', '0006_templates_of_offers'),
    ]

    operations = [
        migrations.CreateModel(
            name='HostAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('device', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.device')),
            ],
            options={
                'verbose_name_plural': 'host aliases',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(models.F('client'), django.db.models.functions.text.Lower('name'), name='one_device_per_alias')],
            },
        ),
    ]

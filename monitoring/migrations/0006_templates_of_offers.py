import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0013_lines_of_offers'),
        ('monitoring', '0005_flexible_windows'),
    ]

    operations = [
        migrations.AddField(
            model_name='checktemplate',
            name='offer',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contracts.offer'),
        ),
        migrations.AddField(
            model_name='checktemplate',
            name='past',
            field=models.JSONField(db_default=models.Value([], output_field=models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name='check',
            name='template',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='monitoring.checktemplate'),
        ),
        migrations.AddField(
            model_name='check',
            name='let_go_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='checktemplate',
            constraint=models.UniqueConstraint(fields=('device_class', 'slug', 'offer'), name='one_template_per_class_offer_and_slug', nulls_distinct=False),
        ),
        migrations.RemoveConstraint(
            model_name='checktemplate',
            name='one_template_per_class_and_slug',
        ),
    ]

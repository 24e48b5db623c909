import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0011_service_credits'),
    ]

    operations = [
        migrations.AddField(
            model_name='quote',
            name='amended',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.agreementversion'),
        ),
        migrations.AddField(
            model_name='quote',
            name='amends',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.agreementversion'),
        ),
        migrations.AlterField(
            model_name='quoteversion',
            name='becomes',
            field=models.CharField(choices=[('draft', 'A draft of an agreement, to look at'), ('published', 'An agreement in effect from the start that was agreed'), ('project', 'A project whose milestones are what is delivered once')], default='draft', max_length=9),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('amended__isnull', True), models.Q(('amends__isnull', False), ('state', 'accepted')), _connector='OR'), name='only_accepted_quotes_amend'),
        ),
    ]

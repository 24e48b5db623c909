import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_initial'),
        ('tickets', '0003_clocks_name_their_promise'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='ticket',
            name='verdict',
            field=models.CharField(blank=True, db_default='', default='', max_length=10),
        ),
        migrations.CreateModel(
            name='TimeEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work_type', models.CharField(max_length=20)),
                ('role', models.CharField(max_length=12)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('worked_on', models.DateField()),
                ('note', models.TextField(blank=True)),
                ('override', models.CharField(blank=True, choices=[('', 'As agreed'), ('no_charge', 'Without charge'), ('billable', 'Billable')], default='', max_length=10)),
                ('override_why', models.CharField(blank=True, max_length=200)),
                ('parts', models.JSONField(default=list)),
                ('key', models.CharField(max_length=80, null=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('billed_ref', models.CharField(blank=True, max_length=40)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.client')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='time', to='tickets.ticket')),
            ],
            options={
                'ordering': ['started_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('billed_ref', ''), ('ended_at__isnull', False)), fields=['client', 'worked_on'], name='time_to_bill'), models.Index(fields=['client', '-worked_on'], name='time_of_client'), models.Index(fields=['person', '-started_at'], name='time_of_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('person',), name='one_timer_per_person'), models.UniqueConstraint(fields=('ticket', 'key'), name='one_time_entry_per_key'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='time_runs_forward'), models.CheckConstraint(condition=models.Q(models.Q(('override', ''), ('override_why', '')), models.Q(models.Q(('override', ''), _negated=True), models.Q(('override_why', ''), _negated=True)), _connector='OR'), name='another_verdict_says_why')],
            },
        ),
    ]

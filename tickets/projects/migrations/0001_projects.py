import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What a client accepted never changes, and what is done keeps its price and its words.
FREEZE = """
CREATE FUNCTION refuse_accepted_milestones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.done_at IS NOT NULL THEN
            RAISE EXCEPTION 'A milestone that is done is never deleted.'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.accepted_at IS NOT NULL AND
       (NEW.done_at, NEW.accepted_at, NEW.accepted_name, NEW.accepted_via)
       IS DISTINCT FROM (OLD.done_at, OLD.accepted_at, OLD.accepted_name, OLD.accepted_via)
       OR OLD.done_at IS NOT NULL AND
       (NEW.project_id, NEW.title, NEW.amount, NEW."order")
       IS DISTINCT FROM (OLD.project_id, OLD.title, OLD.amount, OLD."order") THEN
        RAISE EXCEPTION 'A milestone that is done or accepted is never edited.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER accepted_milestones_are_frozen
    BEFORE UPDATE OR DELETE ON projects_milestone
    FOR EACH ROW EXECUTE FUNCTION refuse_accepted_milestones();
"""
THAW = """
DROP TRIGGER accepted_milestones_are_frozen ON projects_milestone;
DROP FUNCTION refuse_accepted_milestones();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('clients', '0003_one_table_of_holdings'),
        ('contracts', '0012_quotes_become_projects_and_amend'),
        ('tickets', '0006_paid_by_something_else'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('scope', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('running', 'Running'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='planned', max_length=9)),
                ('fee', models.CharField(choices=[('fixed', 'A fixed fee, by milestones'), ('time', 'Time and materials, as the agreement says'), ('capped', 'Time and materials up to a cap')], default='fixed', max_length=6)),
                ('bills_on', models.CharField(choices=[('accepted', 'When the client accepts it'), ('done', 'When we say it is done')], default='accepted', max_length=8)),
                ('amount', models.DecimalField(decimal_places=4, default=0, max_digits=18)),
                ('currency', models.CharField(max_length=3)),
                ('starts_on', models.DateField()),
                ('due_on', models.DateField()),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('agreement', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.agreement')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.client')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('phase', models.CharField(max_length=80)),
                ('title', models.CharField(max_length=120)),
                ('amount', models.DecimalField(decimal_places=4, default=0, max_digits=18)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_name', models.CharField(blank=True, max_length=120)),
                ('accepted_via', models.CharField(blank=True, choices=[('portal', 'In the portal'), ('paper', 'On paper')], max_length=6)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='projects.project')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ProjectQuote',
            fields=[
                ('quote', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='contracts.quote')),
                ('number', models.PositiveSmallIntegerField()),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='projects.project')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='ProjectTicket',
            fields=[
                ('ticket', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='tickets.ticket')),
                ('added_at', models.DateTimeField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tickets', to='projects.project')),
            ],
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('starts_on'))), name='projects_run_forward'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ['done', 'cancelled'])), models.Q(('closed_at__isnull', True), ('state__in', ['planned', 'running'])), _connector='OR'), name='closed_projects_have_an_instant'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fee', 'capped'), _negated=True), ('amount__gt', 0), _connector='OR'), name='caps_are_above_nought'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_name', '')), models.Q(('accepted_at__isnull', False), ('accepted_name__gt', ''), ('done_at__isnull', False)), _connector='OR'), name='accepted_milestones_are_done_and_signed'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='milestones_cost_nothing_or_more'),
        ),
        migrations.AddConstraint(
            model_name='projectquote',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='one_order_a_number'),
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]

"""Quotes with their versions, what clients answer, and road maps; what was sent is frozen."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FREEZE = """
CREATE FUNCTION refuse_sent_quotes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sent_at IS NOT NULL THEN
        RAISE EXCEPTION 'A version that was sent is never edited.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE TRIGGER sent_quotes_are_frozen
    BEFORE UPDATE OR DELETE ON contracts_quoteversion
    FOR EACH ROW EXECUTE FUNCTION refuse_sent_quotes();
"""
THAW = """
DROP TRIGGER sent_quotes_are_frozen ON contracts_quoteversion;
DROP FUNCTION refuse_sent_quotes();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_initial'),
        ('contracts', '0006_fallback_levels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='agreementversion',
            name='approval_asked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='agreementversion',
            name='approval_digest',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.PositiveIntegerField(unique=True)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('sent', 'Sent'), ('viewed', 'Viewed'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('expired', 'Expired'), ('withdrawn', 'Withdrawn')], default='draft', max_length=9)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('viewed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('conversion_note', models.CharField(blank=True, max_length=400)),
                ('agreement', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quote', to='contracts.agreement')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='clients.client')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clients.contact')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-serial'],
            },
        ),
        migrations.CreateModel(
            name='QuoteVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('intro', models.TextField(blank=True)),
                ('terms', models.TextField(blank=True)),
                ('content', models.JSONField(default=dict)),
                ('valid_until_on', models.DateField(blank=True, null=True)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('term_months', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('renews_months', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('notice_days', models.PositiveSmallIntegerField(default=30)),
                ('becomes', models.CharField(choices=[('draft', 'A draft of an agreement, to look at'), ('published', 'An agreement in effect from the start that was agreed')], default='draft', max_length=9)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('level_version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.servicelevelversion')),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='contracts.quote')),
            ],
            options={
                'ordering': ['quote', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('verdict', models.CharField(choices=[('accepted', 'Accepted'), ('declined', 'Declined')], max_length=8)),
                ('contact_name', models.CharField(max_length=120)),
                ('typed_name', models.CharField(blank=True, max_length=120)),
                ('reason', models.CharField(blank=True, max_length=1000)),
                ('document', models.JSONField(default=dict)),
                ('digest', models.CharField(max_length=64)),
                ('address', models.GenericIPAddressField(null=True)),
                ('user_agent', models.CharField(blank=True, max_length=400)),
                ('at', models.DateTimeField()),
                ('agreement_version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='contracts.agreementversion')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.client')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.contact')),
                ('quote_version', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='contracts.quoteversion')),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='Roadmap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=3)),
                ('answers', models.JSONField(default=dict)),
                ('signals', models.JSONField(default=dict)),
                ('assessed_at', models.DateTimeField(blank=True, null=True)),
                ('phases', models.JSONField(default=list)),
                ('shared_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roadmaps', to='clients.client')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.AddField(
            model_name='quote',
            name='roadmap',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='quotes', to='contracts.roadmap'),
        ),
        migrations.AddConstraint(
            model_name='quoteversion',
            constraint=models.UniqueConstraint(fields=('quote', 'number'), name='one_quote_version_a_number'),
        ),
        migrations.AddConstraint(
            model_name='quoteversion',
            constraint=models.UniqueConstraint(condition=models.Q(('sent_at__isnull', True)), fields=('quote',), name='one_draft_per_quote'),
        ),
        migrations.AddConstraint(
            model_name='quoteversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('digest', ''), ('sent_at__isnull', True)), models.Q(('digest__gt', ''), ('sent_at__isnull', False), ('valid_until_on__isnull', False)), _connector='OR'), name='sent_versions_are_sealed'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreement_version__isnull', True), ('quote_version__isnull', False)), models.Q(('agreement_version__isnull', False), ('quote_version__isnull', True)), _connector='OR'), name='answers_answer_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('agreement_version', 'asked_at'), name='one_answer_per_request'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason__gt', ''), ('verdict', 'declined')), models.Q(('typed_name__gt', ''), ('verdict', 'accepted')), _connector='OR'), name='acceptances_are_signed'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(condition=models.Q(('state__in', ['sent', 'viewed'])), fields=['expires_at'], name='quotes_to_expire'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['client', '-serial'], name='quotes_of_client'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'withdrawn']), ('sent_at__isnull', False), _connector='OR'), name='sent_quotes_have_an_instant'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('agreement__isnull', True), ('state', 'accepted'), _connector='OR'), name='only_accepted_quotes_become_agreements'),
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]

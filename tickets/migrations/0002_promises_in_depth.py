"""What a promise needs beside one clock for each target. Old code may go on inserting meanwhile."""

import django.db.models.deletion
from django.db import migrations, models

GRADES = [(1, "High"), (2, "Medium"), (3, "Low")]
PRIORITIES = [
    (0, "Major incident"),
    (1, "Critical"),
    (2, "High"),
    (3, "Medium"),
    (4, "Low"),
    (5, "Lowest"),
]
TARGETS = [("response", "First reply"), ("update", "Next word"), ("resolution", "Fix")]
CAUSES = [("date", "The agreed time came"), ("limit", "The longest wait was over")]


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_level_policy"), ("tickets", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("clock", "one_clock_per_target"),
        migrations.AddField("clock", "cycle", models.PositiveIntegerField(default=1, db_default=1)),
        migrations.AddField(
            "clock",
            "level_version",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.servicelevelversion",
            ),
        ),
        migrations.AddField("clock", "warn_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "clock",
            "warned",
            models.JSONField(
                default=dict, db_default=models.Value({}, output_field=models.JSONField())
            ),
        ),
        migrations.AddField(
            "ticket", "client_since", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            "ticket", "contested_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            "ticket",
            "impact",
            models.PositiveSmallIntegerField(blank=True, choices=GRADES, null=True),
        ),
        migrations.AddField(
            "ticket",
            "urgency",
            models.PositiveSmallIntegerField(blank=True, choices=GRADES, null=True),
        ),
        migrations.AddField(
            "ticket", "level_chosen", models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddField(
            "ticket",
            "merged_into",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="merged",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            "ticket",
            "resume_cause",
            models.CharField(
                blank=True, choices=CAUSES, max_length=8, default="", db_default=""
            ),
        ),
        migrations.AddField("ticket", "resumes_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField("clock", "target", models.CharField(choices=TARGETS, max_length=10)),
        migrations.AlterField(
            "ticket",
            "priority",
            models.PositiveSmallIntegerField(choices=PRIORITIES, default=3),
        ),
        migrations.AddIndex(
            "clock",
            models.Index(
                condition=models.Q(("warn_at__isnull", False)),
                fields=["warn_at"],
                name="clocks_warning",
            ),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(
                condition=models.Q(("resumes_at__isnull", False)),
                fields=["resumes_at"],
                name="tickets_resuming",
            ),
        ),
        migrations.AddConstraint(
            "clock",
            models.UniqueConstraint(
                fields=("ticket", "target", "cycle"), name="one_clock_per_cycle"
            ),
        ),
    ]

"""What becomes of an agreement at its end, and its decision table; both frozen once published."""

from django.db import migrations, models

FREEZE = """
CREATE FUNCTION refuse_published_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL
        AND (to_jsonb(OLD) - 'superseded_on') IS DISTINCT FROM (to_jsonb(NEW) - 'superseded_on')
    THEN
        RAISE EXCEPTION 'A published version is never edited.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER published_versions_are_frozen
    BEFORE UPDATE ON contracts_agreementversion
    FOR EACH ROW EXECUTE FUNCTION refuse_published_versions();
"""
THAW = """
DROP TRIGGER published_versions_are_frozen ON contracts_agreementversion;
DROP FUNCTION refuse_published_versions();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0004_catalogue")]

    operations = [
        migrations.AddField(
            "agreement", "notice_given_on", models.DateField(null=True, blank=True)
        ),
        migrations.AddField(
            "agreementversion",
            "renews_months",
            models.PositiveSmallIntegerField(null=True, blank=True),
        ),
        migrations.AddField(
            "agreementversion",
            "notice_days",
            models.PositiveSmallIntegerField(default=30, db_default=30),
        ),
        migrations.AddField(
            "agreementversion",
            "uplift_percent",
            models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True),
        ),
        migrations.AddField(
            "agreementversion",
            "coverage",
            models.JSONField(
                default=list,
                db_default=models.Value([], output_field=models.JSONField()),
                blank=True,
            ),
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]

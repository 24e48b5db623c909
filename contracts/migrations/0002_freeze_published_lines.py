"""Plain SQL: pgtrigger's functions reach into the public schema, which a tenant's role cannot."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations

FREEZE = """
CREATE FUNCTION refuse_published_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM contracts_agreementversion version
        WHERE version.id IN (OLD.version_id, NEW.version_id) AND version.published_at IS NOT NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'A published version is never edited.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE TRIGGER published_lines_are_frozen
    BEFORE INSERT OR UPDATE OR DELETE ON contracts_agreementline
    FOR EACH ROW EXECUTE FUNCTION refuse_published_lines();
"""
THAW = """
DROP TRIGGER published_lines_are_frozen ON contracts_agreementline;
DROP FUNCTION refuse_published_lines();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="agreement",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("name"), name="gin_trgm_ops"
                ),
                name="agreement_name_search",
            ),
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]

"""What is issued cannot change: triggers of our own, because one that a session can switch off
(pgtrigger.ignore) would be no wall against the product's own role.

An invoice is guarded row by row. Its lines and their evidence come in by the thousand, so they are
guarded once a statement, over all the rows it touched. The functions name their schema, and the
temporary one last, so that no session can put a table of its own in front of ours.
"""

from django.db import migrations

INVOICE = """
CREATE FUNCTION {schema}.billing_invoice_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Invoice % is issued and cannot change.', OLD.number
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER issued_is_frozen BEFORE UPDATE OR DELETE ON {schema}.billing_invoice
    FOR EACH ROW WHEN (OLD.state IN ('issued', 'void'))
    EXECUTE FUNCTION {schema}.billing_invoice_is_final();
"""

# Reads the parents under a lock that waits for whoever is just issuing one of them.
PART = """
CREATE FUNCTION {schema}.{name}() RETURNS trigger LANGUAGE plpgsql
    SET search_path = {schema}, pg_temp AS $$
DECLARE touched bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY(SELECT DISTINCT {parent} FROM new_rows);
    ELSIF TG_OP = 'DELETE' THEN
        touched := ARRAY(SELECT DISTINCT {parent} FROM old_rows);
    ELSE
        touched := ARRAY(SELECT {parent} FROM new_rows UNION SELECT {parent} FROM old_rows);
    END IF;
    {to_invoices}
    PERFORM 1 FROM billing_invoice WHERE id = ANY(touched) FOR SHARE;
    IF EXISTS (SELECT 1 FROM billing_invoice
               WHERE id = ANY(touched) AND state IN ('issued', 'void')) THEN
        RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER frozen_on_insert AFTER INSERT ON {schema}.{table}
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{name}();
CREATE TRIGGER frozen_on_update AFTER UPDATE ON {schema}.{table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{name}();
CREATE TRIGGER frozen_on_delete AFTER DELETE ON {schema}.{table}
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{name}();
"""

LINE = {
    "name": "billing_line_is_final",
    "table": "billing_invoiceline",
    "parent": "invoice_id",
    "to_invoices": "",
    "refusal": "The lines of an issued invoice cannot change.",
}
UNIT = {
    "name": "billing_unit_is_final",
    "table": "billing_lineunit",
    "parent": "line_id",
    "to_invoices": "touched := ARRAY(SELECT DISTINCT invoice_id FROM billing_invoiceline"
    " WHERE id = ANY(touched));",
    "refusal": "The evidence of an issued invoice cannot change.",
}


def freeze(apps, schema_editor):
    schema = schema_editor.quote_name(schema_editor.connection.schema_name)
    schema_editor.execute(INVOICE.format(schema=schema), params=None)
    schema_editor.execute(PART.format(schema=schema, **LINE), params=None)
    schema_editor.execute(PART.format(schema=schema, **UNIT), params=None)


class Migration(migrations.Migration):

    dependencies = [("billing", "0001_initial")]

    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]

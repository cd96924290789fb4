"""The outbox is the queue of mails: what another one kept beside it says nothing more."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("booking", "0006_lapsed_holds_are_found")]

    operations = [
        migrations.RunSQL(
            "DROP TABLE IF EXISTS django_tasks_db_dbtaskresult", migrations.RunSQL.noop
        )
    ]

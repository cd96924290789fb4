"""Mails keep what they tell instead of their text, which is written when they are sent."""

import django.db.models.deletion
from django.db import migrations, models


def tell_from_method(apps, schema_editor):
    """What waits in the outbox is known by the method of its calendar entry."""
    mails = apps.get_model("booking", "OutboxMail").objects
    mails.filter(appointment__isnull=True).delete()
    mails.filter(calendar_method="CANCEL").update(kind="cancellation", sequence=1)
    languages = mails.values_list("appointment__language", flat=True).order_by().distinct()
    for language in list(languages):
        mails.filter(appointment__language=language).update(language=language)


class Migration(migrations.Migration):
    # PostgreSQL changes no table in which rows of the same transaction wait to be checked.
    atomic = False

    dependencies = [("booking", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("outboxmail", "mail_sent_is_blanked"),
        migrations.AddField(
            "outboxmail",
            "kind",
            models.CharField(
                choices=[("confirmation", "confirmation"), ("cancellation", "cancellation")],
                default="confirmation",
                max_length=12,
                verbose_name="kind",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "outboxmail",
            "language",
            models.CharField(default="de", max_length=8, verbose_name="language"),
            preserve_default=False,
        ),
        migrations.AddField(
            "outboxmail",
            "sequence",
            models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunPython(tell_from_method, migrations.RunPython.noop),
        migrations.AlterField(
            "outboxmail",
            "appointment",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mails",
                to="booking.appointment",
            ),
        ),
        migrations.RemoveField("outboxmail", "subject"),
        migrations.RemoveField("outboxmail", "body"),
        migrations.RemoveField("outboxmail", "calendar"),
        migrations.RemoveField("outboxmail", "calendar_method"),
        migrations.AddConstraint(
            "outboxmail",
            models.CheckConstraint(
                condition=models.Q(("state", "sent"), _negated=True)
                | models.Q(("recipient", ""), ("sent_at__isnull", False)),
                name="mail_sent_is_blanked",
            ),
        ),
    ]

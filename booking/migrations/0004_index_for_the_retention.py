"""What the worker looks for every hour is found without reading what is long past."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0003_slotgrid")]

    operations = [
        migrations.RemoveIndex(
            model_name="outboxmail",
            name="mail_due",
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("blanked_at__isnull", True)),
                fields=["end"],
                name="appointment_not_blanked",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmail",
            index=models.Index(
                condition=models.Q(("state__in", ["pending", "failed"])),
                fields=["next_attempt_at"],
                name="mail_unsent",
            ),
        ),
    ]

"""The version of what is free at an office."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0002_mails_written_when_sent")]

    operations = [
        migrations.CreateModel(
            name="SlotGrid",
            fields=[
                (
                    "office",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="slot_grid",
                        serialize=False,
                        to="booking.office",
                    ),
                ),
                ("version", models.PositiveBigIntegerField(default=0)),
            ],
            options={"verbose_name": "slot grid", "verbose_name_plural": "slot grids"},
        ),
    ]

"""Without indexes that another one begins with, and without entries for what is blanked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0004_index_for_the_retention")]

    operations = [
        migrations.RemoveConstraint(
            model_name="appointment",
            name="appointment_once_per_key",
        ),
        migrations.AlterField(
            model_name="appointment",
            name="code",
            field=models.CharField(max_length=8, null=True, verbose_name="check-in code"),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="office",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointments",
                to="booking.office",
            ),
        ),
        migrations.AlterField(
            model_name="appointmentitem",
            name="appointment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="booking.appointment",
            ),
        ),
        migrations.AlterField(
            model_name="slot",
            name="series",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="slots",
                to="booking.openinghours",
            ),
        ),
        migrations.AlterField(
            model_name="ticketseries",
            name="office",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="booking.office",
            ),
        ),
        migrations.AlterField(
            model_name="visit",
            name="office",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="booking.office",
            ),
        ),
        migrations.AlterField(
            model_name="visitevent",
            name="office",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="booking.office",
            ),
        ),
        migrations.AlterField(
            model_name="visititem",
            name="visit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="booking.visit",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code__isnull", False)),
                fields=("code",),
                name="appointment_code_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key__isnull", False)),
                fields=("office", "idempotency_key"),
                name="appointment_once_per_key",
            ),
        ),
    ]

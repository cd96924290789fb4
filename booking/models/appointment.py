"""An appointment: a time reserved for a citizen, from hold to booking."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .office import Office
from .personal import LANGUAGE, Kept, Until
from .service import Offering
from .slot import OpeningHours
from .subscription import CalendarSubscription


class Appointment(models.Model):
    """A citizen's time at an office.

    Changed only through ``booking.domain``: ``holding``, ``confirming``, ``moving`` and
    ``cancelling``; ``holds`` and ``unused`` end what has run out. Name, e-mail and phone are the
    only personal data in the system besides the outbox; both are blanked after the
    authority's retention.
    """

    class State(models.TextChoices):
        HELD = "held", _("held")
        BOOKED = "booked", _("booked")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    # States that hold capacity.
    LIVE = (State.HELD, State.BOOKED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own, here as elsewhere: another one begins with it.
    office = models.ForeignKey(Office, models.PROTECT, related_name="appointments", db_index=False)
    series = models.ForeignKey(
        OpeningHours, models.SET_NULL, null=True, related_name="appointments"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("held until"), null=True, blank=True)
    booked_at = models.DateTimeField(_("booked at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    blanked_at = models.DateTimeField(_("blanked at"), null=True, blank=True)
    # Of a booking to which nobody came: its places from then on have gone back.
    places_until = models.DateTimeField(_("places kept until"), null=True, blank=True)

    # The eight digits typed in at the kiosk.
    code = models.CharField(_("check-in code"), max_length=8, null=True)  # noqa: DJ001
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=12, default="de")
    # Booked only once the link in a mail was followed; a hold with a name waits for that.
    confirm_by_mail = models.BooleanField(default=False, db_default=False)
    # Held in a rush without a proof of work, until the mail is answered.
    without_proof = models.BooleanField(default=False, db_default=False)
    # Keyed hashes of who booked, where a limit counts them; see ``booking.domain.limits``.
    email_key = models.CharField(max_length=32, blank=True, default="", db_default="")
    device_key = models.CharField(max_length=32, blank=True, default="", db_default="")
    network_key = models.CharField(max_length=32, blank=True, default="", db_default="")
    # Made at the front desk: may take places beyond those for citizens, and do without e-mail.
    by_staff = models.BooleanField(_("made by staff"), default=False, db_default=False)
    # Booked at the kiosk, where nobody is asked for a name: the code on the paper is all.
    on_paper = models.BooleanField(_("booked at the kiosk"), default=False, db_default=False)
    # Revision of the calendar entry (RFC 5545 SEQUENCE).
    sequence = models.PositiveSmallIntegerField(default=0)
    # What the citizen has chosen on the own page.
    reminders = models.BooleanField(_("reminders by mail"), default=True, db_default=True)
    sms_reminders = models.BooleanField(_("reminders by SMS"), default=False, db_default=False)
    # Said by the citizen on the way; changes no order, the desk only knows.
    late_minutes = models.PositiveSmallIntegerField(_("minutes late, as announced"), null=True)
    subscription = models.ForeignKey(
        CalendarSubscription,
        models.SET_NULL,
        null=True,
        related_name="appointments",
        db_index=False,
    )
    # Null where the client gave none: then nothing is deduplicated.
    idempotency_key = models.CharField(max_length=100, null=True)  # noqa: DJ001

    personal_data: ClassVar[dict[str, Kept]] = {
        "name": Kept(_("your name"), _("to address you at the counter"), Until.CANCELLED),
        "email": Kept(
            _("your e-mail address"),
            _("to send you the confirmation, changes and reminders"),
            Until.CANCELLED,
        ),
        "phone": Kept(
            _("your phone number, if you give one"),
            _("for questions about the appointment, and for an SMS if you want one"),
            Until.CANCELLED,
        ),
        "code": Kept(
            _("your check-in code"),
            _("to check you in, and to find your appointment again"),
            Until.RETENTION,
        ),
        "start": Kept(
            _("the time of your appointment, when it was made, changed and cancelled"),
            _("to keep the time free for you"),
            Until.ANONYMOUS,
        ),
        "language": LANGUAGE,
        **dict.fromkeys(
            ("reminders", "sms_reminders"),
            Kept(_("which reminders you want"), _("to send these alone"), Until.ANONYMOUS),
        ),
        "late_minutes": Kept(
            _("that you are running late, if you tell us"),
            _("so that the counter knows when to expect you"),
            Until.RETENTION,
        ),
        **dict.fromkeys(
            ("email_key", "device_key", "network_key"),
            Kept(
                _("scrambled codes of your mailbox, device and network, where we limit bookings"),
                _("to count how many appointments one person books; nobody can read them"),
                Until.CANCELLED,
            ),
        ),
        "idempotency_key": Kept(
            _("a random mark of your booking"),
            _("so that a second click does not book twice"),
            Until.RETENTION,
        ),
    }

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["start"]
        indexes = [
            models.Index(fields=["office", "start"], name="appointment_by_day"),
            models.Index(
                fields=["expires_at"], condition=Q(state="held"), name="appointment_holds"
            ),
            models.Index(
                fields=["expires_at"], condition=Q(state="expired"), name="appointment_lapsed"
            ),
            models.Index(
                fields=["series", "start"],
                condition=Q(state__in=["held", "booked"]),
                name="appointment_live_in_series",
            ),
            models.Index(
                fields=["end"], condition=Q(blanked_at__isnull=True), name="appointment_not_blanked"
            ),
            models.Index(
                fields=["subscription"],
                condition=Q(subscription__isnull=False),
                name="appointment_subscribed",
            ),
            models.Index(
                fields=["start"],
                condition=Q(state="booked", places_until__isnull=True, blanked_at__isnull=True),
                name="appointment_with_all_places",
            ),
            models.Index(
                fields=["office"],
                condition=Q(without_proof=True, state="held"),
                name="appointment_without_proof",
            ),
            models.Index(
                fields=["email_key"], condition=~Q(email_key=""), name="appointment_of_address"
            ),
            models.Index(
                fields=["device_key"], condition=~Q(device_key=""), name="appointment_of_device"
            ),
            models.Index(
                fields=["network_key"], condition=~Q(network_key=""), name="appointment_of_network"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="appointment_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(expires_at__isnull=False),
                name="appointment_hold_expires",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked")
                | ~Q(name="")
                | Q(on_paper=True)
                | Q(blanked_at__isnull=False),
                name="appointment_booked_for_somebody",
            ),
            models.CheckConstraint(
                condition=Q(blanked_at__isnull=True)
                | Q(name="", email="", phone="", code__isnull=True),
                name="appointment_blanked_holds_no_personal_data",
            ),
            models.CheckConstraint(
                condition=Q(blanked_at__isnull=True)
                | Q(email_key="", device_key="", network_key=""),
                name="appointment_blanked_holds_no_keys",
            ),
            models.CheckConstraint(
                condition=Q(places_until__isnull=True)
                | Q(places_until__gt=F("start"), places_until__lt=F("end")),
                name="appointment_gives_back_an_end",
            ),
            # Partial: most rows are past and hold neither any more.
            models.UniqueConstraint(
                fields=["code"], condition=Q(code__isnull=False), name="appointment_code_once"
            ),
            models.UniqueConstraint(
                fields=["office", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="appointment_once_per_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} {self.state}"

    @property
    def code_in_halves(self) -> str:
        """ "1234 5678": read and typed more easily; empty once it is blanked."""
        return f"{self.code[:4]} {self.code[4:]}" if self.code else ""

    @property
    def known_as(self) -> str:
        """The name, or the code where nobody was asked for a name."""
        return self.name or self.code_in_halves

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def expected_at(self) -> datetime:
        """When the citizen wants to be there: the start, or as much later as announced."""
        return self.start + timedelta(minutes=self.late_minutes or 0)

    @property
    def awaits_mail(self) -> bool:
        """Held for somebody whose mail has not been answered yet."""
        return self.state == self.State.HELD and self.confirm_by_mail and bool(self.email)

    @property
    def places_end(self) -> datetime:
        """Until when it holds places, if it is live."""
        return self.places_until or self.end


class AppointmentItem(models.Model):
    """One offering of an appointment, for so many persons."""

    personal_data: ClassVar[dict[str, Kept]] = {
        "offering": Kept(
            _("what your appointment is for"), _("to prepare for it"), Until.ANONYMOUS
        ),
    }

    appointment = models.ForeignKey(
        Appointment, models.CASCADE, related_name="items", db_index=False
    )
    offering = models.ForeignKey(Offering, models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("service of an appointment")
        verbose_name_plural = _("services of an appointment")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "offering"], name="appointment_offering_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="appointment_quantity_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.offering}"

"""Every reason for which the domain says no: a stable code and a sentence for the reader.

Pages, API and kiosk catch :class:`Refused` and only choose how to show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.local_time import day_text, time_text

if TYPE_CHECKING:
    from booking.models import Appointment, Counter, Office, Visit


class Refused(Exception):  # noqa: N818 - reads as what happened: the domain refused
    """The domain said no. ``code`` is stable, ``message`` is in the active language."""

    code = "refused"

    @property
    def message(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.message


class NotFound(Refused):
    """What was named does not exist, or is none of the asker's business."""

    code = "not_found"

    @property
    def message(self) -> str:
        return _("This does not exist, or no longer.")


class Invalid(Refused):
    """What was asked for can never be granted like this."""


class Conflict(Refused):
    """What was asked for cannot be granted now."""


class NotPermitted(Refused):
    """Whoever asks may not do this."""

    code = "not_permitted"

    @property
    def message(self) -> str:
        return _("You are not permitted to do this.")


class PriorityNotPermitted(NotPermitted):
    """At a kiosk one can only say that one needs assistance, and where the office asks."""

    code = "priority_not_permitted"

    @property
    def message(self) -> str:
        return _("Only the staff can give this priority.")


class TooManyAttempts(Refused):
    """Somebody is guessing."""

    code = "too_many_attempts"

    @property
    def message(self) -> str:
        return _("Too many attempts. Please wait a minute.")


class Rush(TooManyAttempts):
    """People wait for their turn on the pages; no program passes them."""

    code = "rush"

    @property
    def message(self) -> str:
        return _("Very many people want an appointment at the moment. Please try again later.")


# Choosing a time -------------------------------------------------------------------


class NothingChosen(Invalid):
    code = "nothing_chosen"

    @property
    def message(self) -> str:
        return _("Please choose a service.")


class OfferingUnknown(Invalid):
    code = "unknown_offering"

    @property
    def message(self) -> str:
        return _("This office does not offer the chosen service.")


class ServiceUnknown(Invalid):
    code = "unknown_service"

    @property
    def message(self) -> str:
        return _("This town does not offer the chosen service.")


class NotTogether(Invalid):
    """Each service is offered online, but no office does all of them."""

    code = "not_together"

    @property
    def message(self) -> str:
        return _("No office does all of this in one appointment. Please book two.")


class NotOnline(Invalid):
    code = "not_online"

    @property
    def message(self) -> str:
        return _("This service cannot be booked online.")


class NotWalkIn(Invalid):
    code = "not_walk_in"

    @property
    def message(self) -> str:
        return _("This service needs an appointment.")


class QuantityOutOfRange(Invalid):
    code = "quantity_out_of_range"

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most

    @property
    def message(self) -> str:
        return _("Please choose between 1 and %(count)d persons.") % {"count": self.at_most}


class OutsideHours(Invalid):
    """No opening hours have a slot at that time, or it is past or too far ahead."""

    code = "outside_hours"

    @property
    def message(self) -> str:
        return _("The office has no appointments at this time.")


class SlotTaken(Conflict):
    """The time is no longer free. ``alternatives`` are the nearest free starts, UTC."""

    code = "slot_taken"

    def __init__(self, alternatives: Sequence[datetime] = ()) -> None:
        self.alternatives = list(alternatives)

    @property
    def message(self) -> str:
        return _("This time has just been taken.")


class ProofNeeded(Conflict):
    """Very many are booking: somebody has to show that a device has worked for it.

    ``challenge`` is that of the ``altcha`` package, as a browser's script solves it.
    """

    code = "proof_needed"

    def __init__(self, challenge: dict[str, Any]) -> None:
        self.challenge = challenge

    @property
    def message(self) -> str:
        return _("Very many people are booking at the moment: a small proof of work is needed.")


class WithoutProofFull(Conflict):
    """So many have chosen the way without a proof of work that others must wait for them."""

    code = "without_proof_full"

    @property
    def message(self) -> str:
        return _(
            "Very many people are confirming by mail at the moment. Please try again in a few"
            " minutes, or switch on JavaScript."
        )


class LimitReached(Conflict):
    """One more would be too many of an e-mail address, a device or a network.

    ``whose`` is ``email``, ``device`` or ``network``; ``for_service`` where it is the limit of
    one service.
    """

    code = "limit_reached"

    def __init__(self, *, whose: str, at_most: int, days: int, for_service: bool = False) -> None:
        self.whose = whose
        self.at_most = at_most
        self.days = days
        self.for_service = for_service

    @property
    def message(self) -> str:
        """What the limit is, and what to do next."""
        return f"{self._limit} {self._next_step}"

    @property
    def _limit(self) -> str:
        values = {"count": self.at_most, "days": self.days}
        if self.whose == "network":
            return _("Very many appointments were booked from your network within a day.")
        if self.for_service:
            return (
                ngettext(
                    "For this service the office allows %(count)d appointment per person"
                    " within %(days)d days.",
                    "For this service the office allows %(count)d appointments per person"
                    " within %(days)d days.",
                    self.at_most,
                )
                % values
            )
        if self.whose == "email":
            return (
                ngettext(
                    "The office allows %(count)d appointment per e-mail address within"
                    " %(days)d days.",
                    "The office allows %(count)d appointments per e-mail address within"
                    " %(days)d days.",
                    self.at_most,
                )
                % values
            )
        return (
            ngettext(
                "The office allows %(count)d appointment per device within %(days)d days.",
                "The office allows %(count)d appointments per device within %(days)d days.",
                self.at_most,
            )
            % values
        )

    @property
    def _next_step(self) -> str:
        if self.whose == "network":
            return _("Please try again tomorrow, or contact the office: it can book for you.")
        return _(
            "Please cancel an appointment that you do not need, or contact the office: it can"
            " book for you."
        )


class WishesFirst(SlotTaken):
    """There may be a place that somebody on the waiting list is offered first."""


# On the waiting list ---------------------------------------------------------------


class WishInvalid(Invalid):
    """What was wished for cannot be. ``fields`` maps field to sentence."""

    code = "wish_invalid"

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields

    @property
    def message(self) -> str:
        return " ".join(self.fields.values())


class WishOver(Conflict):
    """The wish was withdrawn, has been served or its days are past."""

    code = "wish_over"

    @property
    def message(self) -> str:
        return _("This wish is no longer on the waiting list.")


class TooManyWishes(Conflict):
    code = "too_many_wishes"

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most

    @property
    def message(self) -> str:
        return _(
            "%(count)d wishes with this e-mail address are on the waiting list already. Please "
            "withdraw one first."
        ) % {"count": self.at_most}


class OfferOver(Conflict):
    """The offer was answered already, or the time to answer is over."""

    code = "offer_over"

    @property
    def message(self) -> str:
        return _("This offer is over. The time has been passed on.")


# Keeping it ------------------------------------------------------------------------


class DetailsInvalid(Invalid):
    """Name or contact are missing or wrong. ``fields`` maps field to sentence."""

    code = "details_invalid"

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields

    @property
    def message(self) -> str:
        return " ".join(self.fields.values())


class ChecklistOpen(Invalid):
    """The office wants the list of what to bring ticked before it is booked."""

    code = "checklist_open"

    @property
    def message(self) -> str:
        return _("Please tick everything that you need to bring.")


class AskedOften(Conflict):
    """So many mails were sent for one appointment that there will be no more."""

    code = "asked_often"

    @property
    def message(self) -> str:
        return _(
            "We have sent several mails for this time already. Please choose a time again and"
            " check the address."
        )


class HoldElsewhere(Conflict):
    """The same booking was moved to another time meanwhile, in another window."""

    code = "hold_moved"

    def __init__(self, appointment: Appointment) -> None:
        self.appointment = appointment

    @property
    def message(self) -> str:
        return _("You have chosen another time in another window.")


class KeyReused(Conflict):
    """The idempotency key was used before for a different request."""

    code = "idempotency_key_reused"

    def __init__(self, existing: Appointment | Visit) -> None:
        self.existing = existing

    @property
    def message(self) -> str:
        return _("This request was already sent with other content.")


class AppointmentEnded(Conflict):
    """The appointment was cancelled, has lapsed or was used."""

    code = "wrong_state"

    @property
    def message(self) -> str:
        return _("This appointment can no longer be changed.")


class UnderWay(Conflict):
    """The personal data is needed as long as somebody waits for or at a counter."""

    code = "under_way"

    @property
    def message(self) -> str:
        return _("Your appointment is under way. You can delete your data when it is over.")


class AlreadyCheckedIn(Conflict):
    code = "already_checked_in"

    @property
    def message(self) -> str:
        return _("You have already checked in.")


class NoAddress(Conflict):
    """The appointment was booked without an e-mail address."""

    code = "no_address"

    @property
    def message(self) -> str:
        return _("There is no e-mail address with this appointment. Please print it.")


# Arriving --------------------------------------------------------------------------


class CodeUnknown(NotFound):
    code = "code_unknown"

    @property
    def message(self) -> str:
        return _("We do not know this code. Please check the digits.")


class AppointmentCancelled(Conflict):
    code = "appointment_cancelled"

    @property
    def message(self) -> str:
        return _("This appointment was cancelled.")


class WrongOffice(Conflict):
    code = "wrong_office"

    def __init__(self, office: Office) -> None:
        self.office = office

    @property
    def message(self) -> str:
        return _("Your appointment is at another office: %(office)s, %(address)s.") % {
            "office": self.office.name,
            "address": self.office.address,
        }


class WrongDay(Conflict):
    """``start`` is local time of the office."""

    code = "wrong_day"

    def __init__(self, start: datetime) -> None:
        self.start = start

    @property
    def message(self) -> str:
        return _("Your appointment is not today, but on %(day)s at %(time)s.") % {
            "day": day_text(self.start),
            "time": time_text(self.start),
        }


class TooEarly(Conflict):
    """``opens`` is when check-in opens, local time of the office."""

    code = "too_early"

    def __init__(self, opens: datetime) -> None:
        self.opens = opens

    @property
    def message(self) -> str:
        return _("You are early. You can check in from %(time)s.") % {"time": f"{self.opens:%H:%M}"}


class TooLate(Conflict):
    code = "too_late"

    def __init__(self, start: datetime) -> None:
        self.start = start

    @property
    def message(self) -> str:
        return _("Your appointment was at %(time)s. Please draw a ticket instead.") % {
            "time": time_text(self.start)
        }


class OfficeClosed(Conflict):
    code = "office_closed"

    @property
    def message(self) -> str:
        return _("No tickets are issued at this time.")


class TicketsEnded(Conflict):
    """The front desk gives out no more tickets at the kiosk today."""

    code = "tickets_ended"

    @property
    def message(self) -> str:
        return _("No more tickets are issued today.")


class DayFull(Conflict):
    code = "day_full"

    @property
    def message(self) -> str:
        return _("All tickets for today have been issued.")


# At the desk -----------------------------------------------------------------------


class WrongState(Conflict):
    """The visit is not in a state in which this can be done."""

    code = "wrong_state"

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    @property
    def message(self) -> str:
        return _("%(number)s is: %(state)s. This is not possible now.") % {
            "number": self.visit.number,
            "state": self.visit.get_state_display(),
        }


class CounterTaken(Conflict):
    code = "counter_taken"

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    @property
    def message(self) -> str:
        return _("Counter %(counter)s is taken by %(staff)s.") % {
            "counter": self.counter.label,
            "staff": self.counter.staff,
        }


class CounterClosed(Conflict):
    code = "counter_closed"

    @property
    def message(self) -> str:
        return _("This counter is closed. Please open it first.")


class CounterBusy(Conflict):
    """Somebody is called or served at the counter."""

    code = "counter_busy"

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    @property
    def message(self) -> str:
        return _("%(number)s is still at this counter.") % {"number": self.visit.number}


class NothingToUndo(Conflict):
    """The ten seconds are over, or somebody has gone on from there."""

    code = "nothing_to_undo"

    @property
    def message(self) -> str:
        return _("This can no longer be undone.")


class NoteTooLong(Invalid):
    code = "note_too_long"

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most

    @property
    def message(self) -> str:
        return _("A note has %(count)d characters at most.") % {"count": self.at_most}


class CannotServe(Conflict):
    code = "cannot_serve"

    @property
    def message(self) -> str:
        return _("This counter does not offer the service.")


# Devices ---------------------------------------------------------------------------


class PairingCodeUnknown(NotFound):
    code = "pairing_code_unknown"

    @property
    def message(self) -> str:
        return _("No device shows this code.")


class PictureUnusable(Invalid):
    """What was sent is no picture that a browser shows, or far too large."""

    code = "picture_unusable"

    @property
    def message(self) -> str:
        return _("Please choose a picture (JPEG, PNG or WebP) of at most 50 megapixels.")

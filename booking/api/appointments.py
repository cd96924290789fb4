"""Holding, confirming, reading and cancelling an appointment."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from booking.client import client_of, network_of
from booking.domain.appointments import item_rows
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import NotFound, Rush
from booking.domain.holding import hold_appointment
from booking.domain.holds import expire_holds
from booking.domain.limits import Asker
from booking.guess_limit import count_wrong_secret
from booking.hold_limit import limit_holds
from booking.models import Appointment
from booking.proof_of_work import require_proof
from booking.security import appointment_secret, is_appointment_secret
from booking.waiting_room import is_inside

from .auth import AppointmentSecret
from .reference import answers
from .requests import IdempotencyKey, ProofOfWork, get_office_and_items, scoped_key, start_in
from .schemas import AppointmentOut, DetailsIn, HoldIn, HoldOut, ItemOut

router = Router(tags=["Appointments"])
with_secret = AppointmentSecret()


@router.post(
    "/offices/{uuid:office_id}/appointments",
    response={201: HoldOut},
    summary="Hold a time",
    openapi_extra=answers(
        "malformed_json",
        "not_found",
        "slot_taken",
        "limit_reached",
        "idempotency_key_reused",
        "invalid_request",
        "nothing_chosen",
        "unknown_offering",
        "not_online",
        "quantity_out_of_range",
        "outside_hours",
        "too_many_attempts",
        "proof_needed",
        "rush",
    ),
)
def hold(
    request: HttpRequest,
    office_id: UUID,
    body: HoldIn,
    idempotency_key: IdempotencyKey = None,
    proof_of_work: ProofOfWork = "",
) -> HoldOut:
    """Take a time for some minutes, until `expires_at`; then confirm it, or it lapses."""
    chosen = [(item.id, item.quantity) for item in body.offerings]
    office, items = get_office_and_items(office_id, chosen)
    limit_holds(request)
    if client_of(request) and not is_inside(office.pk, ""):
        raise Rush
    require_proof(request, office.pk, proof_of_work)
    appointment = hold_appointment(
        office=office,
        items=items,
        start=start_in(office.zone, body.start),
        idempotency_key=scoped_key("appointments", idempotency_key),
        asker=Asker(network=network_of(request)),
    )
    return HoldOut(
        id=str(appointment.pk),
        secret=appointment_secret(appointment.pk),
        code=appointment.code,
        start=appointment.start.astimezone(office.zone),
        end=appointment.end.astimezone(office.zone),
        state=appointment.state,
        expires_at=appointment.expires_at and appointment.expires_at.astimezone(office.zone),
    )


@router.post(
    "/appointments/{uuid:appointment_id}/confirm",
    auth=with_secret,
    response=AppointmentOut,
    summary="Confirm an appointment",
    openapi_extra=answers(
        "malformed_json",
        "unauthorized",
        "not_found",
        "slot_taken",
        "limit_reached",
        "asked_often",
        "wrong_state",
        "invalid_request",
        "details_invalid",
        "checklist_open",
        "too_many_attempts",
    ),
)
def confirm(request: HttpRequest, appointment_id: UUID, body: DetailsIn) -> AppointmentOut:
    """Book what is held; the citizen gets an e-mail. Confirming twice changes nothing.

    A hold that has lapsed is taken up again if its time is still free. Where the office wants
    the address confirmed, the answer is still `held`, until `expires_at`: it becomes `booked`
    when the citizen follows the link in the e-mail.
    """
    _require_secret(request, appointment_id)
    return _answer(
        confirm_appointment(
            appointment_id,
            name=body.name,
            email=body.email,
            phone=body.phone or "",
            documents_ready=body.documents_ready,
        )
    )


@router.get(
    "/appointments/{uuid:appointment_id}",
    auth=with_secret,
    response=AppointmentOut,
    summary="Read an appointment",
    openapi_extra=answers("unauthorized", "not_found", "too_many_attempts"),
)
def read(request: HttpRequest, appointment_id: UUID) -> AppointmentOut:
    """The appointment as it stands."""
    _require_secret(request, appointment_id)
    appointment = Appointment.objects.select_related("office").filter(pk=appointment_id).first()
    if appointment is None:
        raise NotFound
    if appointment.state == Appointment.State.HELD and expire_holds(appointment.office):
        appointment.refresh_from_db(fields=["state"])
    return _answer(appointment)


@router.delete(
    "/appointments/{uuid:appointment_id}",
    auth=with_secret,
    response=AppointmentOut,
    summary="Cancel an appointment",
    openapi_extra=answers(
        "unauthorized", "not_found", "wrong_state", "already_checked_in", "too_many_attempts"
    ),
)
def cancel(request: HttpRequest, appointment_id: UUID) -> AppointmentOut:
    """Give the time back and answer the cancelled appointment. Twice changes nothing."""
    _require_secret(request, appointment_id)
    return _answer(cancel_appointment(appointment_id))


def _require_secret(request: HttpRequest, appointment_id: UUID) -> None:
    """Raise ``NotFound`` for a wrong secret, as for an unknown id; ``TooManyAttempts``."""
    if not is_appointment_secret(appointment_id, request.auth):
        count_wrong_secret(request)
        raise NotFound


def _answer(appointment: Appointment) -> AppointmentOut:
    zone = appointment.office.zone
    held = appointment.state == Appointment.State.HELD
    return AppointmentOut(
        id=str(appointment.pk),
        code=appointment.code,
        state=appointment.state,
        start=appointment.start.astimezone(zone),
        end=appointment.end.astimezone(zone),
        office=str(appointment.office_id),
        offerings=[
            ItemOut(id=str(item.offering_id), quantity=item.quantity)
            for item in item_rows(appointment.pk)
        ],
        name=appointment.name,
        email=appointment.email,
        phone=appointment.phone,
        expires_at=appointment.expires_at.astimezone(zone) if held else None,
    )

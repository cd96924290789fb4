"""The shared model: fields, constraints and one-line properties. Changes live in ``domain``."""

from .appointment import Appointment, AppointmentItem
from .authority import Authority
from .device import Device
from .mail import OutboxMail
from .notice import Notice
from .office import Closure, Counter, KioskClosing, Office
from .service import Offering, Service, Situation
from .slot import OpeningHours, Slot, SlotGrid
from .staff import StaffRole, StaffToken, User
from .subscription import CalendarSubscription
from .visit import (
    CounterEvent,
    LastAction,
    Queue,
    TicketSeries,
    Visit,
    VisitEvent,
    VisitItem,
)
from .wait import WaitForecast
from .wish import Offer, Wish, WishItem
from .worker import WorkerHeartbeat

__all__ = [
    "Appointment",
    "AppointmentItem",
    "Authority",
    "CalendarSubscription",
    "Closure",
    "Counter",
    "CounterEvent",
    "Device",
    "KioskClosing",
    "LastAction",
    "Notice",
    "Offer",
    "Offering",
    "Office",
    "OpeningHours",
    "OutboxMail",
    "Queue",
    "Service",
    "Situation",
    "Slot",
    "SlotGrid",
    "StaffRole",
    "StaffToken",
    "TicketSeries",
    "User",
    "Visit",
    "VisitEvent",
    "VisitItem",
    "WaitForecast",
    "Wish",
    "WishItem",
    "WorkerHeartbeat",
]

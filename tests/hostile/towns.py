"""A town with one of everything an address can name, and everybody who may come there.

All its texts hold the town's ``word``, so that a test sees where one of them turns up.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse

from booking.domain import counters, devices
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.links import poster_secret
from booking.domain.notices import save_notice, shown_picture
from booking.domain.offers import offer_places
from booking.domain.paper_booking import book_on_paper
from booking.domain.permissions import make_staff_token
from booking.domain.subscriptions import mail_subscription
from booking.models import (
    Appointment,
    Closure,
    Counter,
    Device,
    Notice,
    Offer,
    Office,
    Situation,
    StaffRole,
    User,
)
from booking.security import appointment_secret, link_secret, mail_answer, wish_secret
from tests import factories
from tests.conftest import TUESDAY
from tests.wishes import listed

Role = StaffRole.Role


@dataclass(frozen=True)
class Person:
    """Somebody who asks: ``cookies`` and a login for pages, ``headers`` for the API."""

    user: User | None = None
    cookies: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def client(self, **options: Any) -> Client:
        """A new browser of this person. A fault of ours is raised in the test."""
        client = Client(headers=dict(self.headers), **options)
        if self.user:
            client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        for name, value in self.cookies:
            client.cookies[name] = value
        return client


NOBODY = Person()


def with_token(token: str, user: User | None = None, *cookies: tuple[str, str]) -> Person:
    return Person(user, cookies, (("Authorization", f"Bearer {token}"),))


class Town:
    """A town of its own. ``word`` is in every text a person can type; labels hold twelve."""

    def __init__(self, slug: str, word: str, label: str = "1") -> None:
        self.word = word
        self.authority = factories.AuthorityFactory(
            slug=slug,
            name=f"Stadt {word}",
            privacy_contact="datenschutz@example.org",
            inaccessible_de=f"Karten {word}",
            enforcement_body_de=f"Fachstelle {word}",
        )
        self.office = self._office("Bürgerbüro")
        self.sister = self._office("Standesamt")
        self.service = factories.ServiceFactory(
            authority=self.authority,
            slug=f"ausweis-{slug}",
            **{
                f"{field}_{language}": f"{field} {word}"
                for field in (
                    "name",
                    "summary",
                    "documents",
                    "keywords",
                    "costs",
                    "representation",
                    "children",
                )
                for language in ("de", "en")
            },
        )  # fmt: skip
        self.situation = Situation.objects.create(
            authority=self.authority, slug=f"umzug-{slug}", name=word
        )
        self.situation.services.add(self.service)
        self.offering = factories.OfferingFactory(office=self.office, service=self.service)
        self.sister_offering = factories.OfferingFactory(office=self.sister, service=self.service)
        self.hours = factories.make_hours(self.office)
        factories.make_hours(self.sister)
        self.closure = Closure.objects.create(
            office=self.office,
            first_day=date(2027, 5, 1),
            last_day=date(2027, 5, 2),
            reason=f"Fest {word}",
        )
        self.notice = Notice(
            office=self.office,
            **{
                f"{field}_{language}": f"{field} {word}"
                for field in ("heading", "text", "picture_text")
                for language in ("de", "en")
            },
        )
        save_notice(self.notice, picture=shown_picture(factories.picture((40, len(slug)))))
        self._people(slug)
        self._devices()
        self.counter = self._counter(label)
        self.free_counter = factories.CounterFactory(office=self.office, label="frei")
        self.appointment = self._booked(30)
        self.checked_in = self._booked(40)
        self.held_by_staff = hold_appointment(
            office=self.office,
            items=[Item(self.offering, 1)],
            start=TUESDAY + timedelta(minutes=50),
            by_staff=True,
        )
        self.on_paper = book_on_paper(
            office=self.office,
            items=[Item(self.offering, 1)],
            start=TUESDAY + timedelta(minutes=60),
            idempotency_key=f"{self.kiosk.pk.hex}-one-of-this-kiosk",
        )
        self.visit = draw_ticket(office=self.office, items=[Item(self.offering, 1)], actor=CITIZEN)
        self.secret = appointment_secret(self.appointment.pk)
        self.subscription = mail_subscription(self.appointment.pk)
        self.offer = self._offered()
        # Their tokens are made once, before anything is taken back.
        _made = self.desk, self.sister_desk, self.setup, self.sister_setup
        _made = self.front_desk, self.sister_front_desk

    def _office(self, name: str) -> Office:
        texts = ("name", "directions", "notice")
        return factories.OfficeFactory(
            authority=self.authority,
            address=f"Markt {self.word}",
            phone_check_in=Office.PhoneCheckIn.POSTER,
            **{
                f"{text}_{language}": f"{name} {text} {self.word}"
                for text in texts
                for language in ("de", "en")
            },
        )

    def _people(self, slug: str) -> None:
        self.lead = self._user("lead", slug)
        StaffRole.objects.create(user=self.lead, role=Role.LEAD, authority=self.authority)
        self.sister_lead = self._user("sister-lead", slug)
        self.clerk, self.sister_clerk = self._user("clerk", slug), self._user("sister", slug)
        self.receptionist = self._user("front-desk", slug)
        self.sister_receptionist = self._user("sister-front-desk", slug)
        for user, role, office in (
            (self.receptionist, Role.FRONT_DESK, self.office),
            (self.sister_receptionist, Role.FRONT_DESK, self.sister),
            (self.sister_lead, Role.LEAD, self.sister),
            (self.clerk, Role.CLERK, self.office),
            (self.sister_clerk, Role.CLERK, self.sister),
        ):
            StaffRole.objects.create(user=user, role=role, authority=self.authority, office=office)

    def _user(self, name: str, slug: str) -> User:
        return factories.UserFactory(username=f"{name}-{slug}", display_name=f"{name} {self.word}")

    def _devices(self) -> None:
        self.kiosk, self.kiosk_token = self._device(Device.Kind.KIOSK, self.office)
        self.display, self.display_token = self._device(Device.Kind.DISPLAY, self.office)
        _sister, self.sister_kiosk_token = self._device(Device.Kind.KIOSK, self.sister)
        _sister, self.sister_display_token = self._device(Device.Kind.DISPLAY, self.sister)

    def _device(self, kind: str, office: Office) -> tuple[Device, str]:
        return devices.make_device(kind=kind, office=office, name=f"Gerät {self.word}")

    def _counter(self, label: str) -> Counter:
        places = {"place_de": self.word, "place_en": self.word}
        counter = factories.CounterFactory(office=self.office, label=label, **places)
        return counters.open_counter(counter.pk, staff=self.clerk)

    def _booked(self, minutes: int) -> Appointment:
        held = hold_appointment(
            office=self.office,
            items=[Item(self.offering, 1)],
            start=TUESDAY + timedelta(minutes=minutes),
        )
        booked = confirm_appointment(
            held.pk, name="Kim Muster", email="kim@example.org", phone="03443 12345"
        )
        # Past the check of what may be typed: what stands in the database must do no harm.
        Appointment.objects.filter(pk=booked.pk).update(name=f"Kim {self.word}")
        booked.refresh_from_db()
        return booked

    def _offered(self) -> Offer:
        """Somebody waited and has an offer for next week."""
        wish = listed(self.offering, f"wish-{self.authority.slug}@example.org")
        offer_places(self.authority.pk)
        return wish.offers.get()

    # Who comes -------------------------------------------------------------------------

    @cached_property
    def citizen(self) -> Person:
        return Person(headers=(("X-Appointment-Secret", self.secret),))

    @cached_property
    def desk(self) -> Person:
        return with_token(make_staff_token(self.clerk), self.clerk)

    @cached_property
    def sister_desk(self) -> Person:
        return with_token(make_staff_token(self.sister_clerk), self.sister_clerk)

    @cached_property
    def front_desk(self) -> Person:
        return with_token(make_staff_token(self.receptionist), self.receptionist)

    @cached_property
    def sister_front_desk(self) -> Person:
        return with_token(make_staff_token(self.sister_receptionist), self.sister_receptionist)

    @cached_property
    def setup(self) -> Person:
        return with_token(make_staff_token(self.lead), self.lead)

    @cached_property
    def sister_setup(self) -> Person:
        return with_token(make_staff_token(self.sister_lead), self.sister_lead)

    @cached_property
    def at_kiosk(self) -> Person:
        return _device_of("schalter_kiosk", self.kiosk_token)

    @cached_property
    def at_sister_kiosk(self) -> Person:
        return _device_of("schalter_kiosk", self.sister_kiosk_token)

    @cached_property
    def at_display(self) -> Person:
        return _device_of("schalter_display", self.display_token)

    # What addresses name ---------------------------------------------------------------

    @cached_property
    def held(self) -> Appointment:
        """Nobody has given a name for it yet."""
        start = TUESDAY.replace(hour=11, minute=0)
        return hold_appointment(office=self.office, items=[Item(self.offering, 1)], start=start)

    @property
    def path_of_the_hold(self) -> str:
        return reverse("appointment", args=[self.held.pk, appointment_secret(self.held.pk)])

    def named(self, parameter: str, model: str | None) -> object:
        """What stands for a parameter of an address of this town."""
        if parameter in ("object_id", "id"):
            return self.thing(model or "user").pk
        return {
            "office_id": self.office.pk,
            "counter_id": self.counter.pk,
            "visit_id": self.visit.pk,
            "ticket_id": self.visit.pk,
            "appointment_id": self.appointment.pk,
            "hold_id": self.held_by_staff.pk,
            "booked_id": self.on_paper.pk,
            "secret": self.secret,
            "subscription_id": self.subscription.pk,
            "poster": poster_secret(self.office),
            "key": link_secret("calendar", self.subscription.pk),
            "answer": mail_answer(self.appointment.pk, self.appointment.email),
            "wish_id": self.offer.wish_id,
            "wish_key": wish_secret(self.offer.wish_id),
            "offer_id": self.offer.pk,
            "offering_id": self.offering.pk,
            "authority": self.authority.slug,
            "slug": self.authority.slug,
            "action": "begin",
            "table": "overview",
            "app_label": "booking",
            "url": "nothing",
            "notice_id": self.notice.pk,
            "digest": self.notice.picture_digest,
            "number": self.visit.number,
            "language": "de",
        }[parameter]

    def thing(self, model: str) -> Model:
        """The town's object of a model that has set-up pages."""
        return {
            "authority": self.authority,
            "office": self.office,
            "counter": self.free_counter,
            "service": self.service,
            "situation": self.situation,
            "offering": self.offering,
            "openinghours": self.hours,
            "closure": self.closure,
            "user": self.clerk,
            "device": self.kiosk,
            "notice": self.notice,
            "appointment": self.appointment,
            "visit": self.visit,
        }[model]


def _device_of(cookie: str, token: str) -> Person:
    return with_token(token, None, (cookie, token))

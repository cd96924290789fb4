"""Where a person can be sent on to by desk and front desk, and sending them there."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch
from django.http import QueryDict

from booking.domain import visits
from booking.domain.actor import Actor
from booking.domain.errors import NothingChosen
from booking.domain.items import Item, choose_items
from booking.models import Offering, Office, User, Visit


@dataclass(frozen=True)
class Target:
    """A choice: an office, for one of its services or (none given) for the same ones."""

    office: Office
    offering: Offering | None

    @property
    def value(self) -> str:
        return f"{self.office.pk}:{self.offering.pk if self.offering else ''}"


def transfer_targets(visit: Visit) -> list[tuple[Office, list[Target]]]:
    """By office of the authority, the visit's own first. Sends nobody where they already are."""
    offerings = Offering.objects.select_related("service")
    offices = Office.objects.filter(authority=visit.office.authority_id).prefetch_related(
        Prefetch("offerings", queryset=offerings)
    )
    items = list(visit.items.filter(done_at__isnull=True).select_related("offering"))
    wanted = {item.offering.service_id for item in items}
    groups = []
    for office in sorted(offices, key=lambda one: one.pk != visit.office_id):
        offered = list(office.offerings.all())
        is_here = office.pk == visit.office_id
        targets = [
            Target(office, offering)
            for offering in offered
            if not (is_here and wanted == {offering.service_id})
        ]
        if not is_here and wanted <= {offering.service_id for offering in offered}:
            targets.insert(0, Target(office, None))
        if targets:
            groups.append((office, targets))
    return groups


def _chosen_target(
    groups: list[tuple[Office, list[Target]]], form: QueryDict
) -> tuple[Office, list[Item]]:
    """What the form asks for. Raises ``NothingChosen`` or ``QuantityOutOfRange``."""
    by_value = {target.value: target for _office, targets in groups for target in targets}
    target = by_value.get(form.get("target", ""))
    if target is None:
        raise NothingChosen
    if target.offering is None:
        return target.office, []
    quantity = form.get("quantity", "1")
    persons = int(quantity) if quantity.isdecimal() and len(quantity) < 4 else 0
    return target.office, choose_items(target.office, [(target.offering.pk, persons)])


def send_on(
    visit: Visit, groups: list[tuple[Office, list[Target]]], form: QueryDict, *, staff: User
) -> Visit:
    """Send the person where the form says. Raises ``Refused``."""
    with transaction.atomic():
        visits.require_in_hand(visit.pk, staff=staff)
        office, items = _chosen_target(groups, form)
        return visits.transfer(visit.pk, actor=Actor(staff=staff), office=office, items=items)

"""People who wait, written in one go; run in the town's environment."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from booking import clock  # noqa: E402
from booking.models import Office, TicketSeries, Visit, VisitItem  # noqa: E402


def let_wait(office_id: str, count: int) -> int:
    """So many more are waiting, each a second after the other; how many there are now."""
    office = Office.objects.get(pk=office_id)
    day = clock.today(office.zone)
    offering = office.offerings.order_by("position").first()
    series, _new = TicketSeries.objects.get_or_create(
        office=office, day=day, letter=offering.letter
    )
    arrived = clock.now() - timedelta(seconds=count)
    visits = [
        Visit(
            office=office,
            day=day,
            letter=offering.letter,
            serial=series.last + number,
            arrived_at=arrived + timedelta(seconds=number),
            due_at=arrived + timedelta(seconds=number, minutes=office.target_wait_minutes),
        )
        for number in range(1, count + 1)
    ]
    series.last += count
    series.save()
    Visit.objects.bulk_create(visits)
    VisitItem.objects.bulk_create(VisitItem(visit=visit, offering=offering) for visit in visits)
    return Visit.objects.filter(office=office, state=Visit.State.WAITING).count()


if __name__ == "__main__":
    task = json.load(sys.stdin)
    print(json.dumps(let_wait(task["office"], task["count"])))

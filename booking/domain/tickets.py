"""Ticket numbers: a letter and a serial, unique per office and day."""

from datetime import date

from django.db.models import F

from booking.models import Office, TicketSeries, Visit


def draw_serial(office: Office, day: date, letter: str) -> int:
    """The next free serial of a letter. Needs a transaction; the row stays locked until then.

    Numbers that visitors brought along from another office are passed over.
    """
    TicketSeries.objects.get_or_create(office=office, day=day, letter=letter)
    series = TicketSeries.objects.filter(office=office, day=day, letter=letter)
    while True:
        series.update(last=F("last") + 1)
        serial = series.values_list("last", flat=True).get()
        if not number_is_taken(office, day, letter, serial):
            return serial


def number_is_taken(office: Office, day: date, letter: str, serial: int) -> bool:
    return Visit.objects.filter(office=office, day=day, letter=letter, serial=serial).exists()


def bring_serial(office: Office, day: date, letter: str, serial: int) -> int:
    """The serial of a visitor who comes from another office: the same, unless it is taken.

    Needs a transaction; the row of the letter stays locked, so that nobody draws the number
    meanwhile.
    """
    TicketSeries.objects.get_or_create(office=office, day=day, letter=letter)
    TicketSeries.objects.select_for_update().get(office=office, day=day, letter=letter)
    if number_is_taken(office, day, letter, serial):
        return draw_serial(office, day, letter)
    return serial

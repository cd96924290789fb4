"""``manage.py pair_device``: the token of a kiosk or display, for scripts."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from booking.domain.devices import make_device
from booking.models import Device, Office


class Command(BaseCommand):
    help = "Pair a kiosk or display and print its token, and nothing else. It is shown only once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--office", required=True, metavar="ID", help="id of the office")
        parser.add_argument("--kind", required=True, choices=Device.Kind.values)
        parser.add_argument("--name", default="", help="as shown in the list of devices")

    def handle(self, *, office: str, kind: str, name: str, **options: Any) -> None:
        _device, token = make_device(kind=kind, office=self.find_office(office), name=name)
        self.stdout.write(token)

    def find_office(self, office_id: str) -> Office:
        """Raises ``CommandError`` with the offices there are."""
        try:
            return Office.objects.get(pk=UUID(office_id))
        except (ValueError, Office.DoesNotExist):
            known = "\n".join(f"  {office.pk}  {office.name}" for office in Office.objects.all())
            raise CommandError(
                f"There is no office with the id {office_id!r}.\n{known or 'There is none yet.'}"
            ) from None

"""``manage.py delete_expired_personal_data``: what the worker does every hour, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from booking.domain.retention import delete_expired_personal_data


class Command(BaseCommand):
    help = "Blank the personal data of appointments whose retention is over."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{delete_expired_personal_data()} appointments blanked")

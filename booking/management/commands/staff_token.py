"""``manage.py staff_token USER``: a token with which a script acts as a member of staff."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from booking.domain.permissions import make_staff_token, revoke_staff_tokens
from booking.models import User


class Command(BaseCommand):
    help = "Print a new token of a member of staff, and nothing else. It is shown only once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="login name")
        parser.add_argument(
            "--revoke", action="store_true", help="end all tokens of USER instead of making one"
        )

    def handle(self, *, user: str, revoke: bool, **options: Any) -> None:
        staff = User.objects.filter(username=user).first()
        if staff is None:
            raise CommandError(f"There is nobody with the login name {user!r}.")
        if revoke:
            self.stdout.write(f"{revoke_staff_tokens(staff)} tokens revoked")
            return
        if not staff.is_active:
            raise CommandError(f"{user!r} is not active any more.")
        self.stdout.write(make_staff_token(staff))

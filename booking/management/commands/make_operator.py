"""``manage.py make_operator USER``: the first person who may set everything up."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from booking.domain.permissions import make_operator
from booking.models import User


class Command(BaseCommand):
    help = "Make an account the operator of all authorities; a new one is asked for a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="login name")

    @transaction.atomic
    def handle(self, *, user: str, **options: Any) -> None:
        account, is_new = User.objects.get_or_create(username=user)
        if is_new:
            account.set_password(_ask_password(account))
            account.save()
        make_operator(account)
        self.stdout.write(f"{user} is operator and can log in at /setup/")


def _ask_password(account: User) -> str:
    password = getpass("Password: ")
    if password != getpass("Password again: "):
        raise CommandError("The two passwords differ.")
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
    return password

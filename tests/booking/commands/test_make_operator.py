"""``manage.py make_operator``."""

import pytest
from django.core.management import CommandError, call_command

from booking.management.commands import make_operator
from booking.models import StaffRole, User
from tests import factories


@pytest.fixture
def type_passwords(monkeypatch):
    def answer(*passwords: str) -> None:
        typed = iter(passwords)
        monkeypatch.setattr(make_operator, "getpass", lambda prompt: next(typed))

    return answer


def test_a_new_account_may_set_up(client, db, type_passwords, capsys):
    type_passwords("a long enough password", "a long enough password")
    call_command("make_operator", "betrieb")
    user = User.objects.get(username="betrieb")
    assert user.check_password("a long enough password")
    client.force_login(user)
    assert client.get("/setup/").status_code == 200


def test_an_account_that_is_there_keeps_its_password(db):
    user = factories.UserFactory()
    call_command("make_operator", user.username)
    call_command("make_operator", user.username)
    assert [role.role for role in user.roles.all()] == [StaffRole.Role.OPERATOR]
    assert user.check_password("a long enough password")


@pytest.mark.parametrize("typed", [("one long password", "another password"), ("short", "short")])
def test_a_bad_password_makes_nobody(db, type_passwords, typed):
    type_passwords(*typed)
    with pytest.raises(CommandError):
        call_command("make_operator", "betrieb")
    assert not User.objects.exists()

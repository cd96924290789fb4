"""``manage.py staff_token``."""

from django.core.management import call_command

from booking.domain.permissions import staff_of_token


def test_a_token_is_all_it_prints(clerk, capsys):
    call_command("staff_token", clerk.username)
    assert staff_of_token(capsys.readouterr().out.strip()) == clerk


def test_revoked_tokens_open_nothing(clerk, capsys):
    call_command("staff_token", clerk.username)
    token = capsys.readouterr().out.strip()
    call_command("staff_token", "--revoke", clerk.username)
    assert capsys.readouterr().out == "1 tokens revoked\n"
    assert staff_of_token(token) is None

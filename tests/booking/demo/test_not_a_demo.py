"""Where the demo town must not come."""

import pytest
from django.core.management import CommandError

from booking.models import (
    Authority,
    User,
)
from tests import factories

from .conftest import load

pytestmark = pytest.mark.django_db


def test_the_public_password_never_comes_into_somebody_elses_database():
    factories.AuthorityFactory(slug="zeitz")
    with pytest.raises(CommandError, match="holds another town"):
        load()
    assert User.objects.count() == 0


def test_an_installation_that_says_it_is_no_demo_stays_none(settings, monkeypatch):
    monkeypatch.setenv("DEMO", "0")
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=0"):
        load()
    assert Authority.objects.count() == 0
    assert not settings.DEMO_CLOCK_FILE.exists()

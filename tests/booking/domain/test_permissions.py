import pytest

from booking.domain.errors import NotFound, NotPermitted
from booking.domain.permissions import (
    IN_SETUP,
    authorities_of,
    make_staff_token,
    offices_of,
    require_colleague,
    require_desk,
    staff_of_token,
)
from booking.models import StaffRole, StaffToken, User
from tests import factories
from tests.factories import make_staff

Role = StaffRole.Role


@pytest.fixture
def town(db):
    """Two offices of one authority, and one of another."""
    first = factories.OfficeFactory()
    return first, factories.OfficeFactory(authority=first.authority), factories.OfficeFactory()


def whole_authority(office, role):
    user = User.objects.create(username=role)
    StaffRole.objects.create(user=user, role=role, authority=office.authority)
    return user


@pytest.mark.parametrize("role", [Role.CLERK, Role.FRONT_DESK, Role.LEAD])
def test_a_role_at_an_office_holds_there_alone(town, role):
    user = make_staff(town[0], role)
    assert list(offices_of(user)) == [town[0]]
    require_desk(user, town[0])
    for office in town[1:]:
        with pytest.raises(NotPermitted):
            require_desk(user, office)


def test_a_role_at_an_authority_holds_at_all_its_offices(town):
    user = whole_authority(town[0], Role.LEAD)
    assert set(offices_of(user, IN_SETUP)) == set(town[:2])
    assert list(authorities_of(user)) == [town[0].authority]


def test_a_clerk_sets_nothing_up(town):
    user = whole_authority(town[0], Role.CLERK)
    assert list(offices_of(user, IN_SETUP)) == []
    assert list(authorities_of(user)) == []


def test_a_lead_of_one_office_does_not_change_the_authority(town):
    assert list(authorities_of(make_staff(town[0], Role.LEAD))) == []


def test_an_operator_may_everywhere(town):
    user = User.objects.create(username="operator")
    StaffRole.objects.create(user=user, role=Role.OPERATOR)
    assert set(offices_of(user)) == set(town)
    assert authorities_of(user).count() == 2
    require_colleague(user, town[2])


def test_who_has_left_may_nowhere(town):
    user = whole_authority(town[0], Role.LEAD)
    user.is_active = False
    assert list(offices_of(user)) == []
    assert list(authorities_of(user)) == []


def test_colleagues_are_refused_and_strangers_see_nothing(town):
    user = make_staff(town[0])
    require_colleague(user, town[0])
    with pytest.raises(NotPermitted):
        require_colleague(user, town[1])
    with pytest.raises(NotFound):
        require_colleague(user, town[2])


def test_a_token_stands_for_its_user_and_only_its_hash_is_kept(clerk):
    token = make_staff_token(clerk)
    assert staff_of_token(token) == clerk
    assert staff_of_token(f"{token}x") is None
    assert StaffToken.objects.filter(token_hash=token).count() == 0


def test_a_token_ends_with_its_user(clerk):
    token = make_staff_token(clerk)
    clerk.is_active = False
    clerk.save()
    assert staff_of_token(token) is None

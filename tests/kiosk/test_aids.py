"""Large type, high contrast, reading aloud: for one visitor, and gone with the next one."""

import pytest
from django.urls import reverse

from kiosk.aids import COOKIE

pytestmark = pytest.mark.django_db


def switch(kiosk, aid, page="/kiosk/services/"):
    return kiosk.post(reverse("kiosk_aid"), {"aid": aid, "page": page})


def classes_of(answer) -> str:
    return answer.content.decode().split('class="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize("aid", ["large", "contrast", "aloud"])
def test_an_aid_is_switched_on_for_every_page_and_off_again(kiosk, offering, aid):
    assert switch(kiosk, aid).url == "/kiosk/services/"
    for page in ("kiosk", "kiosk_services", "kiosk_check_in", "kiosk_several"):
        assert f"kiosk--{aid}" in classes_of(kiosk.get(reverse(page)))
    switch(kiosk, aid)
    assert f"kiosk--{aid}" not in classes_of(kiosk.get(reverse("kiosk")))


def test_two_aids_go_together(kiosk):
    switch(kiosk, "large")
    switch(kiosk, "contrast")
    assert "kiosk--large kiosk--contrast" in classes_of(kiosk.get(reverse("kiosk")))


def test_the_next_visitor_finds_none(kiosk, office):
    switch(kiosk, "large")
    home = kiosk.get("/en/kiosk/").context["home"]
    answer = kiosk.get(home)
    assert answer.url == "/kiosk/"
    assert answer.cookies[COOKIE]["max-age"] == 0
    assert kiosk.get("/kiosk/").context["is_fresh"]


def test_whoever_uses_an_aid_has_more_time(kiosk):
    def patience() -> int:
        return kiosk.get(reverse("kiosk")).context["patience"]

    before = patience()
    switch(kiosk, "contrast")
    assert patience() >= 2 * before


@pytest.mark.parametrize(
    "page",
    ["//example.org/kiosk/", "https://example.org/", "/setup/", "/nowhere/", "", "/kiosk/\nX: y"],
)
def test_a_page_that_is_not_the_kiosks_is_not_gone_to(kiosk, page):
    assert switch(kiosk, "large", page).url == reverse("kiosk")


def test_an_unknown_aid_changes_nothing(kiosk):
    switch(kiosk, "telepathy")
    assert kiosk.get(reverse("kiosk")).context["chosen_aids"] == []


def test_a_forged_cookie_is_read_as_far_as_it_says_something(kiosk):
    kiosk.cookies[COOKIE] = 'large-"><script>-aloud'
    assert kiosk.get(reverse("kiosk")).context["chosen_aids"] == ["large", "aloud"]


def test_a_kiosk_without_sound_does_not_offer_to_read_aloud(kiosk, device):
    switch(kiosk, "aloud")
    device.voice_volume = 0
    device.save()
    page = kiosk.get(reverse("kiosk"))
    assert [aid for aid, _name, _on in page.context["aids"]] == ["large", "contrast"]
    assert not page.context["reads_aloud"]


def test_larger_type_has_fewer_tiles_on_a_page(kiosk, office, offering):
    from tests import factories

    factories.OfferingFactory.create_batch(8, office=office)
    assert len(kiosk.get(reverse("kiosk_services")).context["choices"]) == 9
    switch(kiosk, "large")
    first = kiosk.get(reverse("kiosk_services")).context
    assert len(first["choices"]) == 4
    assert first["page"].paginator.num_pages == 3

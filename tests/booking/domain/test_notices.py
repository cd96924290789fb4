"""Notices: their pictures, their days, and that displays hear of them."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError
from PIL import Image

from booking.domain import notices
from booking.domain.errors import PictureUnusable
from booking.models import Notice, Queue
from tests import factories
from tests.conftest import TUESDAY

TODAY = TUESDAY.date()
A_DAY = timedelta(days=1)


def opened(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_whatever_is_sent_is_kept_as_webp(kind):
    shown = opened(notices.shown_picture(factories.picture(kind=kind)))
    assert (shown.format, shown.size) == ("WEBP", (40, 20))


def test_a_large_picture_is_made_as_large_as_a_screen_needs():
    assert opened(notices.shown_picture(factories.picture((4000, 1000)))).size == (1920, 480)


def test_a_photo_is_upright_and_forgets_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "at home"
    shown = opened(notices.shown_picture(factories.picture(kind="JPEG", exif=exif)))
    assert shown.size == (20, 40)
    assert not shown.getexif()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        factories.picture()[:50],
        factories.picture(kind="GIF"),
    ],
    ids=["nothing", "svg", "cut off", "gif"],
)
def test_what_is_no_picture_is_refused(sent):
    with pytest.raises(PictureUnusable):
        notices.shown_picture(sent)


def test_a_picture_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(notices, "PIXELS_AT_MOST", 799)
    with pytest.raises(PictureUnusable):
        notices.shown_picture(factories.picture((40, 20)))


@pytest.mark.django_db
def test_a_picture_stays_until_another_or_none_is_chosen(office):
    notice = Notice(office=office, heading="Fest")
    notices.save_notice(notice, picture=notices.shown_picture(factories.picture()))
    first = notice.picture_digest
    notices.save_notice(notice)
    assert Notice.objects.get().picture_digest == first != ""
    notices.save_notice(notice, picture=b"")
    kept = Notice.objects.get()
    assert (bytes(kept.picture), kept.picture_digest) == (b"", "")


@pytest.mark.django_db
def test_every_change_of_a_notice_is_announced(office):
    def version() -> int:
        return Queue.objects.get(pk=office.pk).version

    notice = Notice(office=office, heading="Fest")
    notices.save_notice(notice)
    saved = version()
    notices.delete_notice(notice)
    assert (saved, version()) == (1, 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (None, TODAY - A_DAY, False),
        (TODAY + A_DAY, None, False),
    ],
)
def test_a_notice_is_shown_on_its_days(office, first, last, shown):
    notices.save_notice(Notice(office=office, heading="Fest", first_day=first, last_day=last))
    assert notices.notices_on([office.pk], TODAY).exists() is shown


@pytest.mark.django_db
def test_a_notice_cannot_end_before_it_begins(office):
    with pytest.raises(IntegrityError):
        notices.save_notice(
            Notice(office=office, heading="Fest", first_day=TODAY, last_day=TODAY - A_DAY)
        )

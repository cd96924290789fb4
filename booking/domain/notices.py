"""What a town tells those who wait: every change of a notice, and which ones are shown."""

import hashlib
from collections.abc import Collection
from datetime import date
from io import BytesIO
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from PIL import Image, ImageOps, UnidentifiedImageError

from booking import clock
from booking.models import Notice

from .announcements import announce
from .errors import PictureUnusable

FORMATS = ("JPEG", "PNG", "WEBP")
# What is sent may be packed a thousandfold, so this is asked before it is unpacked.
PIXELS_AT_MOST = 50_000_000
# Nobody sees more beside the calls, even on a 4K screen.
LONGEST_SIDE = 1920


@transaction.atomic
def save_notice(notice: Notice, *, picture: bytes | None = None) -> None:
    """Keep a notice and tell the displays. ``picture`` is :func:`shown_picture`'s; ``b""``
    takes the present one away, ``None`` leaves it.
    """
    if picture is not None:
        notice.picture = picture
        notice.picture_digest = hashlib.sha256(picture).hexdigest()[:16] if picture else ""
    notice.changed_at = clock.now()
    notice.save()
    announce(notice.office_id)


@transaction.atomic
def delete_notice(notice: Notice) -> None:
    """Take a notice away and tell the displays."""
    notice.delete()
    announce(notice.office_id)


def notices_on(office_ids: Collection[UUID], day: date) -> QuerySet[Notice]:
    """The notices of the offices that are shown on a local day, without their pictures."""
    begun = Q(first_day__isnull=True) | Q(first_day__lte=day)
    not_over = Q(last_day__isnull=True) | Q(last_day__gte=day)
    return Notice.objects.filter(begun & not_over, office__in=office_ids).defer("picture")


def shown_picture(sent: bytes) -> bytes:
    """A picture as displays show it: WebP, upright, no larger than they need.

    It is drawn anew, so nothing of what was sent comes along: neither the place where a photo
    was taken nor anything that only looks like a picture. Raises ``PictureUnusable``.
    """
    try:
        with Image.open(BytesIO(sent), formats=FORMATS) as image:
            if image.width * image.height > PIXELS_AT_MOST:
                raise PictureUnusable
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            shown = BytesIO()
            upright.convert("RGBA").save(shown, "WEBP", quality=85, exif=b"", icc_profile=None)
    except (
        UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError,
    ) as error:  # fmt: skip
        raise PictureUnusable from error
    return shown.getvalue()

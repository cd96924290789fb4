"""The waiting-room display: one page that a paired screen keeps open for months."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import clock
from booking.domain.closing_times import ClosedDays, coming_closed_days
from booking.domain.notices import notices_on
from booking.domain.office_hours import current_span, next_opening
from booking.local_time import day_text, short_day_text, time_text
from booking.models import Counter, Device, Notice, Office
from booking.pairing.device import DeviceRequest, device_required
from booking.speech import has_voice, spoken

from .legibility import capital_height, diagonal, type_size
from .snapshot import display_message, places_of
from .wording import NUMBER, all_call_patterns, is_name, spoken_call, spoken_number

# A display that hears nothing for so long says so; the server speaks every ten seconds.
STALE_SECONDS = 15
# Each notice is shown for so long: time to read 300 letters.
NOTICE_SECONDS = 15
# The number of the test page.
SAMPLE = "A017"


@never_cache
@require_safe
@device_required(Device.Kind.DISPLAY)
def display(request: DeviceRequest) -> HttpResponse:
    """The board with its present state; from then on the sockets bring the changes."""
    device = request.device
    office = device.office
    offices = [office, *device.also_shows.all()]
    context = {
        "authority": office.authority,
        "office": office,
        "offices": offices,
        "layout": device.layout,
        "settings": {
            **_screen_and_sound(device),
            "staleAfter": STALE_SECONDS * 1000,
            "callFor": device.call_seconds * 1000,
            "noticeFor": NOTICE_SECONDS * 1000,
            "offices": [
                {"id": str(one.pk), "name": one.name, "socket": f"/ws/display/?office={one.pk}"}
                for one in offices
            ],
            "time": reverse("display_time"),
            "notices": reverse("display_notices") if device.layout == "notices" else "",
            **_time_and_hours(office),
        },
        "words": _words(),
        "snapshot": display_message(office.pk),
    }
    return render(request, "display/board.html", context)


@never_cache
@require_safe
@device_required(Device.Kind.DISPLAY)
def display_test(request: DeviceRequest) -> HttpResponse:
    """For whoever hangs the screen: can it be read from the last seat, and heard?"""
    device = request.device
    office = device.office
    context = {
        "authority": office.authority,
        "office": office,
        "device": device,
        "capital_mm": round(capital_height(device.distance_cm)),
        "metres": device.distance_cm / 100,
        "settings": _screen_and_sound(device)
        | {"sample": {"office": str(office.pk), **_sample_call(office)}},
        "words": _words(),
    }
    return render(request, "display/test.html", context)


@never_cache
@require_safe
@device_required(Device.Kind.DISPLAY)
def display_time(request: DeviceRequest) -> JsonResponse:
    """The server's time, by which the display sets its clock, and whether the office is open."""
    return JsonResponse(_time_and_hours(request.device.office))


@never_cache
@require_safe
@device_required(Device.Kind.DISPLAY)
def display_notices(request: DeviceRequest) -> JsonResponse:
    """What is shown beside the calls: today's notices, and when the office is closed."""
    office = request.device.office
    today = clock.today(office.zone)
    offices = [office.pk, *request.device.also_shows.values_list("pk", flat=True)]
    return JsonResponse(
        {
            "notices": [_notice(one) for one in notices_on(offices, today)],
            "closing": _closing_times(office),
        }
    )


@never_cache
@require_safe
@device_required(Device.Kind.DISPLAY)
def display_picture(request: DeviceRequest, notice_id: UUID, digest: str) -> HttpResponse:
    """The picture of a notice; another one has another digest."""
    notice = get_object_or_404(Notice.objects.exclude(picture_digest=""), pk=notice_id)
    if notice.picture_digest != digest or not _shows(request.device, notice.office_id):
        raise Http404
    return HttpResponse(bytes(notice.picture), content_type="image/webp")


@never_cache
@require_safe
@device_required(Device.Kind.DISPLAY)
def display_speech(
    request: DeviceRequest, counter_id: UUID, number: str, language: str
) -> HttpResponse:
    """A call, spoken; nothing but a number and one of the counters can be said."""
    counter = get_object_or_404(Counter, pk=counter_id)
    known = language in dict(settings.LANGUAGES) and NUMBER.fullmatch(number)
    if not known or not _shows(request.device, counter.office_id):
        raise Http404
    sound = spoken(spoken_call(number, counter.label, places_of(counter), language), language)
    if sound is None:
        raise Http404
    return HttpResponse(sound, content_type="audio/wav")


def _shows(device: Device, office_id: UUID) -> bool:
    return device.office_id == office_id or device.also_shows.filter(pk=office_id).exists()


def _screen_and_sound(device: Device) -> dict[str, object]:
    """What board and test page share; volumes from 0 to 1, lengths in millimetres."""
    quiet = [device.quiet_from, device.quiet_until]
    # Filled in by the script: the addresses of spoken calls.
    speech = reverse(
        "display_speech",
        kwargs={"counter_id": UUID(int=0), "number": "A000", "language": "xx"},
    )
    return {
        "zone": device.office.time_zone,
        "typeSize": round(type_size(device.distance_cm), 2),
        "diagonal": round(diagonal(device.diagonal_inches), 1),
        "gong": device.gong_volume / 100,
        "voice": device.voice_volume / 100,
        "quiet": [f"{time:%H:%M}" for time in quiet if time is not None],
        "speech": speech if has_voice() else "",
        "sentences": all_call_patterns(),
    }


def _sample_call(office: Office) -> dict[str, object]:
    """The call of the test page, to the first counter of the office."""
    counter = office.counters.first()
    label = counter.label if counter else "1"
    return {
        "number": SAMPLE,
        "spoken": spoken_number(SAMPLE),
        "counter": label,
        "counter_is_name": is_name(label),
        "counter_id": str(counter.pk) if counter else "",
        "places": places_of(counter) if counter else {},
    }


def _words() -> dict[str, str]:
    return {
        "wait": _("Please wait until your number is shown here."),
        # Translators: {time} is when the display last heard from the server.
        "stale": _("No connection since {time}."),
        # Translators: {count} calls do not fit and are shown in turn with the others.
        "inTurn": _("{count} more"),
        # Translators: a wait in minutes, as a range.
        "range": pgettext("wait in minutes", "{from}–{to}"),
        # Translators: the same where nobody can say how much longer it may take.
        "longer": pgettext("wait in minutes", "> {from}"),
        "unknown": pgettext("wait", "unknown"),
        "hours": _("Opening hours"),
        "browserVoice": _("The browser of this screen speaks by itself."),
        "serverVoice": _("The server speaks for this screen."),
        "noVoice": _("Nobody speaks: neither this browser nor the server has a voice."),
    }


def _notice(notice: Notice) -> dict[str, str]:
    address = {"notice_id": notice.pk, "digest": notice.picture_digest}
    return {
        "heading": notice.heading,
        "text": notice.text,
        "picture": reverse("display_picture", kwargs=address) if notice.picture_digest else "",
        "picture_text": notice.picture_text,
    }


def _time_and_hours(office: Office) -> dict[str, object]:
    """``now`` in milliseconds; ``closed`` is a sentence, empty while the office is open."""
    return {"now": round(clock.now().timestamp() * 1000), "closed": _closed(office)}


def _closed(office: Office) -> str:
    if current_span(office):
        return ""
    opening = next_opening(office)
    if opening is None:
        return _("The office is closed.")
    if opening.date() == clock.today(office.zone):
        return _("The office is closed. It opens at %(time)s.") % {"time": time_text(opening)}
    return _("The office is closed. It opens on %(day)s at %(time)s.") % {
        "day": day_text(opening.date()),
        "time": time_text(opening),
    }


def _closing_times(office: Office) -> list[str]:
    span = current_span(office)
    today = [_("Open today until %(time)s.") % {"time": time_text(span[1])}] if span else []
    return today + [_closed_days(days) for days in coming_closed_days(office)]


def _closed_days(days: ClosedDays) -> str:
    if days.first_day == days.last_day:
        told = _("Closed on %(day)s") % {"day": short_day_text(days.first_day)}
    else:
        told = _("Closed from %(first)s to %(last)s") % {
            "first": short_day_text(days.first_day),
            "last": short_day_text(days.last_day),
        }
    return f"{told} ({days.reason})" if days.reason else told

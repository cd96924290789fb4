"""What a page of the kiosk says, made by the server where its browser has no voice.

The page sends its own sentences: they hold numbers and names of services, nothing of anybody.
"""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import get_language

from booking.domain.errors import TooManyAttempts
from booking.pairing.device import DeviceRequest
from booking.speech import spoken
from booking.throttle import count_attempt

from .page import kiosk_page

LONGEST_SENTENCE = 400
# What is on the screen, and every control that is walked through.
SENTENCES_PER_MINUTE = 120


@kiosk_page("POST")
def kiosk_aloud(request: DeviceRequest) -> HttpResponse:
    """A sentence as a WAV file, in the language of the page; not found where nobody speaks it.

    Nothing, or more than a sentence, is a bad request.
    """
    sentence = " ".join(request.POST.get("sentence", "").split())
    if not sentence or len(sentence) > LONGEST_SENTENCE or not sentence.isprintable():
        return HttpResponse(status=400)
    try:
        count_attempt("kiosk-aloud", str(request.device.pk), limit=SENTENCES_PER_MINUTE)
    except TooManyAttempts:
        return HttpResponse(status=429)
    sound = spoken(sentence, get_language() or settings.LANGUAGE_CODE)
    if sound is None:
        raise Http404
    return HttpResponse(sound, content_type="audio/wav")

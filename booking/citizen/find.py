"""Who has lost the link gets it again by mail, with the code and the e-mail address.

The answer is the same whether or not there is such an appointment: nobody learns who comes.
"""

from contextlib import suppress
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking.client import client_of
from booking.domain.errors import Refused, TooManyAttempts
from booking.domain.found_again import digits_of, find_by_code_and_mail
from booking.domain.reception import resend_confirmation
from booking.models import Authority
from booking.throttle import count_attempt

from .forms import HeardField

SEARCHES_PER_MINUTE = 10
# Only right ones count: nobody can use them up for somebody else, or fill a mailbox.
MAILS_PER_HOUR = 3


class FindForm(forms.Form):
    """Both are on the confirmation, printed or mailed."""

    use_required_attribute = False
    bound_field_class = HeardField
    code = forms.CharField(
        label=gettext_lazy("Check-in code"),
        help_text=gettext_lazy("Eight digits, on your confirmation."),
        max_length=20,
        error_messages={"required": gettext_lazy("Please enter the eight digits of your code.")},
        widget=forms.TextInput(
            {"class": "kern-form-input__input", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("With which the appointment was booked."),
        max_length=254,
        error_messages={
            name: gettext_lazy("Please enter an e-mail address such as name@example.org.")
            for name in ("required", "invalid")
        },
        widget=forms.EmailInput({"class": "kern-form-input__input", "autocomplete": "email"}),
    )

    def clean_code(self) -> str:
        code = digits_of(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("Please enter the eight digits of your code."))
        return code

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if field:
            self.fields[field].widget.attrs["class"] += " kern-form-input__input--error"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest, authority: str) -> HttpResponse:
    """The form, and what it says once it was sent."""
    town = get_object_or_404(Authority, slug=authority)
    sent = request.method == "POST"
    form, status, refused = FindForm(request.POST if sent else None), 200, None
    if form.is_valid():
        try:
            if client := client_of(request):
                count_attempt("find", client, limit=SEARCHES_PER_MINUTE)
        except TooManyAttempts as too_many:
            refused, status = too_many, 429
        else:
            _send_again(town, **form.cleaned_data)
            return redirect(f"{request.path}?sent=1")
    elif sent:
        status = 422
    context = {"authority": town, "form": form, "refused": refused, "sent": "sent" in request.GET}
    return render(request, "citizen/find.html", context, status=status)


def _send_again(town: Authority, *, code: str, email: str) -> None:
    appointment_id = find_by_code_and_mail(town, code=code, email=email)
    if appointment_id is None:
        return
    whose = salted_hmac("find", email.lower(), algorithm="sha256").hexdigest()
    with suppress(Refused):  # too many mails, or cancelled this very moment: nobody is told
        count_attempt("find-mail", whose, limit=MAILS_PER_HOUR, seconds=3600)
        resend_confirmation(appointment_id)

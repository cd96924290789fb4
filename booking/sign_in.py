"""Signing in: Django's page, and browsers that are known.

Ten wrong passwords lock an account for ten minutes. So that strangers cannot lock out
whoever works here, a browser in which somebody has signed in before is counted apart from
all others: it keeps a cookie that only we can make for this login name.
"""

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from .models import User

COOKIE = "schalter_staff"
COOKIE_SECONDS = 400 * 24 * 60 * 60
# Stand in for the client's address, which is kept nowhere.
ANY_BROWSER = "0.0.0.0"  # noqa: S104 - a value that says nothing, not an address to bind
KNOWN_BROWSER = "0.0.0.1"


class StaffLoginForm(AuthenticationForm):
    """Django's form, with a limit to the name that is checked and not only shown."""

    username = UsernameField(max_length=User._meta.get_field("username").max_length)


class StaffLoginView(LoginView):
    """The login page."""

    authentication_form = StaffLoginForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        """Never back to this page itself, which would go round in circles."""
        url = super().get_redirect_url()
        return "" if url.partition("?")[0] == self.request.path else url

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        response.set_cookie(
            COOKIE,
            _mark(form.get_user().get_username()),
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS,
        )
        return response


def address_stand_in(request: HttpRequest) -> str:
    """What the lock-out stores and counts by instead of the client's address."""
    name, mark = request.POST.get("username", ""), request.COOKIES.get(COOKIE, "")
    return KNOWN_BROWSER if constant_time_compare(mark, _mark(name)) else ANY_BROWSER


def _mark(username: str) -> str:
    return salted_hmac("known browser", username, algorithm="sha256").hexdigest()

"""Name, e-mail and phone, as a citizen or whoever takes a call types them."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from .errors import DetailsInvalid


def clean_details(*, name: str, email: str, phone: str, by_staff: bool = False) -> dict[str, str]:
    """Trimmed contact details; staff may leave out the e-mail address.

    Raises ``DetailsInvalid`` with a sentence per field.
    """
    details = {"name": " ".join(name.split()), "email": email.strip(), "phone": phone.strip()}
    wrong = {}
    if not details["name"]:
        wrong["name"] = _("Please enter your name.")
    elif len(details["name"]) > 120 or not details["name"].isprintable():
        wrong["name"] = _("Please enter your name in at most 120 letters.")
    try:
        if details["email"] or not by_staff:
            validate_email(details["email"])
        if len(details["email"]) > 254:
            raise ValidationError("too long")
    except ValidationError:
        wrong["email"] = _("Please enter an e-mail address such as name@example.org.")
    digits = sum(character.isdigit() for character in details["phone"])
    allowed = set("0123456789 +-/()")
    if details["phone"] and (
        not set(details["phone"]) <= allowed or digits < 5 or len(details["phone"]) > 40
    ):
        wrong["phone"] = _("Please enter a phone number with digits, or leave it empty.")
    if wrong:
        raise DetailsInvalid(wrong)
    return details

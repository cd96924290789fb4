"""Phone numbers as people type them, and as a gateway wants them."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

# Of a number typed without its country.
COUNTRY = "DE"
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def mobile_number(typed: str) -> str:
    """The number as in E.164; empty where it is none, or none that receives an SMS."""
    try:
        number = phonenumbers.parse(typed, COUNTRY)
    except NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in MOBILE:
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)

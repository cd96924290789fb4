"""How a counter is called in sentences."""

import re

from django.utils.translation import gettext as _

# A label with a word in it, such as "Empfang" or "Zimmer 12", is a name by itself; "3" and
# "Z 12" are not. The display's script decides alike.
WORD = re.compile(r"[^\W\d_]{3}")


def is_name(label: str) -> bool:
    """Whether a counter is called by its label alone."""
    return bool(WORD.search(label))


def counter_name(label: str) -> str:
    """“Counter 3” for the label 3, and “Empfang” for the label Empfang; empty for none."""
    if not label or is_name(label):
        return label
    return _("Counter %(label)s") % {"label": label}

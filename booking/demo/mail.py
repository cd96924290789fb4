"""Mails as files: what the embedded default has instead of a mail server."""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from booking import clock
from booking.security import new_digits

logger = logging.getLogger(__name__)


class FileBackend(BaseEmailBackend):
    """Writes each mail to a file of its own, which any mail program opens.

    The log shows the file, and in the demo, where everybody is made up, also the address.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.EMAIL_FILE_PATH
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            path = folder / f"{clock.now():%Y%m%d-%H%M%S}-{new_digits(6)}.eml"
            path.write_bytes(mail.message().as_bytes())
            to = f" to {', '.join(mail.recipients())}" if settings.DEMO else ""
            logger.info("mail%s written to %s", to, path)
        return len(email_messages)

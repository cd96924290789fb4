"""Keeps secret links, tokens, refused rows and clients' addresses out of the log."""

import logging
import re

SECRETS = re.compile(
    r"""(/(?:appointment|calendar|here|wish)/[0-9a-f-]{36}/)[^/\s'"]+  # a secret link
    |([?&]token=)[^&\s'"]+                 # a device's token on a socket's address
    |(client=)(?:\[[^\]]*\]|'[^']*')       # as Daphne describes a connection
    """,
    re.VERBOSE,
)
# PostgreSQL repeats the refused row, name and all: as long as the traceback of this error is.
ROW = re.compile(
    r"(DETAIL: ).*?(?=\n\n(?:The above exception was|During handling of)|\Z)", re.DOTALL
)


class WithoutSecrets(logging.Filter):
    """Blanks them in the finished line and in the traceback below it."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        if SECRETS.search(line):
            record.msg, record.args = SECRETS.sub(_blanked, line), ()
        if record.exc_info and not record.exc_text:
            traceback = logging.Formatter().formatException(record.exc_info)
            record.exc_text = SECRETS.sub(_blanked, ROW.sub(_blanked, traceback))
        return True


def _blanked(found: re.Match[str]) -> str:
    return f"{found.group(found.lastindex)}…"

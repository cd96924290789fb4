"""Keeps secret links, tokens and addresses of clients out of the log, whatever a line repeats."""

import logging
import re

SECRETS = re.compile(
    r"""(/appointment/[0-9a-f-]{36}/)[^/\s'"]+  # the secret link
    |([?&]token=)[^&\s'"]+                      # a device's token on a socket's address
    |(client=)(?:\[[^\]]*\]|'[^']*')            # as Daphne describes a connection
    """,
    re.VERBOSE,
)


class WithoutSecrets(logging.Filter):
    """Blanks them in the finished line."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        if SECRETS.search(line):
            record.msg, record.args = SECRETS.sub(_blanked, line), ()
        return True


def _blanked(found: re.Match[str]) -> str:
    return f"{found.group(found.lastindex)}…"

"""Which sites may open sockets here."""

from urllib.parse import ParseResult

from channels.security.websocket import OriginValidator


class OriginValidatorForBrowsers(OriginValidator):
    """Turns away browsers on foreign pages, but not programs.

    Only browsers send ``Origin``, and only they attach cookies on their own. A program that
    comes with a token (a town's own display, a test) sends none and has nothing to abuse.
    """

    def valid_origin(self, parsed_origin: ParseResult | None) -> bool:
        return parsed_origin is None or self.validate_origin(parsed_origin)

"""How values lie in Redis."""

import json
from typing import Any


class JsonSerializer:
    """Plain JSON, not pickles: whoever can write to Redis must not run code here.

    Numbers stay bare, so that Redis can count.
    """

    def dumps(self, value: Any) -> int | bytes:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)

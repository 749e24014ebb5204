"""The ids that clients give their requests: the same id again is the same request, and has one answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from cachetools import TTLCache

from service.problems import Kind, Problem

HEADER = "Idempotency-Key"
"""Source: draft-ietf-httpapi-idempotency-key-header. Its value is in quotes, which most clients leave out."""

LONGEST = 64
_ID = re.compile(rf'("?)([A-Za-z0-9_-]{{1,{LONGEST}}})\1', re.ASCII)
_KEPT, _SECONDS = 8192, 3600.0


def given_id(values: Sequence[str]) -> str | None:
    """The id in these values of the header; None without any. Problem if there are two, or for no id."""
    if not values:
        return None
    match = _ID.fullmatch(values[0])
    if len(values) > 1 or match is None:
        raise Problem(
            Kind.BAD_PARAMETER,
            f"The header {HEADER} is given once, and has 1 to {LONGEST} letters, digits, - or _, such as a "
            "UUID.",
            parameter=HEADER,
        )
    return match[2]


def request_identity(client: str, given: str, key: str) -> str:
    """Of a client's request with an id of its own: 32 hexadecimal digits.

    key: of the answer. Another photo with the same id is another request, so nobody gets a wrong answer.
    """
    return hashlib.sha256(f"{client} {given} {key}".encode()).hexdigest()[:32]


class UsedIds:
    """For which request each id was used; those that were not seen for long are forgotten."""

    def __init__(self) -> None:
        self._keys: TTLCache[tuple[str, str], str] = TTLCache(_KEPT, _SECONDS)

    def use(self, client: str, given: str, key: str) -> None:
        """Note what a client's id stands for. Problem if that was something else."""
        if self._keys.setdefault((client, given), key) != key:
            raise Problem(
                Kind.REUSED_ID,
                f"This {HEADER} was sent with another photo or other parameters; give each request its own, "
                "and send it again only with the very same request.",
            )

"""Who comes in: every request that costs something brings a key with the scope for it, and not too often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.access.keys import Key, Scope
from service.access.rates import Rates
from service.errors import KeyRefusedError
from service.problems import Kind, Problem
from service.rest.context import service_of

_bearer = HTTPBearer(
    scheme_name="key",
    description="A key, `ss_<id>_<secret>`, of `python -m service keys make`.",
    auto_error=False,
)
_Sent = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]

PROBLEMS = (Kind.NO_KEY, Kind.NOT_ALLOWED, Kind.TOO_OFTEN)
"""What a request may be refused with at the gate."""


def needs(scope: Scope | None) -> Callable[[Request, _Sent], Awaitable[Key]]:
    """For a route: it is open to keys with this scope; None for every valid key."""

    async def let_in(request: Request, sent: _Sent) -> Key:
        service = service_of(request)
        try:
            key = service.keys.check(sent.credentials if sent else "")
        except KeyRefusedError as error:
            challenge = 'Bearer realm="StreetScope"' + (', error="invalid_token"' if sent else "")
            raise Problem(Kind.NO_KEY, str(error), {"WWW-Authenticate": challenge}) from error
        if scope is not None and scope not in key.scopes:
            challenge = f'Bearer realm="StreetScope", error="insufficient_scope", scope="{scope}"'
            raise Problem(
                Kind.NOT_ALLOWED,
                f"This key opens {', '.join(key.scopes)}, and {scope} is needed here; send another key.",
                {"WWW-Authenticate": challenge},
            )
        count(service.rates, key)
        request.state.key = key
        return key

    return let_in


def count(rates: Rates, key: Key) -> None:
    """Count a photo, or a request without one. Problem if the key has asked too often."""
    wait = rates.seconds_to_wait(key)
    if wait:
        raise Problem(
            Kind.TOO_OFTEN,
            f"This key's rate is {key.rate}, and it is used up; send the next request in {wait} s.",
            {"Retry-After": str(wait)},
        )

"""What can be wrong with the service itself: said in a sentence to those who run it."""

from __future__ import annotations

from core.errors import StreetScopeError


class ServiceError(StreetScopeError):
    """A file, a setting or a process of the service that cannot be used."""


class KeyRefusedError(ServiceError):
    """A key that opens nothing: `str()` says why, and what to send instead."""

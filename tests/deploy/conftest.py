"""A service in one process, to compare with: as the service's own tests have it."""

from tests.service.conftest import _here_too, models, photo, service, start

__all__ = ["_here_too", "models", "photo", "service", "start"]

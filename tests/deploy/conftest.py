"""A service in one process, to compare with: as the service's own tests have it."""

from tests.service.conftest import models, photo, service, start

__all__ = ["models", "photo", "service", "start"]

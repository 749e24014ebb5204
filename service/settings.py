"""Where the service keeps its own files, and the limits it works within."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from core.photos.images import MAX_BYTES
from core.project import data_folder

VARIABLE = "STREETSCOPE_SERVICE"
"""The environment variable that names the folder; without it, it is `.service` below the data folder."""

_MEGABYTE = 1024 * 1024


def service_folder() -> Path:
    """Where keys and the broker's store lie, whether it is there yet or not."""
    return Path(os.environ.get(VARIABLE) or data_folder() / ".service")


@dataclass(frozen=True)
class Limits:
    """What one request, and all of them together, may take.

    body_bytes: of a request as it arrives, and again of what it expands to; a form has a little more than its
    photo. body_seconds: until a whole body has arrived. stall_seconds: between two parts of it.
    uploads: bodies on their way at a time. kept_bytes: of answers that are kept for those who ask again.
    answer_seconds: from a whole request to its answer. batch_photos, batch_bytes: of a batch as it arrives.
    batches: at a time; their photos lie on the disk.
    """

    body_bytes: int = MAX_BYTES + _MEGABYTE
    body_seconds: float = 120.0
    stall_seconds: float = 10.0
    uploads: int = 16
    kept_bytes: int = 64 * _MEGABYTE
    answer_seconds: float = 60.0
    batch_photos: int = 32
    batch_bytes: int = 96 * _MEGABYTE
    batches: int = 2


@dataclass(frozen=True)
class Settings:
    """How a service is run.

    host, port: where it listens; port 0 means any that is free. workers: processes that compute, on this
    machine; 0 where they run elsewhere. topics_port: where the broker that we bring along listens; 0
    as above.
    """

    host: str = "127.0.0.1"
    port: int = 8600
    workers: int = 1
    topics_port: int = 0
    limits: Limits = field(default_factory=Limits)

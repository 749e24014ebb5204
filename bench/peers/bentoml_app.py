"""Our network on BentoML: `bentoml serve bench.peers.bentoml_app:Segmentation`.

WORKERS and SIZE are in the environment.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import bentoml
from bentoml.validators import ContentType

from bench.peers.network import Network


@bentoml.service(workers=int(os.environ["WORKERS"]), threads=1)
class Segmentation:
    """Photo in, mask out."""

    def __init__(self) -> None:
        self.network = Network(int(os.environ["SIZE"]))

    @bentoml.api  # type: ignore[untyped-decorator] # no types in our environment
    def segment(self, photo: Path) -> Annotated[bytes, ContentType("image/png")]:
        """The mask as a PNG."""
        return self.network.mask(photo.read_bytes())

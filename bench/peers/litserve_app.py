"""Our network on LitServe: `python bench/peers/litserve_app.py PORT WORKERS SIZE`."""

# No annotations from the future here: LitServe looks at the types themselves.

import sys
from typing import Annotated

import litserve
from fastapi import File, Response

from bench.peers.network import FIELD, Network

Photo = Annotated[bytes, File(alias=FIELD)]


class Segmentation(litserve.LitAPI):  # type: ignore[misc] # no types in our environment
    """Photo in, mask out."""

    def setup(self, device: str) -> None:
        """Load the network, in each worker."""
        self.network = Network(int(sys.argv[3]))

    def decode_request(self, request: Photo) -> bytes:
        """The photo's bytes."""
        return request

    def predict(self, photo: bytes) -> bytes:
        """The mask."""
        return self.network.mask(photo)

    def encode_response(self, mask: bytes) -> Response:
        """As a PNG."""
        return Response(mask, media_type="image/png")


if __name__ == "__main__":
    server = litserve.LitServer(
        Segmentation(api_path="/segment"), accelerator="cpu", workers_per_device=int(sys.argv[2])
    )
    server.run(
        "127.0.0.1", int(sys.argv[1]), num_api_servers=1, log_level="warning", generate_client_file=False
    )

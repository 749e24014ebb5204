"""Bodies that are too large for a message: they lie in an object store, and the message names them.

What a client has put there is hostile until it is proven whole. The library's own way to read would follow
its links to what others have stored, and wait for ever for parts that do not come.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib

from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import ObjectInfo
from nats.js.errors import BadObjectMetaError, NotFoundError
from nats.js.object_store import ObjectStore

from service.problems import Kind, Problem
from service.topics import streams

_MOST_CHUNKS = 1024
"""The libraries make chunks of 128 KiB: this is 128 MB."""


async def put(js: JetStreamContext, client: str, name: str, payload: bytes) -> None:
    """Keep a body by its name, for an hour at most."""
    await (await _store(js, client)).put(name, payload)


async def get(js: JetStreamContext, client: str, name: str, most: int) -> bytes:
    """A body that a client, or a key, has put there. Problem if it is not there, or not whole.

    most: bytes; Problem if there are more.
    """
    try:
        info = await (await _store(js, client)).get_info(name)
        return await _read(js, client, info, most)
    except NotFoundError as error:
        raise Problem(
            Kind.BROKEN_BODY, "The photo is not in the object store, or not any more; send it again."
        ) from error
    except (BadObjectMetaError, TypeError, ValueError) as error:
        raise _damaged() from error


async def is_there(js: JetStreamContext, client: str, name: str) -> bool:
    """Whether a body lies in the store now."""
    try:
        await (await _store(js, client)).get_info(name)
    except (NotFoundError, BadObjectMetaError, TypeError, ValueError):
        return False
    return True


async def forget(js: JetStreamContext, client: str, name: str) -> None:
    """Remove a body, if it is there; if that cannot be, it goes within the hour."""
    with contextlib.suppress(NatsError, TimeoutError, TypeError, ValueError):
        await (await _store(js, client)).delete(name)


async def _store(js: JetStreamContext, client: str) -> ObjectStore:
    return await js.object_store(streams.bucket_of(client))


async def _read(js: JetStreamContext, client: str, info: ObjectInfo, most: int) -> bytes:
    size, bucket = info.size or 0, streams.bucket_of(client)
    if size > most or (info.chunks or 0) > _MOST_CHUNKS:
        raise Problem(Kind.TOO_LARGE, f"The object is larger than {most:,} bytes; send a smaller photo.")
    if info.is_link() or not streams.is_token(info.nuid or ""):
        raise _damaged()
    body, after = bytearray(), 0
    for _ in range(_MOST_CHUNKS):
        if len(body) >= size:
            break
        subject = f"$O.{bucket}.C.{info.nuid}"
        chunk = await js.get_msg(f"OBJ_{bucket}", seq=after + 1, subject=subject, direct=True, next=True)
        body += chunk.data or b""
        after = chunk.seq or 0
    digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode()
    if len(body) != size or info.digest != f"SHA-256={digest}":
        raise _damaged()
    return bytes(body)


def _damaged() -> Problem:
    return Problem(Kind.BROKEN_BODY, "The object is not whole; put it into the object store again.")

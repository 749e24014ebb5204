"""No file is lost that a browser sends while a page's run begins.

A browser asks the server for an address before it sends a file. Streamlit 1.67 puts its answer into the
queue of messages to the browser, and empties that queue when a run of the page begins, but for the kinds of
messages in a list of its own. Answers with addresses are not in it: the browser waits for ever, silently.
"""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_clear = ForwardMsgQueue.clear


def _clear_all_but_addresses(
    self: ForwardMsgQueue,
    retain_lifecycle_msgs: bool = False,
    fragment_ids_this_run: list[str] | None = None,
) -> None:
    before: list[ForwardMsg] = [*self._queue]
    _clear(self, retain_lifecycle_msgs, fragment_ids_this_run)
    # Without it, the browser is gone: a queue that is to keep nothing.
    if retain_lifecycle_msgs:
        kept = {id(message) for message in self._queue}
        self._queue += [
            message
            for message in before
            if message.WhichOneof("type") == "file_urls_response" and id(message) not in kept
        ]


def keep_upload_addresses() -> None:
    """Have Streamlit's queues keep the answers with addresses; called again, it changes nothing."""
    ForwardMsgQueue.clear = _clear_all_but_addresses  # type: ignore[method-assign]

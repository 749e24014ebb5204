"""The answer that a browser waits for before it sends a file is not forgotten when a run begins."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from pages.widgets.shared.upload_addresses import keep_upload_addresses


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> ForwardMsgQueue:
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)  # undone after the test
    keep_upload_addresses()
    keep_upload_addresses()
    queue = ForwardMsgQueue()
    answer = ForwardMsg()
    answer.file_urls_response.response_id = "asked"
    delta = ForwardMsg()
    delta.delta.new_element.text.body = "of the run that ends"
    delta.metadata.delta_path[:] = [0, 0]
    for message in (answer, delta):
        queue.enqueue(message)
    return queue


def kinds(queue: ForwardMsgQueue) -> list[str | None]:
    return [message.WhichOneof("type") for message in queue.flush()]


def test_an_address_outlives_the_beginning_of_a_run(queue: ForwardMsgQueue):
    queue.clear(retain_lifecycle_msgs=True)

    assert kinds(queue) == ["file_urls_response"]


def test_it_is_sent_once_where_a_part_of_the_page_runs(queue: ForwardMsgQueue):
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["a part"])

    assert kinds(queue).count("file_urls_response") == 1


def test_a_queue_that_keeps_nothing_is_empty(queue: ForwardMsgQueue):
    queue.clear()

    assert kinds(queue) == []

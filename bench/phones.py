"""Phones without a browser: each speaks the protocol of Streamlit's own page, and asks as often as that does.

Thirty browsers on the machine that is measured would take most of it; in class they are in thirty hands.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from types import TracebackType
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

_MOST_BYTES = 200 * 1024**2


class Phone:
    """One page of the app, open at an address, that draws itself again when the app tells it to.

    buttons: those on the page, by the beginning of their labels. texts: what stands in its boxes.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._page = self._parts.path.strip("/")
        self._hash = ""
        self._changed = asyncio.Event()
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._socket: ClientConnection | None = None
        self.buttons: dict[str, str] = {}
        self.texts: set[str] = set()
        self.received = 0

    async def __aenter__(self) -> Phone:
        """Open the page."""
        address = f"ws://{self._parts.netloc}/_stcore/stream"
        self._socket = await connect(
            address, subprotocols=None, max_size=_MOST_BYTES, open_timeout=120, close_timeout=1
        )
        self._tasks.append(asyncio.create_task(self._listen()))
        await self._send(ClientState())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        for task in (*self._tasks, *self._timers.values()):
            task.cancel()
        if self._socket is not None:
            await self._socket.close()

    async def until(self, holds: Callable[[Phone], bool], seconds: float = 120) -> float:
        """Wait until the page shows something; when it did, by the clock of `time.perf_counter`."""
        async with asyncio.timeout(seconds):
            while not holds(self):
                if self._tasks[0].done():
                    self._tasks[0].result()  # raises what has ended it
                    raise ConnectionError("The server has closed the page.")
                self._changed.clear()
                await self._changed.wait()
        return time.perf_counter()

    async def press(self, label: str) -> None:
        """Tap on the button whose label begins so."""
        state = ClientState()
        state.widget_states.widgets.add(id=self.buttons[label], trigger_value=True)
        await self._send(state)

    async def _send(self, state: ClientState) -> None:
        assert self._socket is not None  # noqa: S101 (it is open)
        state.query_string = self._parts.query
        if self._hash:
            state.page_script_hash = self._hash
        else:
            state.page_name = self._page
        await self._socket.send(BackMsg(rerun_script=state).SerializeToString())

    async def _listen(self) -> None:
        assert self._socket is not None  # noqa: S101 (it is open)
        try:
            async for data in self._socket:
                self.received += len(data)
                self._take(ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode()))
                self._changed.set()
        finally:
            self._changed.set()

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            if not message.metadata.run.fragment_ids:  # the whole page is drawn anew
                self.buttons.clear()
                self.texts.clear()
                self._stop_timers()
        elif kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "auto_rerun":
            part, interval = message.auto_rerun.fragment_id, message.auto_rerun.interval
            if part not in self._timers:
                self._timers[part] = asyncio.create_task(self._look_again(part, interval))
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "button":
                self.buttons[element.button.label[:5]] = element.button.id
            elif element.WhichOneof("type") == "alert":
                self.texts.add(element.alert.body)

    async def _look_again(self, part: str, interval: float) -> None:
        """As the page does with what is to be drawn every so many seconds."""
        with contextlib.suppress(ConnectionError):
            while True:
                await asyncio.sleep(interval)
                await self._send(ClientState(fragment_id=part, is_auto_rerun=True))

    def _stop_timers(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

"""The service that runs here, as all visitors see it: asked once a second, however many of them look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.languages import translated
from service.errors import ServiceError
from service.local import Running, running, running_or_say_so
from service.settings import service_folder

SHOWN_LETTERS = 20
"""Dead letters on the page; the command line lists all."""


@dataclass(frozen=True)
class State:
    """What is known of the service. url: "" if none runs. trouble: why one that runs says nothing.

    figures: those of /v1/admin/status. letters: the first dead letters, as /v1/admin/dead lists them.
    """

    url: str = ""
    trouble: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    letters: tuple[dict[str, Any], ...] = ()

    @property
    def answers(self) -> bool:
        """Whether it can be asked."""
        return bool(self.figures)


@st.cache_data(ttl=1, show_spinner=False)
def look() -> State:
    """Ask the service how it does; one that hangs is given up after two seconds."""
    found = running(service_folder())
    if found is None:
        return State()
    try:
        figures = found.get("/v1/admin/status")
        letters = found.get("/v1/admin/dead", limit=SHOWN_LETTERS) if figures["dead"] else []
    except ServiceError as error:
        # Nobody listens where the file says: what a service that was killed has left.
        return State(found.url, translated(error)) if running(service_folder()) else State()
    return State(found.url, "", figures, tuple(letters))


def service() -> Running:
    """The service that runs now. ServiceError if there is none."""
    return running_or_say_so(service_folder())

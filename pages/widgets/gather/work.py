"""The gathering itself: begun, watched, stopped, gone on with, and what became of each line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.errors import ModelError
from core.jobs import Job
from core.languages import filled, ngettext, pgettext, sentence, translated
from core.languages import gettext as _
from core.models.store import read_card
from core.photos.fetch.fetcher import Fetcher
from core.photos.fetch.gate import USUAL_PORTS, gate_of_this_machine
from core.photos.gather.entry import Entry
from core.photos.gather.files import Named, add_files
from core.photos.gather.gathering import Shares, gather, try_again
from core.photos.gather.manifest import outcome
from core.photos.gather.services import Service, search
from core.photos.gather.store import PhotoSet
from core.photos.gather.street import shares_by
from core.photos.gather.videos import add_frames
from core.photos.video.reading import Video
from pages.widgets.segmentation.models import loaded_segmenter, usual_model
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import escape, markdown

PORT = "gather_port"
"""Where the session keeps one more port to fetch from, if the visitor has named one."""


def fetch_waiting(photos: PhotoSet) -> None:
    """Begin to fetch what waits in a set; nothing happens while that is being done."""
    port: int | None = st.session_state.get(PORT)
    ports = USUAL_PORTS if port is None else USUAL_PORTS | {port}
    jobs().start(_key(photos), partial(_gather, photos, Fetcher(gate_of_this_machine(ports))))


def fetch_found(photos: PhotoSet, service: Service, wanted: str, count: int) -> None:
    """Begin to search a service for words, and to fetch what it finds."""
    jobs().start(_key(photos), partial(_search, photos, service, wanted, count))


def take_files(photos: PhotoSet, files: Sequence[Named]) -> None:
    """Begin to check files and to put them into a set."""
    jobs().start(_key(photos), partial(_add_files, photos, files))


def take_frames(photos: PhotoSet, video: Video, every: float) -> None:
    """Begin to put a frame of a video, every so many seconds, into a set."""
    jobs().start(_key(photos), partial(_add_frames, photos, video, every))


def is_fetching(photos: PhotoSet) -> bool:
    """Whether photos are on their way into a set."""
    job = jobs().find(_key(photos))
    return job is not None and job.state == "running"


def show_work(photos: PhotoSet) -> None:
    """The progress while photos are fetched; afterwards what still waits, and every line's outcome."""
    job = jobs().find(_key(photos))
    with st.container():
        if job is not None and job.state == "running":
            title = markdown("Gathering into {name}", name=photos.name)
            watch(job, title, "gather", unit=_("photo"), cancel=not is_guest())
        elif job is not None and job.state == "failed":
            show_error(job.error, markdown("The photos could not be gathered"), ":material/cloud_off:")
        elif job is not None and job.state == "finished" and job.result:
            st.info(escape(job.result), icon=":material/info:")
    if job is None or job.state != "running":
        _rest(photos)
        _outcomes(photos.entries())


def _gather(photos: PhotoSet, fetcher: Fetcher, job: Job[None]) -> None:
    gather(photos, fetcher, _shares(), job.tell)


def _search(photos: PhotoSet, service: Service, wanted: str, count: int, job: Job[str]) -> str:
    job.tell(0, 0, None, sentence("asking {name}", name=service.name))
    fetcher = Fetcher(gate_of_this_machine())
    known = {entry.address for entry in photos.entries()}
    new = [each for each in search(service, wanted, count, fetcher) if each.address not in known]
    photos.add(new)
    gather(photos, fetcher, _shares(), job.tell)
    if new:
        return ""
    return sentence(
        "All that {service} gives for these words is in {name} already; ask for more photos, or for others.",
        service=service.name,
        name=photos.name,
    )


def _add_files(photos: PhotoSet, files: Sequence[Named], job: Job[None]) -> None:
    add_files(photos, files, _shares(), job.tell)


def _add_frames(photos: PhotoSet, video: Video, every: float, job: Job[str]) -> str:
    return add_frames(photos, video, every, _shares(), job.tell)


def _shares() -> Shares | None:
    model = usual_model()
    try:
        return shares_by(loaded_segmenter(model, read_card(model).weights_sha256))
    except ModelError:
        return None  # without a model, nobody says which photo shows a street


def _rest(photos: PhotoSet) -> None:
    """What can be tried again, or gone on with."""
    entries = photos.entries()
    waiting = [entry for entry in entries if entry.state == "waiting"]
    again = [entry for entry in entries if entry.retry]
    if is_guest() or not (waiting or again):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if waiting:
            st.info(
                markdown("{count} still to be fetched: that was stopped.", count=_counted(waiting)),
                icon=":material/pause:",
            )
            st.button(_("Go on"), on_click=fetch_waiting, args=(photos,), icon=":material/play_arrow:")
        if again:
            st.button(
                markdown("Try {count} again", count=_counted(again)),
                on_click=_try_again,
                args=(photos, again),
                icon=":material/refresh:",
                help=_(
                    "Those whose host could not be reached, was too slow or wanted a pause, and those at a "
                    "port that you have named since."
                ),
            )


def _try_again(photos: PhotoSet, entries: Sequence[Entry]) -> None:
    try_again(photos, [each.number for each in entries])
    fetch_waiting(photos)


def _outcomes(entries: Sequence[Entry]) -> None:
    refused = [entry for entry in entries if entry.state == "refused"]
    if not refused:
        return
    taken = sum(entry.state == "taken" for entry in entries)
    title = markdown("{taken} of {all} are here; why the others are not", taken=taken, all=len(entries))
    with st.expander(title, icon=":material/list:"):
        st.dataframe(
            {
                pgettext("list", "Line"): [entry.number for entry in refused],
                _("Address"): [entry.address for entry in refused],
                _("What became of it"): [translated(outcome(entry)) for entry in refused],
            },
            column_config={
                pgettext("list", "Line"): st.column_config.NumberColumn(width="small"),
                _("What became of it"): st.column_config.TextColumn(width="large"),
            },
            hide_index=True,
            alt=_("The addresses of which no photo was taken, and why."),
        )


def _counted(entries: Sequence[Entry]) -> str:
    return filled(ngettext("{count} photo", "{count} photos", len(entries)), count=len(entries))


def _key(photos: PhotoSet) -> tuple[str, str]:
    return "gather", str(photos.root)

"""CamVid with one click: its size, the progress of the download and the time left."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.datasets import SegmentationDataset
from core.datasets.acquire import download
from core.jobs import Job
from core.languages import gettext as _
from core.languages import in_digits, mark
from core.project import data_folder
from pages.widgets.shared.dataset_state import SET, select
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import markdown

_MEGABYTE = 1024**2
_TITLES = {"camvid": mark("CamVid, all 701 frames"), "camvid-tiny": mark("CamVid tiny, a small sample")}
_VERBS = {"download": "downloaded", "unpack": "unpacked"}


def download_menu() -> None:
    """Offer what has not been downloaded and is not being downloaded; nothing to a guest."""
    if is_guest():
        return
    missing = [source for name, source in download.SOURCES.items() if not (data_folder() / name).exists()]
    if not missing:
        return
    with st.popover(_("Get CamVid"), icon=":material/download:"):
        st.markdown(
            _(
                "CamVid is 701 street scenes, filmed from a car in Cambridge and labelled by hand. It is "
                "free for research and private use (CC BY-NC 4.0)."
            )
        )
        for source in missing:
            job = jobs().find(_key(source.name))
            st.button(
                markdown(
                    "{title}: {size}", title=_(_TITLES.get(source.name, source.name)), size=_size(source.size)
                ),
                key=f"download_{source.name}",
                on_click=_start,
                args=(source,),
                disabled=job is not None and job.state == "running",
                icon=":material/download:",
                width="stretch",
            )
        st.caption(
            _(
                "The download continues when you leave this page. If it stops, it can be resumed where it "
                "stopped."
            )
        )


def show_downloads() -> None:
    """The progress of each download, or why it ended."""
    for name in download.SOURCES:
        job = jobs().find(_key(name))
        if job is None:
            continue
        if job.state == "running":
            title = markdown("Downloading {name}", name=name)
            watch(job, title, f"download_{name}", cancel=not is_guest())
            continue
        if job.state == "failed":
            show_error(
                job.error, markdown("{name} could not be downloaded", name=name), ":material/cloud_off:"
            )
        elif job.state == "cancelled":
            st.info(markdown("The download of {name} was stopped. Start it again to resume it.", name=name))
        else:
            _show_finished(name)


def _show_finished(name: str) -> None:
    if st.session_state.get(SET) == name:
        jobs().forget(_key(name))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(markdown("{name} has been downloaded.", name=name), icon=":material/check:")
        st.button(markdown("Show {name}", name=name), on_click=select, args=(name,), type="primary")


def _key(name: str) -> tuple[str, str, str]:
    return "download", name, str(data_folder())


def _start(source: download.Source) -> None:
    jobs().start(_key(source.name), partial(_download, source))


def _download(source: download.Source, job: Job[SegmentationDataset]) -> SegmentationDataset:
    def report(progress: download.DownloadProgress) -> None:
        done, total = (in_digits(size / _MEGABYTE, ".1f") for size in (progress.done, progress.total))
        doing = _("{done} of {total} MB {verb}").format(
            done=done, total=total, verb=_(_VERBS[progress.stage])
        )
        job.tell(progress.done, progress.total, progress.seconds_left, doing)

    return download.download(source, data_folder(), report, allowed=download.ALLOWED)


def _size(size: int) -> str:
    return f"{in_digits(size / _MEGABYTE, ',.0f')} MB"

"""Which data set the Data page shows: Toytown, one in `data/`, or one in any folder of this machine."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from core.datasets import SegmentationDataset
from core.datasets.contents.statistics import Statistics, measure
from core.datasets.contents.thumbnails import keep_all
from core.datasets.layouts.opening import find_datasets, list_dataset, open_dataset
from core.datasets.layouts.watching import dataset_stamp, recognised
from core.datasets.listing import Problem, ProblemKind
from core.datasets.recent_folders import add_recent_folder, recent_folders, remove_recent_folder
from core.errors import DatasetError
from core.jobs import Job
from core.languages import gettext as _
from core.languages import mark, translated
from core.project import data_folder
from pages.widgets.shared.dataset_download import download_menu, show_downloads
from pages.widgets.shared.dataset_state import GONE, SET, begin_anew, follow_address, select
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import markdown
from pages.widgets.shared.towns import drawing, forget_drawing, show_drawing, towns_menu

TOYTOWN, TOYTOWN_TITLE = "toytown", mark("Toytown, built in")
_FOLDER, _TROUBLE = "data_folder_given", "data_folder_trouble"
_COUNT_PATIENCE = 0.4
"""Seconds to wait for the counts before drawing a bar: cached counts arrive sooner."""


@dataclass(frozen=True)
class OpenedSet:
    """A data set, and a key that changes when files are added, removed or renamed.

    problems: what is wrong with its names and lists; no picture has been read for them.
    """

    dataset: SegmentationDataset
    key: str
    problems: tuple[Problem, ...]

    def scaled_to(self, longest: int | None) -> OpenedSet:
        """The same data set, whose frames are scaled; see `SegmentationDataset.longest`."""
        if longest == self.dataset.longest:
            return self
        return replace(self, dataset=self.dataset.scaled_to(longest), key=f"{self.key} at {longest}")

    def messages(self, kinds: Collection[ProblemKind]) -> list[str]:
        """The sentences of the problems of some kinds."""
        return [translated(problem.message) for problem in self.problems if problem.kind in kinds]


def choose_dataset() -> OpenedSet:
    """Draw the picker; the script ends here while there is nothing to show.

    When the address asks for a set that does not exist, Toytown is shown and a warning names the missing one.
    """
    follow_address()
    options = dataset_options()
    asked = str(st.query_params.get(SET) or st.session_state.get(SET, ""))
    if asked and asked not in options:
        st.session_state[GONE] = asked
    for name in [name for name in options if not _is_text(name)]:
        _leave_out(options.pop(name))
    stands_in = st.container()  # a warning that comes and goes here moves nothing below
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            _("Data set"),
            list(options),
            key=SET,
            bind="query-params",
            format_func=lambda name: _(TOYTOWN_TITLE) if name == TOYTOWN else name,
            width=340,
            on_change=begin_anew,
            help=_(
                "Toytown is built in: a street drawn by a program. The list also has the data sets in "
                "`data/` and the folders that you opened."
            ),
        )
        _folder_menu(name)
        slot = st.container(horizontal=True, width="content")
    gone: str = st.session_state.get(GONE, "")
    if name != TOYTOWN:
        st.session_state.pop(GONE, None)
    elif gone and gone not in options:
        stands_in.warning(
            markdown(
                "The data set {gone} no longer exists; {toytown}, is shown instead.",
                gone=gone[:80],
                toytown=_(TOYTOWN_TITLE),
            ),
            icon=":material/folder_off:",
        )
    with slot:
        towns_menu()
        download_menu()
    with st.container():
        show_drawing(besides=TOYTOWN if name == TOYTOWN and not options[name].exists() else "")
        show_downloads()
    if name == TOYTOWN:
        _require_toytown(options[name])
    try:
        return _opened(str(options[name]), dataset_stamp(options[name]))
    except DatasetError as error:
        show_error(error, markdown("{name} cannot be shown", name=name), ":material/folder_off:")
        st.stop()


def open_named(name: str) -> OpenedSet | None:
    """The data set that the picker calls `name`, without the picker; None if there is none.

    DatasetError if it cannot be read.
    """
    folder = dataset_options().get(name)
    if folder is None or not folder.exists():
        return None
    return _opened(str(folder), dataset_stamp(folder))


def counts(opened: OpenedSet) -> Statistics | None:
    """The class counts; while there are none, shows the progress or the error and returns None."""
    job = _counting(opened)
    job.wait(_COUNT_PATIENCE)
    if job.state == "finished":
        jobs().start_once(("thumbnails", opened.key), lambda job: keep_all(opened.dataset, job.tell))
        return job.result
    if job.state == "running":
        watch(job, markdown("Counting the classes in every frame"), "counts", unit=_("frame"), cancel=False)
    else:
        st.warning(
            markdown(
                "The classes cannot be counted: {error} The Check tab lists every problem.", error=job.error
            ),
            icon=":material/calculate:",
        )
    return None


def counts_so_far(opened: OpenedSet) -> Statistics | None:
    """The class counts if they are there or come at once; draws nothing."""
    job = _counting(opened)
    job.wait(_COUNT_PATIENCE)
    return job.result if job.state == "finished" else None


def read_again(opened: OpenedSet) -> None:
    """Forget what was found in the files: somebody may have repaired one."""
    for kind in ("counts", "check", "thumbnails"):
        jobs().forget((kind, opened.key))


def _counting(opened: OpenedSet) -> Job[Statistics]:
    return jobs().start_once(("counts", opened.key), lambda job: measure(opened.dataset, job.tell))


def dataset_options() -> dict[str, Path]:
    """The folders to choose from, each once, by path: below `data/` if they are in it. Toytown is the first.

    The path is also what is shown and what stands in the address, so no folder hides one of the same name.
    """
    place = data_folder()
    found = {path.relative_to(place).as_posix(): path for path in find_datasets()}
    options = {TOYTOWN: found.pop(TOYTOWN, place / TOYTOWN)} | found
    return options | {str(path): path for path in recent_folders() if _key_of(path, options) is None}


def _key_of(folder: Path, options: dict[str, Path]) -> str | None:
    """The key of the data set that is in `folder`, if it is among the options."""
    real = os.path.realpath(recognised(folder) or folder)
    return next((key for key, path in options.items() if os.path.realpath(path) == real), None)


def _is_text(name: str) -> bool:
    """Whether a file's name is text, which can be sent to a browser, and not bytes in some other encoding."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _leave_out(folder: Path) -> None:
    words = markdown("The folder {name} is left out: its name is not in UTF-8. Rename it.", name=folder.name)
    st.warning(words, icon=":material/folder_off:")


def _folder_menu(name: str) -> None:
    if is_guest():
        return
    with st.popover(_("Open a folder"), icon=":material/folder_open:"):
        st.text_input(
            _("Folder on this machine"),
            key=_FOLDER,
            placeholder=_("/home/me/CamVid"),
            on_change=_open_given,
            width=420,
            help=_(
                "In any of CamVid's usual layouts: fastai's, Cambridge's original, Kaggle's or the SegNet "
                "tutorial's, or as CVAT and Roboflow export label maps. The layout is recognised by "
                "itself, and nothing in the folder is changed."
            ),
        )
        if trouble := st.session_state.get(_TROUBLE):
            show_error(trouble, icon=":material/folder_off:")
        if name in map(str, recent_folders()):
            st.button(_("Forget this folder"), on_click=_forget, args=(name,), icon=":material/delete:")
            st.caption(_("This takes the folder off the list; its files stay."))


def _open_given() -> None:
    given = st.session_state[_FOLDER].strip().strip("\"'")
    st.session_state[_TROUBLE] = ""
    if not given:
        return
    try:
        folder = Path(given).expanduser().absolute()
        open_dataset(folder, strict=False)
    except (DatasetError, RuntimeError, ValueError, OSError) as error:
        known = isinstance(error, DatasetError)
        st.session_state[_TROUBLE] = (
            translated(error)
            if known
            else _("{given!r} is not a folder that can be read; give its full path.").format(given=given[:80])
        )
        return
    key = _key_of(folder, dataset_options())
    if key is None or key == str(folder):
        add_recent_folder(folder)
    st.session_state[_FOLDER] = ""
    select(key or str(folder))


def _forget(name: str) -> None:
    remove_recent_folder(Path(name))
    select(TOYTOWN)


def _require_toytown(folder: Path) -> None:
    """Draw Toytown if it does not exist yet; the script ends here until it does."""
    if folder.exists():
        return
    job = drawing(TOYTOWN)
    if job.state == "running":
        st.markdown(
            _(
                "Toytown is drawn once, on first use: an invented street in which every pixel's class is "
                "known."
            )
        )
        watch(job, markdown("Drawing Toytown"), "toytown", unit=_("frame"), cancel=False)
    elif job.state in ("finished", "cancelled"):
        forget_drawing(TOYTOWN)  # somebody has removed the folder, or stopped the drawing on another page
        st.rerun()
    else:
        show_error(job.error, markdown("Toytown cannot be drawn"))
        st.button(_("Try again"), on_click=forget_drawing, args=(TOYTOWN,))
    st.stop()


@st.cache_resource(max_entries=8, show_spinner=False)
def _opened(folder: str, stamp: str) -> OpenedSet:
    listing = list_dataset(Path(folder))
    return OpenedSet(listing.dataset, f"{folder} {stamp}", listing.problems)

"""Watch it learn: the network's predictions for four validation frames over time, beside the truth."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path

import streamlit as st

from core.classes import RGB
from core.errors import RunError
from core.file_names import file_name
from core.jobs import Job
from core.languages import class_name, current, translated, use
from core.languages import gettext as _
from core.training.runs.film import make_film, moment_words, moments
from core.training.runs.folder import read_picture
from core.training.runs.records import RunView, read_run
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.front_end import component
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import markdown
from pages.widgets.shared.media import media_url

_MOST = 100
"""The most moments on the slider: their addresses go to the browser at every refresh."""

_KEPT_PICTURES = 1024

_mount = component("run_previews", __file__)


def show_previews(view: RunView) -> None:
    """The frames at a moment that is chosen in the browser; the slider's end is always the newest.

    A moment with a picture that cannot be served is left out, and so are all without photo and truth.
    """
    photos, truths = _addresses(view.photos), _addresses(view.truths)
    drawn = [(each, _addresses(each.pictures)) for each in moments(view.previews, _MOST)]
    shown = [(each, pictures) for each, pictures in drawn if pictures]
    if not shown or not photos or not truths:
        return
    st.markdown(_("**Watch it learn**"))
    _mount(
        key="previews",
        data={
            "run": view.summary.id,
            "photos": photos,
            "truths": truths,
            "classes": _classes(view),
            "moments": [
                {
                    "number": preview.number,
                    "words": translated(moment_words(preview, view)),
                    "pictures": pictures,
                }
                for preview, pictures in shown
            ],
        },
    )


def _classes(view: RunView) -> list[tuple[str, RGB]]:
    """The legend of the colours; pixels without a label are black."""
    black = (0, 0, 0)
    known = [(class_name(name), colour) for name, colour in view.classes.items()]
    return known if not known or black in view.classes.values() else [*known, (_("not labelled"), black)]


def _addresses(pictures: Sequence[Path]) -> list[str]:
    """The addresses of pictures in the browser; none if one of them cannot be read."""
    try:
        # Each has its own place: a picture that a slow browser has yet to fetch must not make way for the
        # next.
        return [
            media_url(_content(path), "image/png", f"{path.parent.parent.name}.{path.stem}")
            for path in pictures
        ]
    except (OSError, RunError):
        return []


def _content(path: Path) -> bytes:
    found = path.lstat()
    return _read(path, (found.st_ino, found.st_size, found.st_mtime_ns))


@lru_cache(maxsize=_KEPT_PICTURES)
def _read(path: Path, _: tuple[int, int, int]) -> bytes:
    return read_picture(path)


def film(run: str) -> None:
    """All moments as an animated GIF; drawing takes seconds, so it is made on request."""
    job: Job[bytes] | None = jobs().find(("film", run))
    if job is not None and job.state == "running":
        watch(job, markdown("Drawing the film"), "film")
    else:
        _film_again(run, job)


def _draw(run: str, language: str, job: Job[bytes]) -> bytes:
    with use(language):  # a job's thread works for nobody in particular
        return make_film(read_run(run), job.tell)


@fragment
def _film_again(run: str, job: Job[bytes] | None) -> None:
    """The finished film, and the button that draws it."""
    drawn = job is not None and job.state == "finished"
    with st.container(horizontal=True, vertical_alignment="center"):
        if job is not None and drawn:
            st.download_button(
                _("Download the GIF"),
                job.result,
                f"{file_name(run)}.gif",
                "image/gif",
                icon=":material/download:",
                on_click="ignore",
            )
        if st.button(
            _("Draw the GIF again") if drawn else _("Make an animated GIF"),
            key="make_film",
            icon=":material/animation:",
        ):
            jobs().start(("film", run), partial(_draw, run, current()))
            st.rerun()
    if job is not None and job.state == "failed":
        show_error(job.error)

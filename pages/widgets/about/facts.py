"""What people may use, what is kept of them and for how long, and what this copy of StreetScope runs on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import streamlit as st

from core.errors import ModelError
from core.languages import gettext as _
from core.models.paths import DEFAULT_MODEL
from core.models.store import read_card
from core.photos.samples import SAMPLES
from core.project import own_version
from core.reports.model_words import licence_words
from pages.widgets.shared.markdown import joined, markdown

_LIBRARIES = ("streamlit", "numpy", "onnxruntime", "torch", "fastai")


def show_licences() -> None:
    """The terms of everything that comes along."""
    lines = [
        markdown("StreetScope itself: MIT."),
        markdown(
            "CamVid, which is not part of it but can be downloaded on the Data page: CC BY-NC 4.0, free for "
            "research and private use. Source: Brostow, Fauqueur, Cipolla, “Semantic object classes in "
            "video: A high-definition ground truth database”, 2009."
        ),
        markdown(
            "Toytown, the built-in data set: drawn by StreetScope's own program, free like the program."
        ),
        markdown("{model}: {licence}", model=DEFAULT_MODEL, licence=_model_licence()),
        *(
            markdown("The sample {file}: {credit}.", file=sample.file, credit=_(sample.credit))
            for sample in SAMPLES
        ),
        markdown(
            "A model that is trained here: the terms of the data that it learnt from apply to it. Its card "
            "names them."
        ),
    ]
    st.markdown(joined("\n", (markdown("- {line}", line=line) for line in lines)))


def show_privacy() -> None:
    """What is kept where, and how long."""
    st.markdown(
        _("""
- **Your photos** stay in the memory of the computer that runs StreetScope. They are not written to its disk,
  no other visitor sees them, and they are deleted within half an hour after you leave.
- **Your browser** keeps a random number for each tab, by which a reload finds your photos again. It is gone
  when you close the tab. There are no accounts, and nobody is counted.
- **A page's address** names the sample, the size, the model, the pixel and what you see of the picture: you
  can send it to others. A photo of yours is not in it, only a number by which your own tab finds it again.
- **Data sets, training runs and models** are files on that computer. They stay until somebody there deletes
  them.
- **What was computed once**, such as figures, small pictures and measured times, is kept in a cache folder of
  limited size, which may be deleted at any time.
- **The internet** is used only when somebody asks for it: to download CamVid, or the pretrained weights that
  a recipe starts from.
""")
    )


def show_versions() -> None:
    """The versions that matter in a report of a fault."""
    found = [f"StreetScope {own_version()}", f"Python {platform.python_version()}"]
    found += [f"{name} {_version(name)}" for name in _LIBRARIES]
    st.markdown(markdown("{versions}.", versions=", ".join(found)))


def _model_licence() -> str:
    try:
        words = licence_words(read_card(DEFAULT_MODEL)).removeprefix("Licence: ")
    except ModelError:
        return _("its card cannot be read.")
    return words or _("its card names no licence.")


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return _("(not installed)")

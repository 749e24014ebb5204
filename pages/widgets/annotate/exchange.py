"""Corrections out of StreetScope and into it, as a zip that other tools write and read."""

from __future__ import annotations

import io
from functools import partial
from typing import IO

import streamlit as st

from core.annotation.exchange.source import open_zip
from core.annotation.formats.choice import FORMATS, read, write
from core.annotation.formats.format import Format
from core.annotation.formats.transfer import bring_all, to_export
from core.annotation.store import CorrectionSet, list_sets, open_set
from core.errors import StreetScopeError
from core.files import is_disk_full
from core.languages import filled, ngettext, translated
from core.languages import gettext as _
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import host_only
from pages.widgets.shared.markdown import escape, markdown

_MAX_MEGABYTES = 1024
_TAKEN, _SAID = "zips_taken", "zip_said"


def opened_set(name: str) -> CorrectionSet | None:
    """The set called `name`; None if there is none yet, or with the reason on the page if it is damaged."""
    if name not in list_sets():
        return None
    try:
        return open_set(name)
    except StreetScopeError as error:
        show_error(error)
        return None


def take_home(found: CorrectionSet) -> None:
    """Let the visitor choose a format and save the set as a zip in it."""
    chosen = st.selectbox(_("Format"), FORMATS, format_func=lambda each: _(each.title), width=300)
    st.caption(escape(chosen.loads))
    st.caption(escape(chosen.keeps))
    for sentence in chosen.losses(found.class_list):
        st.caption(escape(sentence))
    pictures = len(found.pictures)
    count = filled(ngettext("{count} picture", "{count} pictures", pictures), count=pictures)
    st.download_button(
        markdown("Save {count} as a zip", count=count),
        partial(_zipped, found.name, chosen),
        f"{found.path.name}-{chosen.name}.zip",
        "application/zip",
        on_click="ignore",
        icon=":material/download:",
    )


def _zipped(name: str, chosen: Format) -> bytes:
    labelled = to_export(name)
    with io.BytesIO() as file:
        write(labelled, labelled.class_list, chosen, file)
        return file.getvalue()


def bring_home(set_name: str) -> None:
    """Let the visitor add a zip of labelled pictures to a set."""
    if not host_only(_("bring labels in")):
        return
    titles = ", ".join(_(each.title) for each in FORMATS)
    st.caption(
        markdown(
            "A zip of pictures and their labels, as a tool writes it: {titles}. Which one is found out. "
            "Labels of a picture that is corrected already are laid over it, as one step that can be undone.",
            titles=titles,
        )
    )
    # A new key empties the uploader, as for photos.
    key = f"labels_{st.session_state.setdefault(_TAKEN, 0)}"
    given = st.file_uploader(_("A zip with labels"), type="zip", max_upload_size=_MAX_MEGABYTES, key=key)
    if given is not None:
        # In the run itself, never in a callback: Streamlit repeats a run that is cut short.
        st.session_state[_SAID] = _brought(given.name, given, set_name)
        st.session_state[_TAKEN] += 1
        st.rerun()
    good, sentence = st.session_state.get(_SAID, (True, ""))
    if sentence and good:
        st.success(escape(sentence), icon=":material/check:")
    elif sentence:
        show_error(sentence, markdown("These labels cannot be brought in"))


def _brought(name: str, file: IO[bytes], set_name: str) -> tuple[bool, str]:
    """Whether it went well, and what to say."""
    bar = st.progress(0.0, _("Reading the zip"))
    try:
        source = open_zip(file, name[:80])
        found_format, found = read(source)
        done = 0
        for number, changed in enumerate(bring_all(found, set_name), 1):
            done += changed
            bar.progress(
                number / len(found),
                markdown("{number} of {total} pictures", number=number, total=len(found)),
            )
    except StreetScopeError as error:
        return False, translated(error)
    except OSError as error:
        if not is_disk_full(error):
            raise
        return False, _("There is no room on the disk: free some space and give the zip again.")
    rest = len(found) - done
    left = _(" {rest} had no labels, or those that are there already.").format(rest=rest) if rest else ""
    counted = filled(ngettext("{count} picture", "{count} pictures", done), count=done)
    return True, " ".join(
        [
            _("{counted} from {title}.").format(counted=counted, title=_(found_format.title)),
            *map(translated, found.notes),
        ]
    ) + left

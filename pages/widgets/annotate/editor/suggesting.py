"""Suggest the rest: the browser asks, and gets a class for every pixel that nobody has reviewed yet.

Once, for a question; or live: then every answer to a stroke has the suggestion for the mask after it. Either
is learnt from what was reviewed in this picture and, if the browser says so, in the other ones of the set.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.annotation.edited import EditedPicture
from core.annotation.runs import NOT_REVIEWED, Mask
from core.annotation.suggestions import Examples, Suggester
from core.errors import StreetScopeError
from core.languages import gettext as _
from core.languages import mark, translated
from pages.widgets.annotate.editor.packing import checksum, deflated, identity
from pages.widgets.annotate.editor.reading import Network, suggester, taught_by_others

_ANSWER, _LIVE = "annotate_suggested", "annotate_live"
_READING = mark("Reading the picture … Draw on meanwhile.")
_FEW = mark(
    "Draw with two classes: a stroke of each is enough. The suggestion then follows whatever you draw."
)
_ALL = mark("All of this picture is reviewed: there is nothing left to suggest.")


@dataclass(frozen=True)
class Suggested:
    """The answer to one question. labels: (H, W) as deflated bytes; trouble: why there are none.

    waits: whether there are none yet, since the picture is still being read.
    """

    question: tuple[str, int]
    labels: bytes = b""
    trouble: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Live:
    """The suggestion for one mask.

    id: of the correction. sum: the mask's checksum. labels: (H, W) as deflated bytes in base64. words: why
    there are none. waits: whether there are none yet, since the picture is still being read.
    """

    id: str
    sum: int
    labels: str = ""
    words: str = ""
    waits: bool = False


def suggested(correction: EditedPicture, asked: Mapping[str, object], network: Network) -> Suggested | None:
    """The answer to the browser's newest question, worked out once; None if it has asked nothing.

    asked: what the browser sent, which can be anything.
    """
    number = asked.get("number")
    if asked.get("id") != identity(correction) or not isinstance(number, int):
        return None
    question = (identity(correction), number)
    known: Suggested | None = st.session_state.get(_ANSWER)
    if known is None or known.question != question or known.waits:
        whole_set = asked.get("set") is True
        known = st.session_state[_ANSWER] = _suggest(correction, question, network, whole_set)
    return known


def live(correction: EditedPicture, asked: Mapping[str, object], network: Network) -> Live | None:
    """The suggestion for the mask as it is now, worked out once for a mask; None if the browser wants none.

    asked: what the browser sent, which can be anything.
    """
    if asked.get("on") is not True:
        st.session_state.pop(_LIVE, None)
        return None
    mask, names = correction.mask, correction.class_list.names
    whole_set = asked.get("set") is True
    wanted = (identity(correction), checksum(mask), network.model, names, whole_set and correction.others)
    known: tuple[object, Live] | None = st.session_state.get(_LIVE)
    if known is None or known[0] != wanted or known[1].waits:
        known = st.session_state[_LIVE] = wanted, _live(correction, mask, network, whole_set)
    return known[1]


def _suggest(
    correction: EditedPicture, question: tuple[str, int], network: Network, whole_set: bool
) -> Suggested:
    if not (correction.mask == NOT_REVIEWED).any():
        return Suggested(question, trouble=_(_ALL))
    try:
        known = _known(correction, network, whole_set)
        if known is None:
            return Suggested(question, waits=True)
        found, others = known
        labels = found.suggest(correction.mask, others).labels
    except StreetScopeError as error:
        return Suggested(question, trouble=translated(error))
    return Suggested(question, deflated(labels))


def _known(
    correction: EditedPicture, network: Network, whole_set: bool
) -> tuple[Suggester, list[Examples]] | None:
    """What is known of the picture, and what the others teach; None while either is being read."""
    found = suggester(correction, network)
    others = taught_by_others(correction, network) if whole_set else []
    return None if found is None or others is None else (found, others)


def _live(correction: EditedPicture, mask: Mask, network: Network, whole_set: bool) -> Live:
    id_, sum_ = identity(correction), checksum(mask)
    try:
        # Also before it is of use: the first strokes then need not wait for it.
        known = _known(correction, network, whole_set)
        if known is None:
            return Live(id_, sum_, words=_(_READING), waits=True)
        found, others = known
        if words := _too_early(mask, others):
            return Live(id_, sum_, words=words)
        labels = found.suggest(mask, others).labels
    except StreetScopeError as error:
        return Live(id_, sum_, words=translated(error))
    return Live(id_, sum_, b64encode(deflated(labels)).decode())


def _too_early(mask: Mask, others: Sequence[Examples]) -> str:
    """Why nothing is suggested for a mask yet, or any more; empty if something can be."""
    counts = np.bincount(mask.ravel(), minlength=NOT_REVIEWED + 1)
    if not counts[NOT_REVIEWED]:
        return _(_ALL)
    taught = counts[:NOT_REVIEWED] > 0
    for each in others:
        taught[: each.shares.shape[1]] |= each.shares.any(axis=0)
    return _(_FEW) if np.count_nonzero(taught) < 2 else ""

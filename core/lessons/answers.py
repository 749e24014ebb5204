"""Asking a lesson's question: its right option is computed from the live model and picture, never typed.

    asked = ask(step.question, Look("street-lite0"), language="id")
    asked.options[asked.right]

A question that has no single right option for one picture is asked about the next in its list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import NothingToAskError
from core.languages import sentence
from core.lessons.keys.key import Key, Parameters, Value
from core.lessons.keys.learning import FINGERPRINTS
from core.lessons.keys.look import Look
from core.lessons.keys.table import HUNTS, KEYS, MODELS, PHOTOS, UNSEEN
from core.lessons.lesson import Question, Shows
from core.lessons.words import fill
from core.models.store import list_models


@dataclass(frozen=True)
class Asked:
    """A question as it is put.

    right: which option is, from 0. why: the live numbers, for after the reveal. about: the photo or the model
    that it is asked about. values: what was computed, as it stands in the words. more: whether there are
    others that it can be tried with.
    """

    text: str
    options: tuple[str, ...]
    right: int
    why: str
    rule: str
    about: str
    values: Mapping[str, Value]
    more: bool

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The fingerprints that it is about, in hexadecimal, in the order of `FINGERPRINTS`; else empty."""
        return tuple(str(self.values[name]) for name in FINGERPRINTS if name in self.values)

    @property
    def pair(self) -> tuple[str, ...]:
        """The names of the two networks that it compares: the earlier one first; else empty."""
        return tuple(str(self.values[name]) for name in ("parent", "child") if name in self.values)


@dataclass(frozen=True, eq=False)
class Hunted:
    """A picture to click on. hits: (H, W) which pixels are what is looked for; why: as of `Asked`."""

    photo: str
    hits: NDArray[np.bool_]
    text: str
    why: str
    rule: str

    def check(self, row: int, col: int) -> bool:
        """Whether a clicked pixel is one; False outside the picture."""
        height, width = self.hits.shape
        return 0 <= row < height and 0 <= col < width and bool(self.hits[row, col])


def ask(question: Question, look: Look, language: str = "en", first: str = "", after: str = "") -> Asked:
    """A question with options, about the first subject that gives it one right answer.

    first: a photo to try before those of the question, such as the one on screen. after: a subject that it
    has been asked about; those that follow it are tried, for another question of its kind.
    NothingToAskError if no subject gives one; ModelError.
    """
    key = KEYS[question.key]
    told = {**key.parameters, **question.parameters}
    subjects = _subjects(_listed(key), key.about, told, "" if key.unseen else first)
    for about in subjects[subjects.index(after) + 1 :] if after in subjects else subjects:
        answer = key.compute(look, about, told)
        if answer is None:
            continue
        options = tuple(fill(option, answer.values, language) for option in question.options)
        if len(set(options)) < len(options):  # two that nobody could tell apart
            continue
        text, why, rule = (
            fill(each, answer.values, language) for each in (question.text, question.why, question.rule)
        )
        more = about != subjects[-1]
        return Asked(text, options, answer.right, why, rule, about, answer.values, more)
    raise _nothing(question)


def hunt(question: Question, look: Look, language: str = "en", first: str = "") -> Hunted:
    """A question that is answered by a click, about the first photo that has what is looked for.

    Parameters and errors as for `ask`.
    """
    told = {**HUNTS[question.key].parameters, **question.parameters}
    for photo in _subjects(PHOTOS, "photos", told, first):
        hits = HUNTS[question.key].mark(look, photo, told)
        if not hits.any() or hits.all():
            continue
        values: dict[str, Value] = {"count": int(hits.sum()), "share": float(hits.mean())}
        text, why, rule = (
            fill(each, values, language) for each in (question.text, question.why, question.rule)
        )
        return Hunted(photo, hits, text, why, rule)
    raise _nothing(question)


def look_of(shows: Shows | None, usual: str, look: Look) -> Look:
    """The look with the model that a step shows, if there is such a model. usual: the model otherwise."""
    named = shows.model if shows is not None and shows.model in list_models() else None
    return replace(look, model=named or usual)


def _listed(key: Key) -> tuple[str, ...]:
    """What a key is asked about where a lesson lists nothing."""
    return MODELS if key.about == "models" else UNSEEN if key.unseen else PHOTOS


def _subjects(usual: tuple[str, ...], about: str, told: Parameters, first: str) -> list[str]:
    listed = told.get(about, usual)
    assert isinstance(listed, tuple)  # noqa: S101 (loading has checked it)
    names = [str(each) for each in listed]
    # The photo on screen comes first, but not where a lesson says which ones it means.
    if first and about == "photos" and about not in told:
        return [first, *(name for name in names if name != first)]
    return names


def _nothing(question: Question) -> NothingToAskError:
    return NothingToAskError(
        sentence(
            "The question {id!r} has no single right answer for any picture or model in its list; go "
            "on with the next step, or name others in the lesson.",
            id=question.id,
        )
    )

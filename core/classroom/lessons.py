"""The lesson of a class: which one, its steps, and its questions as the class is asked them."""

from __future__ import annotations

from pathlib import Path

from core.classroom.records import Question
from core.errors import LessonError
from core.languages import ENGLISH, sentence
from core.lessons import library
from core.lessons.answers import Hunted, ask, hunt
from core.lessons.keys.look import Look
from core.lessons.lesson import Lesson, Step
from core.lessons.loading import load, shipped


def lesson_name(given: str) -> str:
    """What a class calls its lesson: its name in the library, or the whole path of a folder.

    given: one of these two; empty for the first that comes with StreetScope. LessonError if there is none.
    """
    known = [*shipped(), *library.own()]
    if not given or given in known:
        return given or known[0]
    folder = Path(given)
    if not folder.is_dir():
        raise LessonError(
            sentence(
                "There is no lesson {given!r}; there are {known}, or give a lesson's folder.",
                given=given[:60],
                known=", ".join(known),
            )
        )
    return str(folder.resolve())


def open_lesson(name: str, language: str) -> Lesson:
    """The lesson that `lesson_name` has named, in a language. LessonError."""
    return load(Path(name), language) if Path(name).is_absolute() else library.find(name, language)


def spoken_language(name: str, asked: str) -> str:
    """The language in which a class is given a lesson. asked: empty for English, or else the lesson's first.

    LessonError if the lesson has no words in what was asked for.
    """
    spoken = open_lesson(name, asked or ENGLISH).language
    if asked and spoken != asked:
        raise LessonError(
            sentence(
                "The lesson {name!r} has no words in {language!r}; leave --language out for {spoken!r}.",
                name=Path(name).name[:60],
                language=asked[:20],
                spoken=spoken,
            )
        )
    return spoken


def first_step(name: str, language: str) -> str:
    """The ID of a lesson's first step."""
    return open_lesson(name, language).steps[0].id


def question_of(step: Step, language: str, look: Look) -> Question | None:
    """The question of a step, with its key computed; None if the step asks nothing.

    look: with the step's model. Of a click, the question has no options. NothingToAskError, ModelError.
    """
    if step.question is None:
        return None
    photo = (step.shows.photo if step.shows else None) or ""
    if step.activity == "click":
        found = hunt(step.question, look, language, photo)
        return Question(found.text, (), -1, found.why, found.rule, found.photo)
    asked = ask(step.question, look, language, photo)
    return Question(
        asked.text,
        asked.options,
        asked.right,
        asked.why,
        asked.rule,
        asked.about,
        asked.fingerprints,
        asked.pair,
    )


def pixels_of(step: Step, question: Question, language: str, look: Look) -> Hunted:
    """Which pixels are right at a step that asks for a click, in the photo that the class was asked about."""
    if step.question is None:
        raise LessonError(sentence("The step {id!r} asks for no pixel.", id=step.id))
    return hunt(step.question, look, language, question.about)

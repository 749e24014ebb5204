"""Reading lessons: from a folder, from files that somebody gave, and which lessons come with StreetScope.

    lesson = load(Path("my-lesson"), "id")

A lesson is text, and nothing in it is ever run. What is wrong with one is told all at once: file, line and
reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.errors import FileKindError, FileSizeError, LessonError, LessonFault
from core.files import is_plain, read_plain, system_error_sentence
from core.languages import PSEUDO, sentence
from core.lessons.edges import wrong_option
from core.lessons.keys.table import HUNTS, KEYS
from core.lessons.lesson import LETTERS, Lesson, Question, Step
from core.lessons.pseudo import in_pseudo
from core.lessons.structure import FILE, PlannedQuestion, PlannedStep, Structure, parse_structure
from core.lessons.words import PLACE, Part, Words, parse_words, question_and_options

SHIPPED = Path(__file__).parent / "shipped"
ENGLISH = "en"
MOST_BYTES = 256 * 1024
"""Of one file of a lesson: the longest that is shipped has a twentieth of it."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

Files = Mapping[str, bytes]
"""A lesson's files by their names: lesson.toml, en.md, id.md ..."""


def shipped() -> tuple[str, ...]:
    """The names of the lessons that come with StreetScope, the shortest first."""
    return ("street", "learning", "put-it-right")


def shipped_folder(name: str) -> Path:
    """Where a shipped lesson is. LessonError if there is none of that name."""
    if name not in shipped():
        raise LessonError(
            sentence(
                "There is no lesson {name!r}; there are {shipped}.",
                name=name[:60],
                shipped=", ".join(shipped()),
            )
        )
    return SHIPPED / name


def load(folder: Path, language: str) -> Lesson:
    """The lesson in a folder, in a language.

    It is checked whole, in all its languages. One that it has no words in gives English, or else its first.
    LessonError with all that is wrong with it.
    """
    return parse(read_files(folder), folder.name, language)


def read_files(folder: Path) -> dict[str, bytes]:
    """The files of a lesson in a folder, no longer than they may be. LessonError."""
    if not folder.is_dir():
        raise LessonError(
            sentence("{folder} is no folder; give one that has a {file}.", folder=folder, file=FILE)
        )
    files = {FILE: _read(folder, FILE)}
    structure = parse_structure(_text(files, FILE, []))
    for language in structure.languages:
        if is_plain(folder / f"{language}.md") or (folder / f"{language}.md").is_symlink():
            files[f"{language}.md"] = _read(folder, f"{language}.md")
    return files


def parse(files: Files, name: str, language: str) -> Lesson:
    """The lesson that these files are, in a language; otherwise as `load`. name: of its folder."""
    faults = list[LessonFault]()
    structure = parse_structure(_text(files, FILE, faults)) if FILE in files else Structure()
    faults += structure.faults
    if FILE not in files:
        faults.append(LessonFault(FILE, 0, sentence("this file is missing")))
    if not _NAME.fullmatch(name):
        faults.append(
            LessonFault(
                FILE, 0, sentence("the folder's name is to be letters, digits, hyphens and underscores")
            )
        )
    found = [_in_language(files, structure, name, each, faults) for each in structure.languages]
    lessons = {lesson.language: lesson for lesson in found if lesson is not None}
    if faults or not lessons:
        raise LessonError(sentence("The lesson {name!r} cannot be used:", name=name[:60]), faults)
    lesson = lessons.get(language) or lessons.get(ENGLISH) or next(iter(lessons.values()))
    return in_pseudo(lesson) if language == PSEUDO else lesson


def languages(files: Files) -> tuple[str, ...]:
    """The languages that a lesson says it has words in."""
    return parse_structure(_text(files, FILE, [])).languages if FILE in files else ()


def _read(folder: Path, name: str) -> bytes:
    try:
        return read_plain(folder / name, MOST_BYTES)
    except FileSizeError:
        reason: str = sentence(
            "it has more than {most_bytes} kB; no file of a lesson is as long", most_bytes=MOST_BYTES // 1024
        )
    except FileKindError:
        reason = sentence("it is no plain file: a lesson has no links")
    except FileNotFoundError:
        reason = sentence("this file is missing")
    except OSError as error:
        reason = system_error_sentence(error)
    raise LessonError(
        sentence("The lesson {name!r} cannot be used:", name=folder.name[:60]), [LessonFault(name, 0, reason)]
    )


def _text(files: Files, name: str, faults: list[LessonFault]) -> str:
    """A file's text, with lines that end in one way."""
    data = files[name]
    if len(data) > MOST_BYTES:
        faults.append(
            LessonFault(
                name,
                0,
                sentence(
                    "it has more than {most_bytes} kB; no file of a lesson is as long",
                    most_bytes=MOST_BYTES // 1024,
                ),
            )
        )
        return ""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.append(LessonFault(name, line, sentence("this is not UTF-8 text; save the file as UTF-8")))
        return ""


def _in_language(
    files: Files, structure: Structure, name: str, language: str, faults: list[LessonFault]
) -> Lesson | None:
    file = f"{language}.md"
    if file not in files:
        faults.append(
            LessonFault(
                file,
                0,
                sentence(
                    "this file is missing: {file} says that there are words in {language!r}",
                    file=FILE,
                    language=language,
                ),
            )
        )
        return None
    before = len(faults)
    words, wrong = parse_words(_text(files, file, faults), file)
    faults += wrong
    if len(faults) > before and not words.steps:
        return None
    known = {step.id for step in structure.steps}
    for extra in words.steps.keys() - known:
        line = words.steps[extra].line
        faults.append(
            LessonFault(
                file,
                line,
                sentence(
                    "{file} has no step {step!r}; it has {known}",
                    file=FILE,
                    step=extra,
                    known=", ".join(sorted(known)),
                ),
            )
        )
    steps = tuple(_step(step, words, file, faults) for step in structure.steps)
    return Lesson(
        name,
        language,
        words.head.title,
        words.head.text,
        words.head.part("Audience"),
        sum(step.minutes for step in steps),
        steps,
    )


def _step(step: PlannedStep, words: Words, file: str, faults: list[LessonFault]) -> Step:
    part = words.steps.get(step.id)
    if part is None:
        reason = sentence(
            "the words of the step {id!r} are missing; begin them with ## {id}: and a title", id=step.id
        )
        faults.append(LessonFault(file, 0, reason))
        part = Part(0)
    elif not part.text:
        faults.append(
            LessonFault(file, part.line, sentence("the step {id!r} says nothing to the students", id=step.id))
        )
    question = None if step.question is None else _question(step.id, step.question, part, file, faults)
    if not step.asks:
        for name in ("Question", "Why", "Rule"):
            if name in part.parts:
                reason = sentence("{file} has no question for the step {id!r}", file=FILE, id=step.id)
                faults.append(LessonFault(file, part.parts[name].line, reason))
    return Step(
        step.id,
        part.title,
        step.minutes,
        part.text,
        part.part("Teacher"),
        step.shows,
        question,
        step.activity,
    )


def _question(
    step_id: str, planned: PlannedQuestion, part: Part, file: str, faults: list[LessonFault]
) -> Question:
    said = part.parts.get("Question")
    text, options = question_and_options(said) if said else ("", ())
    line = said.line if said else part.line
    key = KEYS.get(planned.key)
    needed = key.options if key else 0
    if part.line and not text:
        reason = sentence(
            "the step {step_id!r} has a question without words; write them below ### Question",
            step_id=step_id,
        )
        faults.append(LessonFault(file, line, reason))
    elif part.line and len(options) != needed:
        reason = sentence(
            "the key {key!r} needs {needed} options, not {count}; each stands on a line that begins "
            "with a hyphen",
            key=planned.key,
            needed=needed,
            count=len(options),
        )
        faults.append(LessonFault(file, line, reason))
    elif said:
        _check_ranges(said, options, planned, file, faults)
    _check_places(part, key.values if key else HUNTS[planned.key].values, file, faults)
    return Question(
        step_id,
        text,
        options[: len(LETTERS)],
        planned.key,
        planned.parameters,
        planned.misconception,
        part.part("Why"),
        part.part("Rule"),
    )


def _check_ranges(
    said: Part, options: Sequence[str], planned: PlannedQuestion, file: str, faults: list[LessonFault]
) -> None:
    """Options that are ranges name the edges that the key is computed with, each its own."""
    usual = KEYS[planned.key].parameters if planned.key in KEYS else {}
    edges = planned.parameters.get("edges", usual.get("edges", ()))
    shares = [each for each in edges if isinstance(each, float)] if isinstance(edges, tuple) else []
    wrong = wrong_option(options, shares) if shares else None
    if wrong is not None:
        lines = [line for line, words in enumerate(said.lines, said.line + 1) if words.startswith("- ")]
        faults.append(LessonFault(file, lines[wrong[0] - len(options)], wrong[1]))


def _check_places(part: Part, known: Sequence[str], file: str, faults: list[LessonFault]) -> None:
    """Every {place} in a question's words is one that its key function has a value for."""
    for name in ("Question", "Why", "Rule"):
        if name not in part.parts:
            continue
        for number, line in enumerate(part.parts[name].lines, start=part.parts[name].line + 1):
            for place in PLACE.findall(line):
                if place not in known:
                    reason = sentence(
                        "nothing is known for {{{place}}}; this key has {known}",
                        place=place,
                        known=", ".join(known) or sentence("no values"),
                    )
                    faults.append(LessonFault(file, number, reason))

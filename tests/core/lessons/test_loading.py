"""Reading lessons: the shipped ones are whole in both languages; a wrong one is told file, line, reason."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import LessonError
from core.lessons.lesson import Lesson
from core.lessons.loading import MOST_BYTES, load, shipped, shipped_folder

TOML = """languages = ["en", "id"]

[[steps]]
id = "sure"
minutes = 8
activity = "vote"
shows = { page = "explore", photo = "toytown-rain" }

[steps.question]
key = "wrong_where_sure"
misconception = "M1"
parameters = { sure = 95 }

[[steps]]
id = "end"
minutes = 2
"""

WORDS = """# A lesson

What it is about.

### Audience

Anyone.

## sure: Sure and wrong

Words for students.

### Teacher

Words for the teacher.

### Question

How many are wrong?

- Few
- Some
- Many
- Most

### Why

It was {share}.

### Rule

Sure is not right.

## end: The end

Good bye.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small lesson that is right."""
    place = tmp_path / "mine"
    place.mkdir()
    (place / "lesson.toml").write_text(TOML)
    for language in ("en", "id"):
        (place / f"{language}.md").write_text(WORDS)
    return place


def faults(folder: Path) -> list[str]:
    with pytest.raises(LessonError) as caught:
        load(folder, "en")
    return [str(fault) for fault in caught.value.faults]


def changed(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))


def test_a_lesson_has_what_its_files_say(folder: Path) -> None:
    lesson = load(folder, "en")

    assert (lesson.name, lesson.title, lesson.audience, lesson.minutes) == ("mine", "A lesson", "Anyone.", 10)
    step = lesson.steps[0]
    assert (step.student, step.teacher) == ("Words for students.", "Words for the teacher.")
    assert step.shows is not None
    assert step.shows.address() == "explore?photo=toytown-rain"
    assert step.question is not None
    assert step.question.options == ("Few", "Some", "Many", "Most")
    assert step.question.parameters == {"sure": 95}


def test_a_language_without_words_gives_english(folder: Path) -> None:
    assert load(folder, "id").language == "id"
    assert load(folder, "de").language == "en"


WRONG: dict[str, tuple[Callable[[Path], None], str]] = {
    "no TOML": (
        lambda place: changed(place, "lesson.toml", "minutes = 8", "minutes = = 8"),
        "lesson.toml, line 5: this is not TOML: Invalid value",
    ),
    "unknown function": (
        lambda place: changed(place, "lesson.toml", "wrong_where_sure", "os_system"),
        "lesson.toml, line 10: there is no key function 'os_system'; there are ",
    ),
    "no key": (
        lambda place: changed(place, "lesson.toml", 'key = "wrong_where_sure"\n', ""),
        "lesson.toml, line 9: the question has no key: name the function that computes which option ",
    ),
    "wrong parameter": (
        lambda place: changed(place, "lesson.toml", "sure = 95", 'sure = "very"'),
        "lesson.toml, line 12: the parameter 'sure' is to be like 90",
    ),
    "unknown parameter": (
        lambda place: changed(place, "lesson.toml", "sure = 95", "code = 1"),
        "lesson.toml, line 12: the key 'wrong_where_sure' has no parameter 'code'; it has photos, ",
    ),
    "unknown name": (
        lambda place: changed(place, "lesson.toml", "minutes = 2", "minutes = 2\nscript = 'x.py'"),
        "lesson.toml, line 17: nobody knows what 'script' means here; there are id, minutes, activity, ",
    ),
    "no whole number": (
        lambda place: changed(place, "lesson.toml", "minutes = 2", "minutes = true"),
        "lesson.toml, line 16: minutes is to be a whole number from 1 to 120",
    ),
    "photo that is a path": (
        lambda place: changed(place, "lesson.toml", "toytown-rain", "../../etc/passwd"),
        "lesson.toml, line 7: there is no photo '../../etc/passwd': name a sample, or a drawn frame ",
    ),
    "run that is a path": (
        lambda place: changed(place, "lesson.toml", 'photo = "toytown-rain"', 'run = "../runs"'),
        "lesson.toml, line 7: run is to be one of newest, not '../runs'",
    ),
    "ID that is a path": (
        lambda place: changed(place, "lesson.toml", 'id = "end"', 'id = "../end"'),
        "lesson.toml, line 15: id is to be small letters, digits and hyphens, at most 40 of them",
    ),
    "language that is a path": (
        lambda place: changed(place, "lesson.toml", '"id"]', '"../../x"]'),
        "lesson.toml, line 1: give the languages that the lesson has words in, ",
    ),
    "step twice": (
        lambda place: changed(place, "lesson.toml", 'id = "end"', 'id = "sure"'),
        "lesson.toml, line 14: the step 'sure' is there twice",
    ),
    "activity without a question": (
        lambda place: changed(place, "lesson.toml", "minutes = 2", 'minutes = 2\nactivity = "vote"'),
        "lesson.toml, line 17: the activity 'vote' needs a question",
    ),
    "missing translation": (
        lambda place: (place / "id.md").unlink(),
        "id.md: this file is missing: lesson.toml says that there are words in 'id'",
    ),
    "step without words": (
        lambda place: changed(place, "id.md", "## end: The end\n\nGood bye.\n", ""),
        "id.md: the words of the step 'end' are missing; begin them with ## end: and a title",
    ),
    "too few options": (
        lambda place: changed(place, "en.md", "- Most\n", ""),
        "en.md, line 17: the key 'wrong_where_sure' needs 4 options, not 3; each stands on a line that ",
    ),
    "unknown place": (
        lambda place: changed(place, "en.md", "{share}", "{shares}"),
        "en.md, line 28: nothing is known for {shares}; this key has share, wrong, count, sure",
    ),
    "unknown part": (
        lambda place: changed(place, "en.md", "### Rule", "### Rules"),
        "en.md, line 30: the part 'Rules' is none of Audience, Teacher, Question, Why, Rule",
    ),
    "unknown step": (
        lambda place: changed(place, "en.md", "## end: The end", "## over: The end"),
        "en.md, line 34: lesson.toml has no step 'over'; it has end, sure",
    ),
    "no title": (
        lambda place: changed(place, "en.md", "# A lesson", "A lesson"),
        "en.md, line 1: there is no title; begin with a line such as # My lesson",
    ),
    "picture from elsewhere": (
        lambda place: changed(place, "en.md", "Good bye.", "![](https://example.com/pixel.png)"),
        "en.md, line 36: a lesson has no pictures of its own; name a photo in lesson.toml",
    ),
    "HTML": (
        lambda place: changed(place, "en.md", "Good bye.", "<script>alert(1)</script>"),
        "en.md, line 36: a lesson has no HTML; write Markdown",
    ),
    "no UTF-8": (
        lambda place: (place / "en.md").write_bytes(b"# A lesson\n\xff\xfe"),
        "en.md, line 2: this is not UTF-8 text; save the file as UTF-8",
    ),
    "no lesson.toml": (lambda place: (place / "lesson.toml").unlink(), "lesson.toml: this file is missing"),
    "100 MB": (
        lambda place: os.truncate(place / "lesson.toml", 100_000_000),
        "lesson.toml: it has more than 256 kB; no file of a lesson is as long",
    ),
    "words of 100 MB": (
        lambda place: os.truncate(place / "id.md", 100_000_000),
        "id.md: it has more than 256 kB; no file of a lesson is as long",
    ),
    "link": (
        lambda place: ((place / "id.md").unlink(), (place / "id.md").symlink_to("/etc/passwd"), None)[-1],
        "id.md: it is no plain file: a lesson has no links",
    ),
    "ranges in another order": (
        lambda place: changed(
            place, "en.md", "- Few\n- Some\n", "- Between 1 in 1,000 and 1 in 100\n- Fewer than 1 in 1,000\n"
        ),
        "en.md, line 21: this range has its edge at 0.1%, in ascending order of the options",
    ),
    "ranges that overlap": (
        lambda place: changed(place, "id.md", "- Some\n- Many\n", "- Some\n- Antara 0,5 dan 10 %\n"),
        "id.md, line 23: this range has its edge at 1% and 10%, in ascending order of the options",
    ),
    "edges in another order": (
        lambda place: changed(place, "lesson.toml", "sure = 95", "edges = [0.1, 0.01, 0.5]"),
        "lesson.toml, line 12: the edges are to be shares above 0 and below 1, each above the one before",
    ),
    "frame that a network may have learnt from": (
        lambda place: changed(
            place,
            "lesson.toml",
            '"wrong_where_sure"\nmisconception = "M1"\nparameters = { sure = 95 }',
            '"child_against_parent"\nparameters = { photos = ["toytown-noon"] }',
        ),
        "lesson.toml, line 11: a network may have learnt from 'toytown-noon': this key needs frames of ",
    ),
    "nested": (
        lambda place: changed(
            place, "lesson.toml", "languages", "x = " + "[" * 5000 + "]" * 5000 + "\nlanguages"
        ),
        "lesson.toml",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_lesson_is_told_file_line_and_reason(name: str, folder: Path) -> None:
    spoil, sentence = WRONG[name]
    spoil(folder)

    assert any(fault.startswith(sentence) for fault in faults(folder)), faults(folder)


def test_all_faults_are_told_at_once(folder: Path) -> None:
    changed(folder, "lesson.toml", "minutes = 2", "minutes = 0")
    changed(folder, "en.md", "{share}", "{x}")
    (folder / "id.md").unlink()

    assert [fault.partition(":")[0] for fault in faults(folder)] == [
        "lesson.toml, line 16",
        "en.md, line 28",
        "id.md",
    ]


def test_a_wrong_key_is_one_fault(folder: Path) -> None:
    changed(folder, "lesson.toml", "wrong_where_sure", "nothing")

    assert len(faults(folder)) == 1


def test_no_file_is_larger_than_may_be_read() -> None:
    assert all(
        path.stat().st_size < MOST_BYTES / 4 for name in shipped() for path in shipped_folder(name).iterdir()
    )


@pytest.fixture(params=shipped())
def both(request: pytest.FixtureRequest) -> tuple[Lesson, Lesson]:
    folder = shipped_folder(request.param)
    return load(folder, "en"), load(folder, "id")


def test_a_shipped_lesson_is_whole_in_both_languages(both: tuple[Lesson, Lesson]) -> None:
    english, indonesian = both

    assert (english.language, indonesian.language) == ("en", "id")
    for one, other in zip(english.steps, indonesian.steps, strict=True):
        assert one.teacher
        assert other.teacher
        assert one.title != other.title
        assert one.student != other.student
        if one.question is not None and other.question is not None:
            assert all((one.question.why, one.question.rule, other.question.why, other.question.rule))


def test_the_shipped_lessons_address_all_misconceptions() -> None:
    lessons = [load(shipped_folder(name), "en") for name in shipped()]
    addressed = {step.question.misconception for each in lessons for step in each.steps if step.question}

    assert addressed >= {f"M{number}" for number in range(1, 9)}


def test_the_first_lesson_takes_45_minutes() -> None:
    assert load(shipped_folder("street"), "en").minutes == 45

"""A class with a question, in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.classroom.leading import begin, open_class
from core.classroom.records import Class, Question
from core.classroom.store import ClassStore

QUESTION = Question(
    "Which class does the network see here?",
    ("Road", "Car", "Sky", "Tree"),
    right=1,
    why="It is red.",
    fingerprints=("1c1b", "1c1b"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ClassStore]:
    """The file of a class, without any class in it."""
    opened = ClassStore(tmp_path / "class" / "class.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def opened(store: ClassStore) -> Class:
    """A class at the step `first` of the lesson `tiny`."""
    return begin(store, open_class(store, "tiny", "en", "first"), "wait")


@pytest.fixture
def voting(store: ClassStore, opened: Class) -> Class:
    """The same, with the first ballot open."""
    return begin(store, opened, "vote", question=QUESTION)


@pytest.fixture
def refusal() -> Callable[[Callable[[], object]], str]:
    """The one sentence with which the class refuses something."""
    from core.errors import ClassroomError

    def refused(action: Callable[[], object]) -> str:
        with pytest.raises(ClassroomError) as raised:
            action()
        return str(raised.value)

    return refused

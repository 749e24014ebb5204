"""`python -m core class`, without its server."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from core.__main__ import main
from core.classroom import opening
from core.classroom.leading import current, open_class
from core.classroom.opening import in_terminal, join_address, sole_class
from core.classroom.store import ClassStore, class_file


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    return tmp_path


def test_a_class_is_deleted_from_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    store = ClassStore(class_file())
    open_class(store, "street", "en", "sure")
    assert main(["class", "--end"]) == 0
    assert capsys.readouterr().out == "The class is deleted, with all its answers.\n"
    assert current(store) is None
    store.close()


def test_one_class_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    with sole_class():
        assert main(["class"]) == 2
    said = "A class is open already: end it with Ctrl+C where it was started.\n"
    assert capsys.readouterr().err == said


def test_a_lesson_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["class", "--lesson", "nowhere"]) == 2
    assert capsys.readouterr().err.startswith("There is no lesson 'nowhere'; there are ")


def test_a_lesson_is_given_only_in_a_language_that_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["class", "--lesson", "street", "--language", "indonesia"]) == 2
    said = "The lesson 'street' has no words in 'indonesia'; leave --language out for 'en'.\n"
    assert capsys.readouterr().err == said


def test_a_port_that_another_program_uses_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_FREEING_SECONDS", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["class", "--host", "127.0.0.1", "--port", str(port)]) == 2
    heard = capsys.readouterr()
    assert heard.err.startswith(f"Another program uses port {port}")
    assert not heard.out


def test_another_lesson_needs_new(capsys: pytest.CaptureFixture[str]) -> None:
    store = ClassStore(class_file())
    open_class(store, "another", "en", "first")
    store.close()
    assert main(["class", "--lesson", str(Path(__file__).with_name("tiny"))]) == 2
    assert "A class is open with the lesson another (en): end it first" in capsys.readouterr().err


def test_the_code_in_the_terminal_is_a_square_of_blocks() -> None:
    lines = in_terminal(join_address("192.168.1.20", 8501, "BKTP")).splitlines()
    assert len({len(line) for line in lines if line}) == 1
    assert set("".join(lines)) <= set(" ▀▄█")

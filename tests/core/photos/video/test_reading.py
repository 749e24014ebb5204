"""A video in its process: what it is, its pictures, and what it cannot do to anybody."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from core.errors import VideoError
from core.photos.video import messages, reading
from core.photos.video.messages import End, Frame, Overview, Position, Wanted
from core.photos.video.reading import Video, frames, key_of, look, video_at, video_of
from tests.conftest import ROOT
from tests.videos import LEVEL, video

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's limits and /proc")

RIDE = video()
ALL = Wanted(100, 2048, 500)
"""25 pictures: more than fit between the two processes, so that the other one waits for this one."""


def processes() -> list[int]:
    """The decoding processes that this process has started and that are alive."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            parent = path.with_name("stat").read_text().rpartition(")")[2].split()[1]
            if b"core.photos.video.worker" in path.read_bytes() and int(parent) == os.getpid():
                found.append(int(path.parent.name))
    return found


def test_a_video_is_looked_at_and_gives_its_pictures() -> None:
    with video_of("ride.mp4", RIDE).open() as file:
        assert look(file) == Overview(2500, 64, 96)
        came = list(frames(file, Wanted(1000, 48, 500, known=(1000,))))

    assert came[0] == Overview(2500, 64, 96)
    assert came[-1] == End(2400)
    pictures = [each for each in came if isinstance(each, Frame)]
    assert [each.milliseconds for each in pictures] == [0, 2000]
    assert [each.full_size for each in pictures] == [(64, 96)] * 2
    assert pictures[1].image.shape == (32, 48, 3)
    assert round(float(pictures[1].image.mean()) / LEVEL) == 20


def test_what_is_no_video_is_refused_with_the_sentence_of_its_process() -> None:
    with (
        video_of("a.mp4", b"#EXTM3U\nfile:///etc/passwd").open() as file,
        pytest.raises(VideoError, match=r"^This is no video in a format that we read; give an MP4, .*\.$"),
    ):
        look(file)


@linux
@pytest.mark.parametrize(
    ("ended_by", "words"), [(signal.SIGSEGV, "makes its decoder fail"), (signal.SIGXCPU, "takes far longer")]
)
def test_a_video_that_ends_its_process_is_one_sentence(ended_by: signal.Signals, words: str) -> None:
    def end() -> None:
        for process in processes():
            os.kill(process, ended_by)

    with video_of("ride.mp4", RIDE).open() as file, pytest.raises(VideoError, match=words):
        list(frames(file, ALL, waiting=end))
    assert processes() == []


class _StoppedError(Exception):
    pass


@linux
def test_a_cancelled_work_leaves_no_process_and_no_thread() -> None:
    def stop() -> None:
        if processes():
            raise _StoppedError

    threads = threading.active_count()
    with video_of("ride.mp4", RIDE).open() as file, pytest.raises(_StoppedError):
        list(frames(file, ALL, waiting=stop))
    assert processes() == []
    for thread in threading.enumerate():
        if thread.name == "video's messages":
            thread.join(10)
    assert threading.active_count() <= threads


LIMITED = """
import socket, sys
from core.photos.limits import limit_memory, open_nothing
limit_memory(2**20)
open_nothing()
for tried in (
    lambda: open("/etc/passwd"), lambda: open("/tmp/new", "w"), socket.socket, lambda: bytes(2**24)
):
    try:
        tried()
    except (OSError, MemoryError):
        print("refused", flush=True)
"""


@linux
def test_the_process_can_open_no_file_and_no_connection_and_has_little_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "refused\n" * 4


@linux
def test_the_limits_hold_while_a_video_is_decoded_and_no_more_pictures_come_than_are_wanted() -> None:
    import resource

    limits = (resource.RLIMIT_NOFILE, resource.RLIMIT_AS, resource.RLIMIT_CPU)
    seen: list[list[int]] = []

    def note() -> None:
        seen.extend([resource.prlimit(process, each)[0] for each in limits] for process in processes())

    with video_of("ride.mp4", RIDE).open() as file:
        came = [each for each in frames(file, Wanted(100, 2048, 9), note) if isinstance(each, Frame)]
    assert [each.milliseconds for each in came] == [*range(0, 900, 100)]
    files, memory, seconds = seen[-1]
    assert files == 0
    assert 2 * 1024**3 < memory < 5 * 1024**3
    assert 0 < seconds < 330


# Files


def test_the_bytes_of_a_video_lie_in_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with video_of("ride.mp4", RIDE).open() as file:
        assert os.fstat(file.fileno()).st_size == len(RIDE)
        assert list(tmp_path.iterdir()) == []


FULL = """
import resource, signal
from core.errors import VideoError
from core.photos.video.reading import video_of
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    video_of("ride.mp4", bytes(5000)).open()
except VideoError as error:
    print(error)
"""


@linux
def test_a_full_disk_is_one_sentence() -> None:
    done = subprocess.run([sys.executable, "-c", FULL], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "There is no room on the disk for ride.mp4: free some space and try again.\n"


def test_a_path_that_is_no_file_is_one_sentence(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "gone.mp4", "cannot be read: No such file"),
        (tmp_path, "is not a file; give the full path of a video"),
        (Path("a\0b"), "cannot be read: no such name"),
    ):
        with pytest.raises(VideoError, match=words):
            video_at(path).open()


@linux
def test_a_pipe_makes_nobody_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(VideoError, match="is not a file"):
        video_at(tmp_path / "pipe.mp4").open()


def test_a_video_is_known_again_by_what_is_in_it(tmp_path: Path) -> None:
    def key(video: Video) -> str:
        with video.open() as file:
            return key_of(file)

    (tmp_path / "other name.mp4").write_bytes(RIDE)
    assert key(video_at(tmp_path / "other name.mp4")) == key(video_of("ride.mp4", RIDE))
    assert key(video_of("ride.mp4", RIDE + b"\0")) != key(video_of("ride.mp4", RIDE))


# What is said between them


def test_a_word_that_no_honest_process_says_is_none() -> None:
    for said in (b"", b"X", b"O\0\0", b"F" + bytes(8) + b"\0\0\0\0\0", b"F" + bytes(8) + b"\1" + bytes(16)):
        with pytest.raises(EOFError):
            messages.receive(io.BytesIO(said))


def test_all_words_come_over_the_wire_as_they_were() -> None:
    pipe = io.BytesIO()
    picture = Frame(5, np.arange(12, dtype=np.uint8).reshape(2, 2, 3), (20, 30))
    plain = [Overview(2500, 64, 96), Position(7), End(2**63)]
    for message in (*plain, picture, VideoError("Größe.")):
        messages.send(pipe, message)
    pipe.seek(0)

    assert [messages.receive(pipe) for _ in plain] == plain
    came = messages.receive(pipe)
    assert isinstance(came, Frame)
    assert (came.milliseconds, came.full_size, came.image.tolist()) == (5, (20, 30), picture.image.tolist())
    with pytest.raises(VideoError, match="Größe"):
        messages.receive(pipe)
    assert Wanted.from_json(Wanted(1, 2, 3, (4, 5)).to_json()) == Wanted(1, 2, 3, (4, 5))


def test_silence_ends_a_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nprintf ready\nexec sleep 60\n")
    silent.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(silent))
    monkeypatch.setattr(reading, "MAX_SILENCE", 0.0)

    with video_of("ride.mp4", RIDE).open() as file, pytest.raises(VideoError, match="its decoder fail"):
        look(file)

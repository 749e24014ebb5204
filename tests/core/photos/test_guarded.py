"""Strangers' pictures in processes of their own: the same pixels, and no process outlives its use."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import (
    ImageTooLargeError,
    ImageTooSmallError,
    NotAnImageError,
    TruncatedImageError,
    WorkerError,
)
from core.photos import guarded, images, wire
from tests.conftest import ROOT

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's limits and /proc")


def encoded(picture, file_format="JPEG", **options):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, file_format, **options)
    return file.getvalue()


NOISE = np.random.default_rng(3).integers(0, 256, (300, 400, 3), dtype=np.uint8)
PHOTO = encoded(NOISE)
LARGE = encoded(np.zeros((5000, 10_000, 3), dtype=np.uint8), "PNG", compress_level=1)


@pytest.fixture
def worker() -> int:
    """The id of the one process that is alive and free."""
    guarded._pool.end()
    guarded.decode_scaled(PHOTO, 64)
    (process,) = guarded.processes()
    return process


def is_alive(process: int) -> bool:
    """Whether a process runs: one that only waits to be asked for its status does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


# The same as in this process


@pytest.mark.parametrize("square", [False, True])
@pytest.mark.parametrize("longest_side", [32, 100, 399, 400, 1000])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_the_pixels_are_those_of_this_process(file_format, longest_side, square):
    data = encoded(NOISE, file_format)
    here, here_size = images.decode_scaled(data, longest_side, square)
    there, there_size = guarded.decode_scaled(data, longest_side, square)
    assert np.array_equal(here, there)
    assert here_size == there_size == (300, 400)
    assert there.flags.writeable
    assert there.flags.c_contiguous


@pytest.mark.parametrize("square", [False, True])
@pytest.mark.parametrize(("longest_side", "height", "width"), [(100, 75, 100), (1000, 300, 400)])
def test_a_picture_is_scaled_down_but_never_up(longest_side, height, width, square):
    scaled, _ = guarded.decode_scaled(PHOTO, longest_side, square)
    assert scaled.shape[:2] == ((100, 100) if square and longest_side == 100 else (height, width))


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", NotAnImageError, "empty"),
        (b"hello", NotAnImageError, "not a picture"),
        (PHOTO[:2000], TruncatedImageError, "damaged"),
        (encoded(NOISE[:20], "PNG"), ImageTooSmallError, "400 x 20"),
        (bytes(41 * 1024 * 1024), ImageTooLargeError, "41.0 MB"),
        (encoded(np.zeros((6000, 10_000), dtype=np.uint8), "PNG"), ImageTooLargeError, "60.0 megapixels"),
    ],
)
def test_the_errors_are_those_of_this_process(data, error, words):
    with pytest.raises(error, match=words) as there:
        guarded.decode_scaled(data, 100)
    with pytest.raises(error) as here:
        images.decode(data)
    assert str(there.value) == str(here.value)


# What stays, and what does not


def test_one_process_decodes_one_picture_after_the_other(worker):
    for _ in range(5):
        guarded.decode_scaled(PHOTO, 64)
    assert guarded.processes() == [worker]


def test_many_threads_share_two_processes_and_each_gets_its_own_picture():
    pictures = [np.full((40, 40 + n, 3), n, dtype=np.uint8) for n in range(30)]
    with ThreadPoolExecutor(8) as threads:
        decoded = list(threads.map(lambda p: guarded.decode_scaled(encoded(p, "PNG"), 512)[0], pictures))
    assert all(np.array_equal(got, given) for got, given in zip(decoded, pictures, strict=True))
    assert 1 <= len(guarded.processes()) <= guarded.PROCESSES


def test_the_worker_imports_no_network_and_no_page():
    program = (
        "import sys, core.photos.worker;"
        "print(sorted({'torch', 'streamlit', 'fastai', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"


def test_a_picture_that_takes_too_long_is_refused_and_the_next_one_is_not(monkeypatch, worker):
    monkeypatch.setattr(guarded, "MAX_WALL_SECONDS", 0.05)
    with pytest.raises(ImageTooLargeError, match="takes far longer to decode than a photo does; give "):
        guarded.decode_scaled(LARGE, 2048)
    monkeypatch.undo()
    assert guarded.decode_scaled(PHOTO, 64)[1] == (300, 400)
    assert worker not in guarded.processes()


@linux
def test_a_worker_that_has_used_up_its_processor_time_is_gone_with_one_sentence(worker):
    os.kill(worker, signal.SIGSTOP)  # so that it is decoding when its limit is reached
    with ThreadPoolExecutor(1) as thread:
        decoded = thread.submit(guarded.decode_scaled, PHOTO, 64)
        time.sleep(0.05)
        os.kill(worker, signal.SIGXCPU)
        os.kill(worker, signal.SIGCONT)
        with pytest.raises(ImageTooLargeError, match="takes far longer"):
            decoded.result()
    assert not is_alive(worker)
    assert guarded.decode_scaled(PHOTO, 64)[1] == (300, 400)


@linux
def test_the_worker_may_use_seconds_of_the_processor_and_not_hours(worker):
    import resource

    soft, _ = resource.prlimit(worker, resource.RLIMIT_CPU)
    assert 10 <= soft <= 20


@linux
def test_a_picture_that_needs_too_much_memory_is_refused_and_the_worker_goes_on(worker):
    import resource

    pages = int(Path(f"/proc/{worker}/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + 50 * 1024 * 1024
    soft, hard = resource.prlimit(worker, resource.RLIMIT_AS)
    assert 1024**3 < soft == hard < 3 * 1024**3
    resource.prlimit(worker, resource.RLIMIT_AS, (limit, hard))
    with pytest.raises(ImageTooLargeError, match="memory"):
        guarded.decode_scaled(LARGE, 2048)
    resource.prlimit(worker, resource.RLIMIT_AS, (hard, hard))
    assert guarded.decode_scaled(PHOTO, 64)[1] == (300, 400)
    assert guarded.processes() == [worker]


def test_a_worker_that_somebody_killed_costs_nobody_a_picture(worker):
    os.kill(worker, signal.SIGKILL)
    assert guarded.decode_scaled(PHOTO, 64)[1] == (300, 400)
    assert guarded.processes() != [worker]


@linux
def test_a_picture_that_kills_its_decoder_each_time_is_refused():
    stop = threading.Event()

    def kill_all():
        while not stop.is_set():
            for process in guarded.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGSEGV)
            time.sleep(0.001)

    killer = threading.Thread(target=kill_all)
    killer.start()
    try:
        with pytest.raises(TruncatedImageError, match="makes its decoder fail; give"):
            guarded.decode_scaled(LARGE, 2048)
    finally:
        stop.set()
        killer.join()
    assert guarded.decode_scaled(PHOTO, 64)[1] == (300, 400)


def test_a_worker_that_does_not_start_is_one_sentence(monkeypatch, capfd):
    guarded._pool.end()
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with pytest.raises(
        WorkerError, match=r"^The process that decodes pictures ended while it started; .*\.$"
    ):
        guarded.decode_scaled(PHOTO, 64)
    assert "Python path configuration" in capfd.readouterr().err
    monkeypatch.undo()
    assert guarded.decode_scaled(PHOTO, 64)[1] == (300, 400)


# The end

PROGRAM = """
import sys
from pathlib import Path
from core.photos import guarded
data = Path(sys.argv[1]).read_bytes()
guarded.decode_scaled(data, 64)
print(*guarded.processes(), flush=True)
"""


@pytest.fixture
def photo_file(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(PHOTO)
    return path


@linux
def test_the_worker_ends_with_the_program_that_started_it_and_nobody_complains(photo_file):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, photo_file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert not is_alive(int(done.stdout))


@linux
def test_the_worker_ends_when_the_program_that_started_it_is_killed(photo_file):
    program = PROGRAM + "import time; time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", program, photo_file], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        assert is_alive(worker)
        process.kill()
    wait_until(lambda: not is_alive(worker))


@linux
def test_a_forked_process_starts_its_own_worker_and_leaves_its_parents_alone(photo_file):
    program = (
        PROGRAM
        + """
import os
child = os.fork()
if child == 0:
    assert guarded.processes() == []
    guarded.decode_scaled(data, 64)
    print(*guarded.processes(), flush=True)
    guarded._pool.end()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
before = guarded.processes()
guarded.decode_scaled(data, 64)
assert guarded.processes() == before
"""
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, photo_file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert len(set(done.stdout.split())) == 2


# What is said between them


def test_an_answer_that_no_honest_worker_gives_is_none():
    huge = b"\1" + (40_000).to_bytes(4, "big") * 4
    for answer in (b"", b"\1", b"\1" + bytes(16), huge, b"\0", b"\0\0\1\0\1", b"\0\0\1\0\1x"):
        with pytest.raises(EOFError):
            wire.receive_answer(io.BytesIO(answer))


def test_a_picture_and_a_refusal_come_over_the_wire_as_they_were():
    pipe = io.BytesIO()
    wire.send_answer(pipe, wire.Answer(NOISE, (3, 4)))
    wire.send_answer(pipe, wire.Refusal("ImageError", "Größe"))
    wire.send_request(pipe, wire.Request(b"data", 5, True))
    pipe.seek(0)
    answer = wire.receive_answer(pipe)
    assert isinstance(answer, wire.Answer)
    assert np.array_equal(answer.image, NOISE)
    assert answer.full_size == (3, 4)
    assert wire.receive_answer(pipe) == wire.Refusal("ImageError", "Größe")
    assert wire.receive_request(pipe) == wire.Request(b"data", 5, True)

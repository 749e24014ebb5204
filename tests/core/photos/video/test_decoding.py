"""Frames at their times, upright, whatever the container; and what is no video, or a hostile one."""

from __future__ import annotations

import io
import os
from fractions import Fraction

import av
import numpy as np
import pytest

from core.errors import VideoError
from core.photos.video import decoding
from core.photos.video.decoding import (
    MAX_PIXELS,
    FrameWalk,
    counted_seconds,
    first_frame,
    open_video,
    stated_seconds,
)
from core.photos.video.formats import format_of
from core.photos.video.upright import upright
from tests.videos import LEVEL, sound, turned, video


def found(data: bytes, every: str = "0.5", known: tuple[int, ...] = ()) -> list[tuple[int, int]]:
    """The wanted pictures of a video: their times in milliseconds, and which ones they are."""
    opened = open_video(io.BytesIO(data))
    walk = FrameWalk(opened, Fraction(every), known)
    return [(round(1000 * each.seconds), which(each.frame)) for each in walk.frames() if each is not None]


def which(frame: av.VideoFrame) -> int:
    return round(float(upright(frame, None, 2048)[0].mean()) / LEVEL)


FORMATS = [
    ("mp4", "libx264"),
    ("mov", "libx265"),
    ("matroska", "libx264"),
    ("webm", "libvpx-vp9"),
    ("webm", "libsvtav1"),
    ("avi", "mpeg4"),
    ("avi", "libx264"),
    ("mov", "mjpeg"),
]


@pytest.mark.parametrize(("container", "codec"), FORMATS)
def test_a_picture_every_half_second_is_the_one_of_that_time(container: str, codec: str) -> None:
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    data = video(container, codec, **options)
    if hasattr(os, "sched_getscheduler"):
        assert os.sched_getscheduler(0) == os.SCHED_OTHER

    assert found(data) == [(0, 0), (500, 5), (1000, 10), (1500, 15), (2000, 20)]
    assert stated_seconds(open_video(io.BytesIO(data))) == pytest.approx(2.5, abs=0.11)


@pytest.mark.parametrize("key_frames", [1, 3, 7, 1000])
@pytest.mark.parametrize("every", ["0.1", "0.3", "0.7", "2", "60"])
def test_skipping_to_key_frames_gives_the_same_pictures_as_decoding_all(every: str, key_frames: int) -> None:
    data = video(key_frames=key_frames)
    step = int(1000 * float(every))

    assert found(data, every) == [(at, at // 100) for at in range(0, 2500, step)]


def test_what_lies_between_key_frames_is_decoded_only_where_a_picture_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decoded = []
    decode = decoding._decoded
    monkeypatch.setattr(decoding, "_decoded", lambda *given: decoded.append(given[1]) or decode(*given))

    data = video(pictures=40, key_frames=5, bf="0", tune="zerolatency")

    assert found(data, "2") == [(0, 0), (2000, 20)]
    assert len(decoded) < 15


def test_known_pictures_are_not_found_again_and_the_others_are() -> None:
    data = video()

    assert found(data, known=(0, 500, 1000)) == [(0, 0), (1500, 15), (2000, 20)]
    assert found(data, known=(500, 1500)) == [(0, 0), (1000, 10), (2000, 20)]


def test_frames_come_when_they_come_in_a_video_with_a_varying_rate() -> None:
    times = [0, 100, 900, 950, 1000, 1900, 5000, 5100]

    assert found(video("matroska", times=times), "1") == [(0, 0), (1000, 4), (5000, 6)]


@pytest.mark.parametrize("begin", [-700, 3000])
def test_times_count_from_the_first_picture(begin: int) -> None:
    data = video("matroska", times=[begin + 100 * number for number in range(12)], bf="0")

    assert found(data) == [(0, 0), (500, 5), (1000, 10)]


def test_a_video_that_does_not_say_how_long_it_is_is_counted() -> None:
    data = bytearray(video("matroska", bf="0"))
    at = data.index(b"\x44\x89\x88")  # Segment > Info > Duration, a float of 8 bytes
    data[at + 3 : at + 11] = bytes(8)

    assert stated_seconds(open_video(io.BytesIO(data))) is None
    assert counted_seconds(open_video(io.BytesIO(data))) == pytest.approx(2.5, abs=0.11)


# As people see it


def corners(frame: av.VideoFrame, pixel: Fraction | None = None) -> list[int]:
    """The grey of the four corners, from the upper left one by rows, as 0, 1, 2 and 3."""
    image, _ = upright(frame, pixel, 2048)
    return [round(float(image[row, col].mean()) / 80) for row in (4, -4) for col in (4, -4)]


@pytest.fixture(scope="module")
def four_corners() -> bytes:
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:32, 48:], picture[32:, :48], picture[32:, 48:] = 80, 160, 240
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=10, options={"crf": "1"})
        stream.height, stream.width, stream.pix_fmt = 64, 96, "yuv420p"
        output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        output.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize(
    ("matrix", "size", "seen"),
    [
        ((1, 0, 0, 1), (64, 96), [0, 1, 2, 3]),
        ((0, 1, -1, 0), (96, 64), [2, 0, 3, 1]),  # a phone held upright: a quarter clockwise
        ((-1, 0, 0, -1), (64, 96), [3, 2, 1, 0]),
        ((0, -1, 1, 0), (96, 64), [1, 3, 0, 2]),
        ((-1, 0, 0, 1), (64, 96), [1, 0, 3, 2]),  # mirrored, as front cameras do
        ((0, 0, 0, 0), (64, 96), [0, 1, 2, 3]),
    ],
)
def test_a_turned_video_is_upright(
    four_corners: bytes, matrix: tuple[int, ...], size: tuple[int, int], seen: list[int]
) -> None:
    frame = first_frame(open_video(io.BytesIO(turned(four_corners, *matrix))))

    assert corners(frame) == seen
    assert upright(frame, None, 2048)[1] == size
    assert upright(frame, None, 48)[0].shape == (*(round(side / 2) for side in size), 3)


def test_pixels_become_square_unless_that_makes_no_sense(four_corners: bytes) -> None:
    frame = first_frame(open_video(io.BytesIO(four_corners)))

    assert upright(frame, Fraction(4, 3), 2048)[1] == (64, 128)
    assert upright(frame, Fraction(1, 1000), 2048)[1] == (64, 96)


@pytest.mark.parametrize(("height", "space"), [(64, "bt470bg"), (720, "bt709"), (720, "")])
def test_colours_are_those_that_were_filmed(height: int, space: str) -> None:
    colour = np.array([180, 60, 30])
    frame = av.VideoFrame.from_ndarray(np.full((height, 96, 3), colour, np.uint8), "rgb24")
    coded = frame.reformat(format="yuv444p", dst_colorspace="ITU601" if height < 720 else "ITU709")
    if not space:
        coded.colorspace = 2  # does not say

    assert np.abs(upright(coded, None, 2048)[0][5, 5] - colour).max() <= 4


# What is none


HUGE = video("webm", "vp8", pictures=2)
START = HUGE.index(b"\x9d\x01\x2a")  # of a key frame's size (RFC 6386, 9.1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"hello\n" * 1000, "no video in a format that we read"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://10.0.0.1/a.ts\n", "no video in a format that we read"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "no video in a format that we read"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "no video in a format that we read"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a photo, not a video"),
        (video()[:1500], "no moving pictures in it, or its beginning is missing"),
        (video("matroska")[:200], "damaged or incomplete"),
        (video("avi", "mpeg4")[:100], "damaged or incomplete"),
        (sound(), "no moving pictures"),
        (video("matroska", "ffv1"), "packed in an unusual way"),
        (video(size=(16, 16)), "have 16 x 16 pixels; give one of at least 32 x 32"),
        (video("matroska", bf="0", key_frames=1000, drop_first=True), "No picture of this video"),
        (HUGE[: START + 3] + b"\xff\x3f\xff\x3f" + HUGE[START + 7 :], "damaged or incomplete"),
    ],
)
def test_what_is_no_video_is_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(VideoError, match=words) as refused:
        first_frame(open_video(io.BytesIO(data)))
    assert str(refused.value).endswith(".")


def test_a_video_of_giant_pictures_is_refused_before_one_is_decoded() -> None:
    data = video("matroska", "mpeg4", pictures=1, size=(6016, 6016))
    assert MAX_PIXELS < 6016 * 6016

    with pytest.raises(VideoError, match="6016 x 6016 pixels; give one of at most 8K"):
        open_video(io.BytesIO(data))


@pytest.mark.parametrize("first", [b"moov", b"mdat", b"wide", b"ftyp"])
def test_old_quicktime_files_are_known_by_their_first_box(first: bytes) -> None:
    assert format_of(b"\0\0\0\x20" + first + bytes(20)) == "mov"


def test_a_damaged_middle_costs_only_the_pictures_there() -> None:
    data = bytearray(video("matroska", bf="0", key_frames=5))
    middle = len(data) // 2
    data[middle : middle + 60] = bytes(60)
    times = [at for at, _ in found(bytes(data))]

    assert times[0] == 0
    assert times[-1] >= 1500

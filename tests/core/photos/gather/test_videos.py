"""Frames of a video into a set: named by their times, not twice, up to so many, and by the command."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from core.__main__ import main
from core.errors import PhotoSetError, VideoError
from core.photos.gather import videos
from core.photos.gather.entry import Entry
from core.photos.gather.manifest import MAX_ENTRIES, table
from core.photos.gather.store import PhotoSet, open_set
from core.photos.gather.videos import add_frames, fitting, frame_count, frame_name, still_missing
from core.photos.video.reading import Video, video_of
from tests.videos import video


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> PhotoSet:
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    return open_set("mine")


@pytest.fixture(scope="module")
def ride() -> Video:
    return video_of("Jalan Raya, ride 1?.mp4", video(pictures=50, key_frames=7))  # 5 s


class _StoppedError(Exception):
    pass


def test_a_work_that_was_stopped_goes_on_and_takes_no_frame_twice(photos: PhotoSet, ride: Video) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int, *_: object) -> None:
        if done == 2:
            raise _StoppedError

    with pytest.raises(_StoppedError):
        add_frames(photos, ride, 1, None, stop)
    assert [entry.time for entry in photos.entries()] == [0, 1]

    assert add_frames(photos, ride, 1, None, lambda done, total, *_: told.append((done, total))) == ""
    assert [entry.time for entry in photos.entries()] == [0, 1, 2, 3, 4]
    assert told[-1] == (3, 3)
    assert add_frames(photos, ride, 1, None) == (
        "All frames of Jalan Raya, ride 1?.mp4 at one every 1 s are here already."
    )


def test_a_frame_says_which_video_it_is_from_and_when(photos: PhotoSet, ride: Video) -> None:
    add_frames(photos, ride, 2.5, None)
    rows = list(csv.DictReader(table(photos.entries()).splitlines()))

    assert [row["address"] for row in rows] == [
        "Jalan-Raya-ride-1_00-00-00.000.jpg",
        "Jalan-Raya-ride-1_00-00-02.500.jpg",
    ]
    assert [(row["video"], row["time"]) for row in rows] == [(ride.name, "0.0"), (ride.name, "2.5")]
    first = photos.entries()[0]
    assert (first.name, first.width, first.height) == ("Jalan-Raya-ride-1_00-00-00.000.jpg", 96, 64)
    assert len(photos.picture(first)) == first.size


def test_frames_of_a_standing_scene_are_grouped_and_one_is_kept(photos: PhotoSet) -> None:
    still = video_of("light.mp4", video(times=[0, 1000, 2000, 3000]))
    add_frames(photos, still, 1, None)

    assert [entry.group for entry in photos.entries()] == [1, 1, 1, 1]
    assert [entry.kept for entry in photos.entries()] == [True, False, False, False]


def test_more_frames_than_one_work_takes_are_named_and_come_next(
    photos: PhotoSet, ride: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(videos, "MOST", 3)

    assert add_frames(photos, ride, 1, None) == (
        "Jalan Raya, ride 1?.mp4 has 2 more frames at one every 1 s, after 0:00:02: "
        "gather it again to go on, or take one every 2 s."
    )
    assert add_frames(photos, ride, 1, None) == ""
    assert [entry.time for entry in photos.entries()] == [0, 1, 2, 3, 4]


def test_a_video_that_ends_early_gives_what_it_has_and_says_so(photos: PhotoSet) -> None:
    whole = video("matroska", pictures=120, key_frames=10, bf="0")
    note = add_frames(photos, video_of("cut.mkv", whole[: len(whole) // 3]), 1, None)

    assert 2 <= len(photos.entries()) <= 6
    assert note.startswith("cut.mkv ends at 0:00:0")
    assert note.endswith(
        ", but says that it is 0:00:12 long: it is damaged or incomplete. What came until then is here."
    )


def test_a_set_that_is_full_keeps_what_it_has(photos: PhotoSet, ride: Video) -> None:
    photos.add([Entry(number=0, address="a.jpg", state="refused")] * (MAX_ENTRIES - 2))

    with pytest.raises(PhotoSetError, match="at most 2,000 lines"):
        add_frames(photos, ride, 1, None)
    assert [entry.state for entry in photos.entries()[-2:]] == ["taken", "taken"]


def test_what_is_no_video_adds_nothing(photos: PhotoSet) -> None:
    with pytest.raises(VideoError, match="no video in a format"):
        add_frames(photos, video_of("a.mp4", b"hello"), 2, None)
    assert photos.entries() == ()


def test_counts_and_names_by_hand() -> None:
    assert [frame_count(ms, 2) for ms in (0, 1, 2000, 2001, 84_000)] == [1, 1, 1, 2, 42]
    assert [fitting(ms) for ms in (1000, 60_000, 450_000, 500_000, 500_001, 3_600_000)] == [
        0.1, 0.2, 0.9, 1, 2, 8,
    ]  # fmt: skip
    assert frame_count(3_600_000, fitting(3_600_000)) == 450
    assert frame_name("ride.mp4", 84_020) == "ride_00-01-24.jpg"
    assert frame_name("../..", 3_600_500, thousandths=True) == "video_01-00-00.500.jpg"
    assert still_missing(10_000, 2, [0, 2002, 4100, 7000]) == 2


def test_the_command_takes_frames_and_says_what_there_is_to_know(
    photos: PhotoSet, store: Path, colour_model: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "ride.mp4").write_bytes(video())
    command = ["gather", "video", str(tmp_path / "ride.mp4"), "--set", "mine", "--model", colour_model]

    assert main([*command, "--every", "1", "--json"]) == 0
    answer = json.loads(capsys.readouterr()[0])
    assert [line["address"] for line in answer["lines"]] == [f"ride_00-00-0{n}.jpg" for n in range(3)]
    assert main(command) == 0
    assert capsys.readouterr()[0].splitlines()[-1].startswith("note: All frames of ride.mp4")

    (tmp_path / "ride.mp4").write_bytes(b"hello")
    assert main(command) == 2
    assert capsys.readouterr()[1].startswith("This is no video in a format that we read; give an MP4")

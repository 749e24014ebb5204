"""What the server adds to its answers: the suggestion for the mask as it is, and the next doubtful place."""

from __future__ import annotations

import threading
import time
import zlib
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.annotation.runs import NOT_REVIEWED, Mask, between
from core.annotation.store import OpenCorrection, Source, open_correction, open_set, set_folder
from core.annotation.uncertain import next_place
from core.errors import ModelError
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import load_segmenter
from core.toytown.writing import frame
from pages.widgets.annotate.editor import doubt, editor, suggesting
from pages.widgets.annotate.editor.doubt import doubtful
from pages.widgets.annotate.editor.packing import identity
from pages.widgets.annotate.editor.reading import Network, suggester
from pages.widgets.annotate.editor.suggesting import Live, live

MODEL = "street-lite0"
LIVE: Mapping[str, object] = {"on": True}


@pytest.fixture(scope="module")
def segmentation():
    return load_segmenter(MODEL).segment(frame(108, 0)[0])


@pytest.fixture
def network(segmentation) -> Network:
    return Network(MODEL, lambda: segmentation)


@pytest.fixture
def correction(segmentation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenCorrection:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    for state in (suggesting, doubt):
        monkeypatch.setattr(state.st, "session_state", {})
    image, labels = segmentation.image, segmentation.labels
    return open_correction("mine", image, labels, segmentation.class_list, Source("frame", "a", MODEL))


def draw(correction: OpenCorrection, rows: slice, value: int) -> None:
    changed = correction.mask.copy()
    changed[rows, 40:80] = value
    correction.edit(between(correction.mask, changed).packed())


def follow(correction: OpenCorrection, network: Network, asked: Mapping[str, object] = LIVE) -> Live:
    """What live says once the picture is read."""
    while (found := live(correction, asked, network)) is None or found.waits:
        assert found is not None
        assert found.words.startswith("Reading the picture")
        time.sleep(0.01)
    return found


def labels_of(found: Live | None, correction: OpenCorrection) -> Mask:
    assert found is not None
    assert found.words == ""
    assert found.sum == zlib.adler32(correction.mask.tobytes())
    return np.frombuffer(zlib.decompress(b64decode(found.labels)), np.uint8).reshape(correction.mask.shape)


def test_live_says_what_it_needs_then_follows_each_step(correction: OpenCorrection, network: Network) -> None:
    assert live(correction, {}, network) is None
    assert live(correction, {"on": "yes"}, network) is None
    assert "two classes" in follow(correction, network).words
    draw(correction, slice(0, 8), 1)
    assert "two classes" in follow(correction, network).words

    draw(correction, slice(150, 158), 4)
    one = live(correction, LIVE, network)
    labels = labels_of(one, correction)
    reviewed = correction.mask != NOT_REVIEWED
    assert (labels[reviewed] == correction.mask[reviewed]).all()
    assert live(correction, LIVE, network) is one  # worked out once, however many runs there are
    draw(correction, slice(200, 208), 2)
    correction.undo()
    assert (labels_of(live(correction, LIVE, network), correction) == labels).all()


def test_live_knows_a_class_that_was_added_and_reads_the_picture_once(
    correction: OpenCorrection, network: Network
) -> None:
    draw(correction, slice(0, 8), 1)
    draw(correction, slice(150, 158), 4)
    labels_of(follow(correction, network), correction)
    read_once = suggester(correction, network)
    assert read_once is not None
    new = correction.add_class("Becak")
    draw(correction, slice(100, 130), new)
    labels = labels_of(live(correction, LIVE, network), correction)
    assert ((labels == new) & (correction.mask == NOT_REVIEWED)).any()
    still = suggester(correction, network)
    assert still is not None
    assert still.features is read_once.features


def test_live_has_nothing_to_say_of_a_picture_that_is_reviewed(
    correction: OpenCorrection, network: Network
) -> None:
    whole = correction.start
    correction.edit(between(correction.mask, whole).packed())
    found = follow(correction, network)
    assert (found.labels, found.words[:25]) == ("", "All of this picture is re")


def test_the_other_pictures_of_the_set_teach_when_that_is_wished(
    correction: OpenCorrection, network: Network
) -> None:
    whole_set = {"on": True, "set": True}
    assert "two classes" in follow(correction, network, whole_set).words
    seen = load_segmenter(MODEL).segment(frame(109, 0)[0])
    other = open_correction("mine", seen.image, seen.labels, seen.class_list, Source("frame", "b", MODEL))
    added = other.add_class("Bajaj")
    taught = seen.labels.copy()
    taught[160:240, :80] = added
    other.edit(between(other.mask, taught).packed())
    damaged = open_correction(
        "mine", seen.image[:200], seen.labels[:200], seen.class_list, Source("frame", "c")
    )
    damaged.edit(between(damaged.mask, seen.labels[:200]).packed())
    file = open_set("mine").picture(damaged.key).frame
    (set_folder("mine") / "images" / f"{file}.png").write_bytes(b"no picture")

    assert [each.key for each in correction.others] == [damaged.key, other.key]
    assert "two classes" in follow(correction, network).words
    labels_of(follow(correction, network, whole_set), correction)
    draw(correction, slice(0, 8), added)
    labels = labels_of(follow(correction, network, whole_set), correction)
    assert (labels[0:8, 40:80] == added).all()
    correction.add_class("Becak")
    labels_of(follow(correction, network, whole_set), correction)


def test_why_a_picture_cannot_be_read_is_said_and_the_next_to_ask_tries_again(
    correction: OpenCorrection, network: Network, segmentation
) -> None:
    tried = []

    def segmented() -> Segmentation:
        tried.append(1)
        if len(tried) == 1:
            raise ModelError("The model is gone.")
        return segmentation

    image = segmentation.image.copy()
    image[0, 0] ^= 1  # another picture, which nobody has read yet
    other = open_correction("mine", image, correction.start, correction.class_list, correction.source)
    draw(other, slice(0, 8), 1)
    draw(other, slice(150, 158), 4)
    fails = Network(MODEL, segmented)
    assert follow(other, fails).words == "The model is gone."
    draw(other, slice(20, 28), 2)
    assert follow(other, fails).labels


def test_no_two_answers_that_say_to_wait_are_alike(
    correction: OpenCorrection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a run that says the same as the one before, Streamlit tells the browser nothing."""
    seen = load_segmenter(MODEL).segment(frame(110, 0)[0])  # no test has had it read
    correction = open_correction(
        "mine", seen.image, seen.labels, seen.class_list, Source("frame", "d", MODEL)
    )
    opened = threading.Event()

    def segmented() -> Segmentation:
        opened.wait()
        return seen

    slow = Network(MODEL, segmented)
    monkeypatch.setitem(suggesting.st.session_state, "editor", {"live": LIVE})
    first, second = (editor._live(correction, slow) for _ in range(2))
    opened.set()
    assert first is not None
    assert second is not None
    assert 0 < first["waits"] != second["waits"] > 0
    while (found := editor._live(correction, slow)) is not None and found["waits"]:
        time.sleep(0.01)
    assert found is not None
    assert "two classes" in found["words"]


def asked(correction: OpenCorrection, number: int, seen: object = None) -> dict[str, object]:
    return {"id": identity(correction), "number": number, "seen": seen or []}


def test_doubtful_places_come_one_after_the_other_and_end(
    correction: OpenCorrection, network: Network, segmentation
) -> None:
    entropy: NDArray[np.uint8] = segmentation.entropy_steps()
    seen: list[tuple[int, int]] = []
    for number in range(99):
        found = doubtful(correction, asked(correction, number, [list(place) for place in seen]), network)
        assert found is not None
        assert found.place == next_place(entropy, correction.mask, seen)
        if found.place is None:
            break
        shares = segmentation.probabilities(*np.array(found.place)[:, np.newaxis])[0]
        most = segmentation.class_list.names[shares.argmax()]
        assert found.words.startswith(f"The network is unsure here: {most} {100 * shares.max():.0f}")
        assert found.words.count("%") == 2
        seen.append(found.place)
    assert seen
    assert "no more doubtful places" in found.words


def test_a_question_about_doubt_is_answered_once(correction: OpenCorrection, network: Network) -> None:
    first = doubtful(correction, asked(correction, 1), network)
    assert doubtful(correction, asked(correction, 1), network) is first
    correction.edit(between(correction.mask, correction.start).packed())
    found = doubtful(correction, asked(correction, 2), network)
    assert found is not None
    assert (found.place, found.words) == (None, "All of this picture is reviewed.")


@pytest.mark.parametrize(
    "question",
    [{}, {"id": "mine/other", "number": 1}, {"number": "1"}],
    ids=["nothing", "another picture", "no number"],
)
def test_other_questions_get_no_answer(
    correction: OpenCorrection, network: Network, question: dict[str, object]
) -> None:
    assert doubtful(correction, question, network) is None


def test_places_that_are_none_are_left_out(correction: OpenCorrection, network: Network) -> None:
    wild: list[object] = ["x", [1], [1, 2, 3], {"row": 1}, [10**99, -5], [0, True]]
    found = doubtful(correction, asked(correction, 1, wild), network)
    assert found is not None
    assert found.place is not None

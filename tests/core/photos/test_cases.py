"""Pictures that people reported, on the command line: each has the outcome that its README calls right."""

from __future__ import annotations

import re
import time

import pytest

from core.__main__ import main
from core.datasets.layouts.opening import open_dataset
from core.photos import images
from tests import pictures
from tests.conftest import ROOT
from tests.pictures import NOISE, into_jpeg, save

CASES = ROOT / "../shared/cases"


@pytest.fixture
def case():
    """The folder of a case by its name; the test is skipped where there is none."""

    def find(name):
        if not (CASES / name).is_dir():
            pytest.skip(f"no case {name} in ../shared/cases")
        return CASES / name

    return find


def test_orientation_0_is_clean_and_is_imported(case, tmp_path, capsys):
    folder = case("orientation-0") / "set"
    assert main(["check-data", str(folder)]) == 0
    assert "clean" in capsys.readouterr().out
    assert main(["import", str(folder), "--to", str(tmp_path / "new")]) == 0
    assert len(open_dataset(tmp_path / "new").frames()) == 2


def test_an_orientation_that_stands_only_in_xmp_is_a_problem_and_is_not_imported(case, tmp_path, capsys):
    folder = case("xmp-orientation") / "set"
    assert main(["check-data", str(folder)]) != 0
    found = capsys.readouterr().out
    assert len(re.findall(r"[ab]\.png is turned when it is shown", found)) == 2
    assert main(["import", str(folder), "--to", str(tmp_path / "new")]) == 2
    sentence = capsys.readouterr().err
    assert "orientation 3" in sentence
    assert sentence.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_a_large_profile_does_not_matter(case, colour_model, tmp_path, capsys):
    photo = case("png-large-icc-profile") / "icc.png"
    assert main(["segment", str(photo), "--model", colour_model, "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("part", [b"\xff", b"\xff\xe1\0\2"])
def test_thirty_eight_megabytes_of_fill_bytes_or_empty_segments_cost_next_to_nothing(part):
    data = into_jpeg(save(NOISE, "JPEG"), part * (38 * 1024**2 // len(part)))
    begin = time.process_time()
    try:
        assert images.decode(data).shape == NOISE.shape
    except images.ImageError as error:
        assert "segments" in str(error)  # noqa: PT017 (only one of the two is refused)
    assert time.process_time() - begin < 1  # it was 0.9 s a megabyte


@pytest.mark.parametrize("command", ["segment", "compare"])
def test_a_photo_that_cannot_be_used_is_named(command, colour_model, tmp_path, capsys):
    photo = tmp_path / "street.jpg"
    photo.write_bytes(pictures.with_metadata("JPEG", exif_block=b"")[:900])
    asked = ["--sizes", "512,1024"] if command == "compare" else ["--out", str(tmp_path / "out")]
    assert main([command, str(photo), "--model", colour_model, *asked]) == 2
    printed, sentence = capsys.readouterr()
    assert printed == ""
    assert re.fullmatch(r".*street\.jpg cannot be used: This JPEG file is damaged, .*\.\n", sentence)

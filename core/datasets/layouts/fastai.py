"""fastai's layout: `images/`, `labels/NAME_P.png` with class numbers, `codes.txt`, `valid.txt`.

fastai's CamVid and CamVid tiny have it, and every imported data set is written in it. `valid.txt`
may be missing (CamVid tiny has none); the frames that no list names are for training. Two files are ours:
`test.txt`, names as in `valid.txt`, and `label_colors.txt`, the colours of a class list that is not CamVid's.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.classes import ClassList
from core.datasets.dataset import FrameSplit
from core.datasets.layouts import lists
from core.datasets.layouts.layout import Layout, dataset_name, make_listing, split_pairs
from core.datasets.layouts.split_lists import read_split_lists
from core.datasets.listing import LEAVES_OUT, Listing, pair, part
from core.datasets.text_files import read_lines
from core.errors import DatasetError
from core.files import is_file
from core.languages import sentence


def _list_frames(root: Path) -> Listing:
    pairs = pair(root, "images", "labels", "_P.png")
    class_list = _class_list(root)
    files: tuple[tuple[str, FrameSplit], ...] = (("valid.txt", "valid"), ("test.txt", "test"))
    given = [(part(root, file), split) for file, split in files if is_file(root / file)]
    left_out = [problem.frame for problem in pairs.problems if problem.frame and problem.kind in LEAVES_OUT]
    listed = read_split_lists(given, pairs.frames, left_out=left_out)
    pairs = replace(pairs, problems=pairs.problems + listed.problems, notes=pairs.notes + listed.notes)
    frames = [replace(frame, split=listed.splits.get(frame.name, "train")) for frame in pairs.frames]
    if not is_file(root / "valid.txt"):
        return make_listing(root, "fastai", class_list, split_pairs(replace(pairs, frames=tuple(frames))))
    return make_listing(root, "fastai", class_list, replace(pairs, frames=tuple(frames)))


def _class_list(root: Path) -> ClassList:
    source = part(root, "codes.txt")
    codes = read_lines(source)
    path = part(root, lists.LABEL_COLOURS)
    if not is_file(path):
        return lists.class_list(dataset_name(root), source, codes)
    entries = lists.read_label_colours(path)
    if [name for name, _ in entries] != codes:
        raise DatasetError(
            sentence(
                "{path} and codes.txt name different classes; list the same in the same order.", path=path
            )
        )
    return lists.class_list(dataset_name(root), source, codes, [colour for _, colour in entries])


LAYOUT = Layout("fastai", "fastai's", ("images", "labels"), ("codes.txt",), _list_frames)

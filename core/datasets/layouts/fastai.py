"""fastai's layout: `images/`, `labels/NAME_P.png` with class numbers, `codes.txt`, `valid.txt`.

fastai's CamVid and CamVid tiny have it, and every imported data set is written in it. `valid.txt`
may be missing (CamVid tiny has none). Two files are ours: `test.txt`, names as in `valid.txt`, and
`label_colors.txt`, the colours of a class list that is not CamVid's.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.classes import ClassList
from core.datasets.dataset import Frame, FrameSplit
from core.datasets.layouts import lists
from core.datasets.layouts.layout import Layout, dataset_name, make_listing, split_pairs
from core.datasets.listing import Listing, Pairs, Problem, pair, part
from core.datasets.text_files import read_lines
from core.errors import DatasetError
from core.files import is_file


def _list_frames(root: Path) -> Listing:
    pairs = pair(root, "images", "labels", "_P.png")
    class_list = _class_list(root)
    if not is_file(root / "valid.txt"):
        return make_listing(root, "fastai", class_list, split_pairs(pairs))
    splits, problems = _listed_splits(root, pairs.frames)
    frames = tuple(replace(frame, split=splits.get(frame.name, "train")) for frame in pairs.frames)
    return make_listing(root, "fastai", class_list, Pairs(frames, pairs.problems + problems))


def _class_list(root: Path) -> ClassList:
    source = part(root, "codes.txt")
    codes = read_lines(source)
    path = part(root, lists.LABEL_COLOURS)
    if not is_file(path):
        return lists.class_list(dataset_name(root), source, codes)
    entries = lists.read_label_colours(path)
    if [name for name, _ in entries] != codes:
        raise DatasetError(f"{path} and codes.txt name different classes; list the same in the same order.")
    return lists.class_list(dataset_name(root), source, codes, [colour for _, colour in entries])


def _listed_splits(
    root: Path, frames: tuple[Frame, ...]
) -> tuple[dict[str, FrameSplit], tuple[Problem, ...]]:
    """Each frame's split according to valid.txt and test.txt, and the lines that fit no frame."""
    # By name, by file name, or by a file name with another ending, in this order
    known = {Path(frame.name).stem: frame.name for frame in frames}
    known |= {frame.image.name: frame.name for frame in frames}
    known |= {frame.name: frame.name for frame in frames}
    splits: dict[str, FrameSplit] = {}
    problems = []
    files: tuple[tuple[str, FrameSplit], ...] = (("valid.txt", "valid"), ("test.txt", "test"))
    for file, split in files:
        path = part(root, file)
        for line in read_lines(path) if is_file(path) else []:
            written = Path(line).name
            name = known.get(written) or known.get(Path(written).stem)
            if name is None:
                problems.append(
                    Problem("list", f"{path} names {line[:80]}, which is not a frame of the data set.")
                )
            elif splits.get(name, split) != split:
                message = f"{name} is in both valid.txt and test.txt; it is used for validation."
                problems.append(Problem("list", message, name))
            else:
                splits[name] = split
    return splits, tuple(problems)


LAYOUT = Layout("fastai", "fastai's", ("images", "labels"), ("codes.txt",), _list_frames)

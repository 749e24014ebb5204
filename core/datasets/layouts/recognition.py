"""Which of the layouts a folder has."""

from __future__ import annotations

import os
from pathlib import Path

from core.datasets.layouts import cambridge, fastai, kaggle, roboflow, segnet
from core.datasets.layouts.absence import nothing_found
from core.datasets.layouts.layout import Layout
from core.datasets.listing import inside
from core.errors import DatasetError
from core.file_names import is_litter, natural_order
from core.files import is_folder
from core.languages import all_of, one_of, sentence

LAYOUTS: tuple[Layout, ...] = (
    fastai.LAYOUT,
    cambridge.LAYOUT,
    kaggle.LAYOUT,
    segnet.TUTORIAL,
    segnet.EXPORT,
    roboflow.LAYOUT,
)


def recognise(root: Path) -> tuple[Layout, Path]:
    """A folder's layout, and the folder that has it: `root` or the one data set in it.

    DatasetError if it has no known layout, fits more than one, or holds several data sets.
    """
    if found := _layouts(root):
        return _only(root, found), root
    if not is_folder(root):
        raise DatasetError(nothing_found(root, LAYOUTS))
    children = [child for child in _folders(root) if _layouts(child)]
    if len(children) > 1:
        names = ", ".join(child.name for child in children)
        raise DatasetError(
            sentence("{root} holds several data sets; give one of them: {names}.", root=root, names=names)
        )
    if not children:
        raise DatasetError(nothing_found(root, LAYOUTS))
    return _only(children[0], _layouts(children[0])), children[0]


def recognise_all(root: Path) -> list[Path]:
    """`root` if it is a data set, otherwise all data sets directly in it.

    DatasetError if `root` fits more than one layout, or cannot be read.
    """
    if found := _layouts(root):
        _only(root, found)
        return [root]
    return [child for child in _folders(root) if len(_layouts(child)) == 1]


def _layouts(root: Path) -> list[Layout]:
    return [layout for layout in LAYOUTS if layout.recognise(root)]


def _only(root: Path, found: list[Layout]) -> Layout:
    if len(found) > 1:
        owners = all_of([layout.owner for layout in found])
        parts = one_of([", ".join(layout.folders) for layout in found])
        raise DatasetError(
            sentence(
                "{root} could be in {owners} layout; keep only the folders of one: {parts}.",
                root=root,
                owners=owners,
                parts=parts,
            )
        )
    return found[0]


def _folders(root: Path) -> list[Path]:
    try:
        # Entries know what they are: thousands of pictures are not asked one by one.
        names = [entry.name for entry in os.scandir(root) if entry.is_dir() and not is_litter(entry.name)]
    except OSError as error:
        raise DatasetError(
            sentence("{root} cannot be read: {reason}.", root=root, reason=error.strerror or error)
        ) from error
    return [root / name for name in sorted(names, key=natural_order) if inside(root, root / name)]

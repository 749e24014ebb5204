"""What the labels of a data set may be in a network with finer classes, where the data set says so itself.

A file `label_sets.toml` beside the pictures names, for any of the data set's classes, CamVid's classes that a
pixel with this label may be:

    Vehicle = ["Car", "Truck_Bus", "SUVPickupTruck"]

Every class that it does not name is what its own name and its group say (`ClassList.members`).
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from core.classes import CAMVID_32, ClassList
from core.datasets.listing import Listing, part
from core.datasets.text_files import read_text
from core.errors import DatasetError
from core.files import is_file
from core.languages import sentence

LABEL_SETS = "label_sets.toml"


def with_label_sets(listing: Listing, root: Path) -> Listing:
    """The listing of a data set in `root` whose classes know what the file there says of them.

    DatasetError for a file that is no TOML, names a class that the data set or CamVid has not, or leaves
    nothing that a label may be.
    """
    if not is_file(root / LABEL_SETS):
        return listing
    path = part(root, LABEL_SETS)
    classes = listing.dataset.class_list
    said = {name: _checked(path, classes, name, given) for name, given in _read(path).items()}
    known = tuple(replace(each, may_be=said.get(each.name, ())) for each in classes.classes)
    return replace(listing, dataset=replace(listing.dataset, class_list=replace(classes, classes=known)))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DatasetError(
            sentence(
                '{path} is no TOML: {reason}; write lines such as Vehicle = ["Car", "Truck_Bus"].',
                path=path,
                reason=error,
            )
        ) from None


def _checked(path: Path, classes: ClassList, name: str, given: Any) -> tuple[str, ...]:
    """What the class called `name` may be, as the file says."""
    if name not in classes.names:
        raise DatasetError(
            sentence(
                "{path} names {name!r}, which is no class of the data set{near}.",
                path=path,
                name=name,
                near=_near(name, classes),
            )
        )
    if not isinstance(given, list) or not given or not all(isinstance(each, str) for each in given):
        raise DatasetError(
            sentence(
                "{path} does not say what {name} may be; write a list of CamVid's classes, such as "
                '{name} = ["Car", "Truck_Bus"].',
                path=path,
                name=name,
            )
        )
    for each in given:
        if each not in CAMVID_32.names:
            raise DatasetError(
                sentence(
                    "{path} says that {name} may be {each!r}, which is none of CamVid's 32 classes{near}.",
                    path=path,
                    name=name,
                    each=each,
                    near=_near(each, CAMVID_32),
                )
            )
    if set(given) == {"Void"}:
        raise DatasetError(
            sentence(
                "{path} leaves nothing that {name} may be: Void is no class; leave {name} out.",
                path=path,
                name=name,
            )
        )
    return tuple(dict.fromkeys(each for each in given if each != "Void"))


def _near(name: str, classes: ClassList) -> str:
    alike = get_close_matches(name, classes.names, n=1)
    return sentence("; {name} may be meant", name=alike[0]) if alike else ""

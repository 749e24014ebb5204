"""A data set of any layout, written in fastai's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from core.datasets.acquire.staging import clear, staging
from core.datasets.dataset import Frame, SegmentationDataset, check_same_size
from core.datasets.layouts import lists
from core.datasets.layouts.opening import open_dataset
from core.datasets.pictures import decode_image, read_bytes
from core.datasets.threads import in_order
from core.jobs import ProgressCallback
from core.photos import images

_KEPT_ENDINGS = {".png", ".jpg", ".jpeg"}
_KEPT_FORMATS = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}


def import_dataset(
    source: Path, target: Path, progress: ProgressCallback = lambda done, total: None
) -> SegmentationDataset:
    """Write the data set in the folder `source` to the new folder `target`, and open it there.

    PNG and JPEG pictures are copied byte for byte (a .jfif file as .jpg, which all programs know), others
    are saved as PNG; label maps become 8-bit PNGs of class numbers with the classes' colours as palette.
    Every frame is checked on the way.
    Where `source` has no frames for validation, no valid.txt is written: `target` is then split by drive.
    progress: called with the frames done and their total; raising from it stops the import.
    DatasetError for the first frame that cannot be used, for a target that exists, and for a full disk;
    nothing is then left behind, nor when the import is stopped.
    """
    dataset = open_dataset(source)
    with staging(target) as place:
        clear(place)
        try:
            _write(dataset, place / target.name, progress)
            open_dataset(place / target.name)  # whatever it lacks is said before it is there
            (place / target.name).rename(target)
        except BaseException:
            clear(place)
            raise
    return open_dataset(target)


def _write(dataset: SegmentationDataset, folder: Path, progress: ProgressCallback) -> None:
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    frames = dataset.frames()
    files = {"train": "", "valid": "", "test": ""}
    with closing(in_order(lambda frame: _write_frame(dataset, frame, folder), frames)) as written:
        for done, (frame, name) in enumerate(zip(frames, written, strict=True), start=1):
            files[frame.split] += f"{name}\n"
            progress(done, len(frames))
    _write_text(folder / "codes.txt", "".join(f"{name}\n" for name in dataset.class_list.names))
    # A list that names nothing is an error; without valid.txt, the split is made when the set is opened.
    for split in ("valid", "test"):
        if files[split]:
            _write_text(folder / f"{split}.txt", files[split])
    if lists.class_list("", folder, list(dataset.class_list.names)).classes != dataset.class_list.classes:
        lists.write_label_colours(folder / lists.LABEL_COLOURS, dataset.class_list)


def _write_frame(dataset: SegmentationDataset, frame: Frame, folder: Path) -> str:
    """Write a frame's two files, and return the picture's name."""
    data = read_bytes(frame.image)
    image = decode_image(frame.image, data)
    label = dataset.read_label(frame)
    check_same_size(frame, image, label)
    ending = next((ending for start, ending in _KEPT_FORMATS.items() if data.startswith(start)), None)
    if ending is None:
        ending, data = ".png", images.encode_png(image)
    elif frame.image.suffix.lower() in _KEPT_ENDINGS:
        ending = frame.image.suffix
    name = f"{frame.name}{ending}"
    (folder / "images" / name).write_bytes(data)
    encoded = images.encode_index_png(label, dataset.class_list.palette)
    (folder / "labels" / f"{frame.name}_P.png").write_bytes(encoded)
    return name


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")

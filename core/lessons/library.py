"""Which lessons there are: those that come with StreetScope, and a teacher's own in the data folder.

A teacher copies a lesson, changes it, and puts it into the library; from a folder or as a zip.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from core.errors import (
    ArchiveError,
    FileKindError,
    FileSizeError,
    FolderTakenError,
    LessonError,
    LessonFault,
)
from core.file_names import identifier, natural_order
from core.files import is_folder, read_plain
from core.folders import replacing_folder
from core.languages import sentence, sentence_of
from core.lessons.lesson import Lesson
from core.lessons.loading import MOST_BYTES, languages, load, parse, read_files, shipped, shipped_folder
from core.lessons.structure import FILE, MOST_LANGUAGES
from core.photos.archives import is_zip, photos_in_zip
from core.project import data_folder

MOST_ZIP_BYTES = 2 * 1024 * 1024
MOST_OWN = 100
_LONGEST_NAME = 60


def own_folder() -> Path:
    """Where a teacher's own lessons are, each in a folder."""
    return data_folder() / "lessons"


def own() -> list[str]:
    """The names of a teacher's own lessons, as people count; whether they can be used is not looked at."""
    place = own_folder()
    names = [path.name for path in place.iterdir() if is_folder(path)] if is_folder(place) else []
    return sorted((name for name in names if identifier(name, "") == name), key=natural_order)[:MOST_OWN]


def folder_of(name: str) -> Path:
    """The folder of a lesson of the library. LessonError if there is none of that name."""
    if name in shipped():
        return shipped_folder(name)
    if name in own():
        return own_folder() / name
    known = ", ".join([*shipped(), *own()])
    raise LessonError(
        sentence("There is no lesson {name!r}; there are {known}.", name=name[:60], known=known)
    )


def find(name: str, language: str) -> Lesson:
    """A lesson of the library by its name, in a language. LessonError."""
    return load(folder_of(name), language)


def copy(name: str, folder: Path) -> None:
    """Copy a lesson of the library into a new folder, to be changed. LessonError, FolderTakenError."""
    source = folder_of(name)
    load(source, "en")
    if identifier(folder.name, "") != folder.name:
        raise LessonError(
            sentence(
                "A lesson's folder cannot be called {name!r}: use letters, digits, hyphens and underscores.",
                name=folder.name[:60],
            )
        )
    with replacing_folder(folder, replace=False) as new:
        for file in read_files(source):
            shutil.copyfile(source / file, new / file)


def packed(name: str) -> bytes:
    """A lesson of the library as a zip. LessonError."""
    folder = folder_of(name)
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for file, content in read_files(folder).items():
            # A fixed time, so that the same lesson is the same zip.
            archive.writestr(ZipInfo(f"{name}/{file}"), content, ZIP_DEFLATED)
    return buffer.getvalue()


def unpacked(data: bytes, name: str) -> dict[str, bytes]:
    """The files of a lesson in a zip that somebody gave. name: of the zip, for messages. LessonError."""
    message = sentence("The lesson {name!r} cannot be used:", name=name[:60])
    if len(data) > MOST_ZIP_BYTES:
        raise _too_large(name)
    if not is_zip(data):
        raise LessonError(
            message,
            [
                LessonFault(
                    name[:60], 0, sentence("this is no zip; give one of a folder with a {file}", file=FILE)
                )
            ],
        )
    files, faults = dict[str, bytes](), list[LessonFault]()
    try:
        for file, content in photos_in_zip(data, MOST_LANGUAGES + 4):
            if isinstance(content, ArchiveError):
                faults.append(LessonFault(file, 0, sentence_of(content)))
            elif file == FILE or file.endswith(".md"):
                files[file] = content[: MOST_BYTES + 1]
    except ArchiveError as error:
        faults.append(LessonFault(name[:60], 0, sentence_of(error)))
    if faults:
        raise LessonError(message, faults)
    return files


def _too_large(name: str) -> LessonError:
    reason = sentence("it has more than {most} MB; no lesson is as large", most=MOST_ZIP_BYTES // 1024**2)
    return LessonError(
        sentence("The lesson {name!r} cannot be used:", name=name[:60]), [LessonFault(name[:60], 0, reason)]
    )


def files_at(place: Path) -> tuple[dict[str, bytes], str]:
    """The files of a lesson in a folder or a zip here, and what it is to be called. LessonError."""
    if place.is_dir():
        return read_files(place), place.resolve().name
    try:
        data = read_plain(place, MOST_ZIP_BYTES)
    except FileSizeError:
        raise _too_large(place.name) from None
    except (OSError, FileKindError):
        raise LessonError(
            sentence("{place} is neither a folder nor a zip of one; give a lesson's.", place=place)
        ) from None
    return unpacked(data, place.name), place.stem


def put(files: dict[str, bytes], name: str, *, replace: bool = False) -> Lesson:
    """Put a lesson into the library under a name like this one; it is checked whole before.

    replace: whether it may take the place of one of the teacher's own. LessonError.
    """
    given = identifier(name, "lesson", _LONGEST_NAME)
    lesson = parse(files, given, "en")
    if given in shipped():
        raise LessonError(
            sentence(
                "A lesson that comes with StreetScope is called {given!r}; give yours another name.",
                given=given,
            )
        )
    if given not in own() and len(own()) >= MOST_OWN:
        raise LessonError(
            sentence(
                "There are {most_own} lessons of your own already; remove one from {own_folder}.",
                most_own=MOST_OWN,
                own_folder=own_folder(),
            )
        )
    wanted = [FILE, *(f"{language}.md" for language in languages(files))]
    try:
        with replacing_folder(own_folder() / given, replace=replace) as new:
            for file in wanted:
                (new / file).write_bytes(files[file])
    except FolderTakenError:
        raise LessonError(
            sentence("There is a lesson {given!r} of yours already; give this one another name.", given=given)
        ) from None
    return lesson

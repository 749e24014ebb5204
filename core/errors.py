"""Every error StreetScope raises on purpose, in one tree.

Each message is one sentence for the person who gave us something we cannot use: what is wrong
with it, and what to give instead. It is raised with `core.languages.sentence`, so that pages show it
in the visitor's language; logs have it in English, and so does the command line, which exits with
status 2.

    StreetScopeError
    ├── ImageError                 the bytes given cannot be used as a photo
    │   ├── NotAnImageError
    │   ├── TruncatedImageError
    │   ├── ImageTooLargeError     too many bytes or too many pixels
    │   └── ImageTooSmallError
    ├── PixelOutsideError          a (row, column) that the picture does not have
    ├── SizeError                  a working size that does not exist
    ├── TemperatureError           a temperature that no softmax can have
    ├── ComparisonError            two segmentations that have nothing to compare
    ├── FileKindError              a link, a folder or a pipe where a regular file belongs
    │   └── FileSizeError          a file with far more bytes than its kind has
    ├── FolderTakenError           a folder that is there already
    ├── FolderBusyError            a folder that another process is writing
    ├── ArchiveError               a zip, or a file in it, that gives no photo
    ├── FetchError                 an address that nothing may or can be fetched from
    ├── PhotoSetError              a list of photos, or a set of them, that cannot be used
    ├── VideoError                 a file that gives no frames of a video
    ├── ClassroomError             a class that is not there, or does not take what was sent now
    ├── NotebookError              a notebook that cannot be written as asked
    ├── ModelError
    │   ├── ModelNotFoundError
    │   ├── BrokenModelError       a file missing, changed, of another format or shape
    │   │   ├── BrokenTensorsError no safetensors file, or tensors that do not fit or make no sense
    │   │   └── BrokenGraphError   an exported graph that is damaged, or is not that of a network here
    │   └── PretrainedWeightsError ImageNet weights that are not available here
    ├── DatasetError               a folder that is not a data set, or one with a bad label
    │   ├── LabelValueError        a label map with a number that the class list does not have
    │   ├── PaletteOrderError      a label map whose palette says that its numbers mean other classes
    │   ├── UnknownColourError     a label map with a colour that the class list does not have
    │   └── DownloadError          a data set that could not be downloaded
    ├── AnnotationError            an edit, a mask or a set of corrections that cannot be used
    ├── LessonError                a lesson that cannot be used, with each fault's file and line
    │   └── NothingToAskError      a question that no picture given for it has an answer to
    ├── WorkerError                a process of ours that ended without a result
    └── TrainingError
        ├── RecipeError            a recipe that cannot be followed
        ├── DivergedError          the loss is no longer a number
        ├── OutOfMemoryError       a batch does not fit into memory
        ├── DiskFullError          no disk space for a file of a run or a model
        ├── StoppedError           a run was stopped; it can be resumed
        ├── PeerLostError          another process of the run is gone; those left can go on
        └── RunError               a run's folder that cannot be used as asked
            └── RunNotFoundError
"""

from collections.abc import Iterable
from typing import NamedTuple

from core.languages import sentence, together


class StreetScopeError(Exception):
    """Anything wrong with what the user gave; `str()` is the sentence to show."""


class ImageError(StreetScopeError):
    """The bytes given cannot be used as a photo."""


class NotAnImageError(ImageError):
    """The bytes are not a picture in a format we read."""


class TruncatedImageError(ImageError):
    """The picture starts well but its data ends early or is damaged."""


class ImageTooLargeError(ImageError):
    """More bytes or more pixels than a photo may have."""


class ImageTooSmallError(ImageError):
    """A side has fewer pixels than a network can use."""


class PixelOutsideError(StreetScopeError):
    """A (row, column) outside the picture."""


class SizeError(StreetScopeError):
    """A working size that does not exist."""


class TemperatureError(StreetScopeError):
    """A temperature that is not above 0, or is too high to show anything."""


class ComparisonError(StreetScopeError):
    """Two segmentations whose classes have nothing in common."""


class FileKindError(StreetScopeError):
    """A link, a folder or a pipe where a regular file belongs."""


class FileSizeError(FileKindError):
    """A file with far more bytes than a file of its kind has."""


class FolderTakenError(StreetScopeError):
    """A folder that is there already, where a new one was to be made."""


class FolderBusyError(StreetScopeError):
    """A folder that another process is writing."""


class ArchiveError(StreetScopeError):
    """A zip, or one file in it, that gives no photo."""


class FetchError(StreetScopeError):
    """An address that nothing may be fetched from, or whose server does not give what it should."""


class PhotoSetError(StreetScopeError):
    """A list of photos, or a set of photos, that cannot be used."""


class VideoError(StreetScopeError):
    """A file that is no video, or one that gives no frames."""


class ClassroomError(StreetScopeError):
    """A class that is not there, or an answer or command that it does not take now."""


class NotebookError(StreetScopeError):
    """A notebook cannot be written as asked."""


class ModelError(StreetScopeError):
    """Something is wrong with a model or its files."""


class ModelNotFoundError(ModelError):
    """No model with that name."""


class BrokenModelError(ModelError):
    """A model whose files are missing, changed, of an unknown format or of the wrong shape."""


class BrokenTensorsError(BrokenModelError):
    """A file that is not a safetensors file, or whose tensors do not fit a network or make no sense."""


class BrokenGraphError(BrokenModelError):
    """An exported graph that is damaged, or is not that of a network here: `str()` is half a sentence."""


class PretrainedWeightsError(ModelError):
    """Pretrained weights that are not available on this machine."""


class DatasetError(StreetScopeError):
    """A folder that cannot be read as a data set."""


class LabelValueError(DatasetError):
    """A label map holds a number that the class list does not have."""


class PaletteOrderError(DatasetError):
    """A label map whose palette says that its numbers mean other classes."""


class UnknownColourError(DatasetError):
    """A label map holds colours that the class list does not have.

    counts: pixels of each such colour, by (red, green, blue), the most frequent first; only some if there
    are very many. colours: how many there are.
    """

    def __init__(self, message: str, counts: dict[tuple[int, int, int], int], colours: int) -> None:
        super().__init__(message)
        self.counts = counts
        self.colours = colours


class DownloadError(DatasetError):
    """A data set that could not be downloaded."""


class AnnotationError(StreetScopeError):
    """An edit, a mask or a set of corrections that cannot be used."""


class LessonFault(NamedTuple):
    """What is wrong in a lesson, and where. line: from 1; 0 for the whole file."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return str(self.sentence())

    def sentence(self) -> str:
        """Where it is and what: a sentence in any language."""
        if self.line:
            return sentence(
                "{file}, line {line}: {reason}", file=self.file, line=self.line, reason=self.reason
            )
        return sentence("{file}: {reason}", file=self.file, reason=self.reason)


class LessonError(StreetScopeError):
    """A lesson that cannot be used. faults: all that is wrong with it, in the order of its files."""

    def __init__(self, message: str, faults: Iterable[LessonFault] = ()) -> None:
        self.faults = tuple(faults)
        super().__init__(together([message, *(fault.sentence() for fault in self.faults)], "\n"))


class NothingToAskError(LessonError):
    """A question that none of the pictures or models given for it has an answer to."""


class WorkerError(StreetScopeError):
    """A worker process that ended without a result and without saying why."""


class TrainingError(StreetScopeError):
    """A training run that cannot start or continue."""


class RecipeError(TrainingError):
    """A recipe that cannot be followed."""


class DivergedError(TrainingError):
    """The loss is no longer a number."""


class OutOfMemoryError(TrainingError):
    """A batch does not fit into memory."""


class DiskFullError(TrainingError):
    """The disk has no space for a file of a run or a model."""


class StoppedError(TrainingError):
    """A run was stopped before its end; it can be resumed."""


class PeerLostError(TrainingError):
    """Another process of the run has ended or does not answer; those that are left can start again."""


class RunError(TrainingError):
    """A run that cannot be used as asked: still running, damaged, or already there."""


class RunNotFoundError(RunError):
    """No run with that ID."""

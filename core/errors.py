"""Every error StreetScope raises on purpose, in one tree.

Each message is one sentence for the person who gave us something we cannot use: what is wrong
with it, and what to give instead. Pages show it as it is; the command line prints it and exits
with status 2.

    StreetScopeError
    ├── ImageError                 the bytes given cannot be used as a photo
    │   ├── NotAnImageError
    │   ├── TruncatedImageError
    │   ├── ImageTooLargeError     too many bytes or too many pixels
    │   └── ImageTooSmallError
    ├── PixelOutsideError          a (row, column) that the picture does not have
    ├── SizeError                  a working size that does not exist
    ├── ModelError
    │   ├── ModelNotFoundError
    │   ├── BrokenModelError       a file missing, changed, of another format or shape
    │   └── PretrainedWeightsError ImageNet weights that cannot be had here
    ├── DatasetError               a folder that is not a data set, or one with a bad label
    └── TrainingError
        ├── RecipeError            a recipe that cannot be followed
        └── DivergedError          the loss is not a number any more
"""


class StreetScopeError(Exception):
    """Anything wrong with what the user gave; `str()` is the sentence to show."""


class ImageError(StreetScopeError):
    """The bytes given cannot be used as a photo."""


class NotAnImageError(ImageError):
    """The bytes are no picture in a format we read."""


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


class ModelError(StreetScopeError):
    """Something is wrong with a model or its files."""


class ModelNotFoundError(ModelError):
    """No model of that name."""


class BrokenModelError(ModelError):
    """A model whose files are missing, changed, of an unknown format or of the wrong shape."""


class PretrainedWeightsError(ModelError):
    """Pretrained weights that cannot be had on this machine."""


class DatasetError(StreetScopeError):
    """A folder that cannot be read as a data set."""


class TrainingError(StreetScopeError):
    """A training run that cannot start or go on."""


class RecipeError(TrainingError):
    """A recipe that cannot be followed."""


class DivergedError(TrainingError):
    """The loss is not a number any more."""

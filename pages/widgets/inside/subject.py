"""What is looked into: a photo at its working size, the chosen pixel, and the network that sees it."""

from __future__ import annotations

from dataclasses import dataclass

from core.models.store import read_card
from core.photos.photo import Photo
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter
from core.segmentation.sizes import WorkingSize
from pages.widgets.explore import reading
from pages.widgets.segmentation.models import loaded_segmenter, segment
from pages.widgets.viewer.pixel_viewer import Pixel, ViewerPicture


@dataclass(frozen=True, eq=False)
class Subject:
    """A photo and a network. picture: the photo as the browser gets it. weights: the hash of the model's."""

    photo: Photo
    segmentation: Segmentation
    picture: ViewerPicture
    segmenter: Segmenter
    model: str
    weights: str

    @property
    def key(self) -> str:
        """Identifies photo, size and network."""
        return f"{self.picture.identity}.{self.weights[:16]}"

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the working-size picture."""
        return self.picture.height, self.picture.width

    def pixel(self) -> Pixel:
        """The chosen pixel."""
        return reading.keep_inside(self.picture)

    def colour(self, number: int) -> tuple[int, int, int]:
        """The colour of a class."""
        red, green, blue = self.segmentation.class_list.palette[number].tolist()
        return red, green, blue


def look_at(photo: Photo, model: str, size: WorkingSize) -> Subject:
    """The photo as a model sees it. Errors: ImageError for the photo, ModelError for the model."""
    shown = segment(photo, model, size)
    weights = read_card(model).weights_sha256
    return Subject(photo, shown.segmentation, shown.picture, loaded_segmenter(model, weights), model, weights)

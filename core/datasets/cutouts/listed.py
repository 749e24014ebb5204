"""The photos that the project knows of, of motorcycles and of other things: credits, and our outlines."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.datasets.text_files import read_text
from core.errors import DatasetError

LISTS = tuple(Path(__file__).with_name(name) for name in ("motorcycles.toml", "others.toml"))

_Pixel = Annotated[int, Field(ge=0, le=4096)]
_Outline = Annotated[tuple[tuple[_Pixel, _Pixel], ...], Field(min_length=3, max_length=1000)]


class ListedPhoto(BaseModel):
    """A photo that can be fetched. The list's first lines say what its entries mean.

    file: its name in the folder of fetched photos. size: (width, height) that outlines and boxes refer to.
    outlines: polygons of (column, row); none where there is no motorcycle. unsure: (left, top, right,
    bottom). kept: for choosing between trained networks, not for training.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}\.(jpg|png)$")]
    address: Annotated[str, Field(pattern=r"^https?://", max_length=1000)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    page: Annotated[str, Field(pattern=r"^https://", max_length=1000)]
    author: Annotated[str, Field(min_length=1, max_length=200)]
    licence: Annotated[str, Field(min_length=1, max_length=100)]
    size: tuple[_Pixel, _Pixel]
    outlines: Annotated[tuple[_Outline, ...], Field(max_length=20)] = ()
    unsure: tuple[tuple[_Pixel, _Pixel, _Pixel, _Pixel], ...] = ()
    kept: bool = False

    @property
    def credit(self) -> str:
        """Who made it, under which licence, and where it is from."""
        return f"{self.author}, {self.licence}, {self.page}"


class _List(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    photos: Annotated[tuple[ListedPhoto, ...], Field(min_length=1, max_length=1000)]


def listed_photos(*lists: Path) -> tuple[ListedPhoto, ...]:
    """The photos of these lists, or of the project's own. DatasetError for a file that is no such list."""
    return tuple(photo for path in lists or LISTS for photo in _read(path))


def _read(path: Path) -> tuple[ListedPhoto, ...]:
    try:
        return _List.model_validate(tomllib.loads(read_text(path))).photos
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DatasetError(f"{path} is no TOML: {error}; give a list as motorcycles.toml is one.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DatasetError(f"{path}, {where}: {first['msg']}; give it as in motorcycles.toml.") from None

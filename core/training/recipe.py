"""Recipes: everything that decides what a training run does, as data in a TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import RecipeError

RECIPES = Path(__file__).parent / "recipes"

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
CropSide = Annotated[int, Field(ge=32, le=4096, multiple_of=32)]


class _Checked(BaseModel):
    """Frozen data that refuses unknown names: a misspelt setting must not be ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(_Checked):
    """One call of `fit_one_cycle`.

    crop: (height, width) in pixels of a training picture. scale: the range of factors by which pictures
    are scaled before the crop. valid_size: the factor for validation pictures. pct_start: the share of the
    stage in which the learning rate rises.
    """

    name: str
    crop: tuple[CropSide, CropSide]
    scale: tuple[Positive, Positive]
    valid_size: Positive = 1.0
    epochs: Count
    lr: Positive
    pct_start: Share = 0.25
    batch_size: Annotated[int, Field(ge=2)] = 8


class Recipe(_Checked):
    """A whole training run; the comments in `recipes/street.toml` explain each setting."""

    name: str
    network: str
    classes: str
    pretrained: bool = True
    seed: int = 42
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    ema_decay: Share = 0.997
    class_weight_power: Share = 0.0
    label_smoothing: Share = 0.0
    jaccard_weight: Share = 0.0
    encoder_lr: Positive = 1.0
    rare_crop: Share = 0.0
    colour: Share = 0.0
    blur: Share = 0.0
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]


def read_recipe(name_or_path: str) -> Recipe:
    """A shipped recipe by name, or one of your own by the path of its TOML file.

    RecipeError says which setting is wrong.
    """
    path = RECIPES / f"{name_or_path}.toml" if name_or_path.isidentifier() else Path(name_or_path)
    try:
        return Recipe.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        shipped = ", ".join(sorted(p.stem for p in RECIPES.glob("*.toml")))
        raise RecipeError(
            f"There is no recipe {name_or_path}; give a TOML file or one of: {shipped}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path.name} is not a TOML file: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RecipeError(f"{path.name}: {where}: {first['msg']}.") from error

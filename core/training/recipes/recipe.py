"""Recipes: everything that determines a training run, as data in a TOML or JSON file."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import RecipeError
from core.languages import sentence
from core.strict_json import fault, first_fault, placed
from core.training.recipes.mixed import ClassName, LabelSets, Mix, Weight, pictures_of_each

RECIPES = Path(__file__).parent

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
# Beyond these bounds no picture is left, or none fits into any memory.
Factor = Annotated[float, Field(ge=0.01, le=100)]
Count = Annotated[int, Field(ge=1, le=100_000)]
CropSide = Annotated[int, Field(ge=32, le=4096, multiple_of=32)]
Pair = tuple[CropSide, CropSide]
STAGE_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
"""A stage's name becomes a file's name."""
StageName = Annotated[str, Field(pattern=STAGE_NAME)]
Suggestion = Literal["valley", "steep", "minimum"]

MULTIPLE = 32
"""Sides of training pictures are divisible by this: the networks halve them five times."""

MAX_BYTES = 64 * 1024
"""A recipe is a page of text; a larger file is not one."""
_MOST_STAGES = 100
_MOST_MIXED = 10
_SHOWN = 60
"""How many characters of a name from a file an error message repeats, at most."""


class _Checked(BaseModel):
    """Frozen data that refuses unknown names: a misspelt setting must not be ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(_Checked):
    """One call of `fit_one_cycle`. The page shows each setting's description beside it."""

    name: StageName = Field(description="The stage's name; its weights are kept under it.")
    size: Factor | Pair | None = Field(
        None,
        description="How large the pictures are: a share of their full size (0.5 is half as wide and half as "
        "high), or height and width in pixels; small pictures train several times faster but show less.",
    )
    crop: Pair | None = Field(
        None,
        description="Instead of the size: height and width in pixels of the crop that is cut from every "
        "picture, so that pictures of any size can be used.",
    )
    scale: tuple[Factor, Factor] | None = Field(
        None,
        description="With a crop: the picture is first scaled by a factor drawn from this range, so that "
        "things are seen near and far.",
    )
    valid_size: Factor = Field(
        1.0, description="With a crop: the factor by which validation pictures are scaled."
    )
    epochs: Count = Field(description="How often every training picture is seen in this stage.")
    lr: Positive | Literal["find"] = Field(
        description="The learning rate: how large a step the weights take after every batch; too small "
        "a step learns slowly, too large a step diverges; `find` lets the learning-rate finder choose."
    )
    suggestion: Suggestion = Field(
        "valley", description="Which of the finder's suggestions to use if the learning rate is `find`."
    )
    lr_find: bool = Field(
        False,
        description="Run the learning-rate finder before the stage and keep its curve, even if the "
        "learning rate is given.",
    )
    pct_start: Share = Field(
        0.25,
        description="The share of the stage in which the learning rate rises to its highest value; after "
        "that it falls to nearly 0.",
    )
    batch_size: Annotated[int, Field(ge=2, le=4096)] = Field(
        8,
        description="How many pictures the network sees before the weights take a step; more need more "
        "memory and make steadier steps.",
    )
    frozen: bool = Field(
        False,
        description="Keep the pretrained encoder as it is and train only the rest: faster, and a good start "
        "while the new part still knows nothing.",
    )
    encoder_lr: Positive | None = Field(
        None,
        description="The encoder's learning rate as a share of the stage's; if not given, the recipe's.",
    )
    augmentation: Share = Field(
        1.0,
        description="How much pictures are changed at random (mirrored, zoomed, relit, blurred) so that "
        "no two epochs see the same: 1 is as much as the recipe says, 0 not at all.",
    )
    steps: Count | None = Field(
        None,
        description="How many batches an epoch has, for few pictures, which are then seen several times; if "
        "not given, every training picture is seen once.",
    )
    fixed_norms: bool = Field(
        False,
        description="Leave the batch norms exactly as they are: a few pictures say little about the averages "
        "that they keep.",
    )
    start_from: StageName | None = Field(
        None,
        description="The earlier stage whose weights this one starts from; if not given, it continues with "
        "the current ones.",
    )

    @model_validator(mode="after")
    def _has_one_size(self) -> Self:
        if (self.size is None) == (self.crop is None) or (self.crop is None) != (self.scale is None):
            raise fault("size", "give either size, or crop and scale")
        if self.scale is not None and self.scale[0] > self.scale[1]:
            raise fault("scale", "the first factor of scale is above the second")
        return self

    @property
    def validation_size(self) -> tuple[int, int] | float:
        """The size of its validation pictures: (height, width) in pixels, or a factor of their full size."""
        if self.crop is not None:
            return self.valid_size
        return self.size or 1.0

    def framing(self, height: int, width: int) -> Framing:
        """How this stage crops and scales the pictures of a data set whose full size is height x width."""
        if self.crop is not None and self.scale is not None:
            return Framing(self.crop, self.scale, self.valid_size)
        if isinstance(self.size, tuple):
            crop = self.size
        else:
            share = self.size or 1.0
            crop = (_to_multiple(height * share), _to_multiple(width * share))
        # The smallest factor at which the picture still covers the crop, so that nothing is padded.
        cover = max(crop[0] / height, crop[1] / width)
        return Framing(crop, (cover, cover * (1 + ZOOM * self.augmentation)), cover)

    def validated_size(self, height: int, width: int) -> tuple[int, int]:
        """The (height, width) of the validation pictures of a data set whose full size is height x width."""
        factor = self.framing(height, width).valid_size
        return scaled(height, factor), scaled(width, factor)


ZOOM = 0.1
"""How far a stage with a `size` zooms into pictures, at most; the same as in fastai's transforms."""


@dataclass(frozen=True)
class Framing:
    """crop: (height, width) in pixels. scale: the range of factors. valid_size: the validation pictures'."""

    crop: tuple[int, int]
    scale: tuple[float, float]
    valid_size: float

    def within(self, height: int, width: int) -> Framing:
        """The same with crops not much larger than height x width, so that they are no frame of grey."""
        rows, cols = self.crop
        return Framing(
            (min(rows, _to_multiple(height)), min(cols, _to_multiple(width))), self.scale, self.valid_size
        )


def scaled(side: int, factor: float) -> int:
    """A picture's side in pixels after scaling, at least 1."""
    return max(1, round(side * factor))


def _to_multiple(pixels: float) -> int:
    return max(MULTIPLE, round(pixels / MULTIPLE) * MULTIPLE)


class Recipe(_Checked):
    """A whole training run; the comments in `recipes/street.toml` explain its values."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = Field(description="The recipe's name.")
    summary: str = Field("", description="The recipe's purpose, in one sentence.")
    network: str = Field(description="The name of the network that is trained.")
    classes: str = Field(
        description="The classes to learn: `dataset` for the data set's own, `model` for those of the model "
        "that training starts from, `extended` for those and the ones that the data set adds, or the name of "
        "a class list."
    )
    pretrained: bool = Field(
        True, description="Start from an encoder that was pretrained on ImageNet's million photos."
    )
    start_model: str | None = Field(
        None, description="The stored model that training starts from, instead of ImageNet's encoder."
    )
    seed: int = Field(
        42,
        ge=0,
        lt=2**31,
        description="The random seed: the same seed gives the same run on the same machine.",
    )
    weight_decay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        0.01, description="How strongly weights are pulled towards zero, against overfitting."
    )
    ema_decay: Share = Field(
        0.997,
        description="Weights are averaged over many steps, and the average is validated and kept: the closer "
        "to 1, the longer the memory; 0 turns averaging off.",
    )
    class_weight_power: Share = Field(
        0.0,
        description="How much more rare classes count in the loss: 0 not at all, 1 as much as they are rare.",
    )
    logit_adjustment: Share = Field(
        0.0,
        description="How far the class weights' pull on the answers is taken back when the model is saved: 0 "
        "not at all, 1 wholly. Weights make a network notice rare classes, but also name them too often.",
    )
    label_smoothing: Share = Field(
        0.0, description="The share of certainty that is taken off every label, against overconfidence."
    )
    jaccard_weight: Share = Field(
        0.0,
        description="The soft Jaccard loss's share in the loss; it sees thin things that cross entropy "
        "overlooks.",
    )
    encoder_lr: Positive = Field(
        1.0,
        description="The encoder's learning rate as a share of the stage's: pretrained weights need smaller "
        "steps.",
    )
    head_lr: Positive = Field(
        1.0,
        description="Where classes are added and the batch norms fixed: the last layer's learning rate, as a "
        "multiple of the stage's, since it has to learn in few steps what an added class is.",
    )
    rare_crop: Share = Field(
        0.0, description="The share of crops that are placed on a pixel of a rarer class."
    )
    colour: Share = Field(
        0.0,
        description="How strongly brightness, contrast, saturation and white balance are changed at random.",
    )
    blur: Share = Field(0.0, description="The share of pictures that are blurred.")
    variety: Share = Field(
        0.0,
        description="How often pictures are changed further: other hues, no colour, noise, few pixels, JPEG. "
        "Photos of other cameras and cities then surprise the network less.",
    )
    corrections: bool = Field(
        False,
        description="The data set is a set of corrections, in which only the reviewed pixels are labelled: "
        "of five photos or more every fifth is held out, the last weights become the model, and its card "
        "says what it gained and lost.",
    )
    replay: Share = Field(
        0.0,
        description="The share of every batch that are frames of the data set on which the start model was "
        "measured (otherwise CamVid or Toytown), so that the network does not forget them.",
    )
    pull: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        0.0,
        description="How strongly pixels without a label are pulled towards the start model's answers: the "
        "weight of that part of the loss.",
    )
    start_share: Share = Field(
        0.0,
        description="How much of the start model's weights is mixed into what was learnt: 0 none, 1 all. "
        "A mixture keeps most of what is new and forgets less of what is old.",
    )
    keep_last: bool = Field(
        False,
        description="The last weights become the model, not those of the best epoch: for labels that are too "
        "coarse to judge what the network learns beyond them.",
    )
    every_epoch: bool = Field(
        False, description="Keep the weights of every epoch, not only the best and each stage's last."
    )
    preview_seconds: Positive | None = Field(
        None,
        description="Draw the preview pictures also every so many seconds, not only at the end of an epoch.",
    )
    tensorboard: bool = Field(
        False, description="Also write event files for TensorBoard into the run's folder."
    )
    prior: Weight = Field(
        0.0,
        description="How strongly the shares within a set of classes that the labels do not tell apart are "
        "pulled towards the plausible ones of `shares`: the weight of that part of the loss.",
    )
    distil: Weight = Field(
        0.0,
        description="How strongly the run's own pictures are held to the start model's answers, in its "
        "classes: the weight of that part of the loss. So a new network learns what the old one knows.",
    )
    paint: bool = Field(
        False,
        description="Where the run's own labels call lane paint Road: learn bright marks on the road as "
        "LaneMkgsDriv.",
    )
    heights: bool = Field(
        False,
        description="Where the run's own labels call buses Car, walls Building or hedges Tree: learn by "
        "their height which they are. For frames of a camera on a car.",
    )
    signs: bool = Field(
        False,
        description="Where the run's own labels call traffic lights and lettering SignSymbol: learn what "
        "hangs on houses as Misc_Text and slim, dark boxes as TrafficLight.",
    )
    shares: dict[ClassName, Annotated[float, Field(gt=0, le=1)]] = Field(
        default_factory=dict,
        description="For classes that the run's own labels do not tell apart: a class's plausible share of "
        "its set, with which its output starts. The others of the set have even parts of what is left.",
    )
    sets: LabelSets = Field(
        default_factory=dict,
        description="For labels of the run's own data set the network's classes that they may be, where that "
        "is not what their names and groups say.",
    )
    mix: Annotated[tuple[Mix, ...], Field(max_length=_MOST_MIXED)] = Field(
        (), description="Further data sets, whose pictures are mixed into every batch."
    )
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=_MOST_STAGES)] = Field(
        description="The stages, in order."
    )

    @model_validator(mode="after")
    def _has_the_model_of_its_classes(self) -> Self:
        if self.classes in ("model", "extended") and self.start_model is None:
            raise fault("classes", "classes are those of a model, but start_model is not given")
        return self

    @model_validator(mode="after")
    def _has_the_model_that_it_remembers(self) -> Self:
        remembers = self.corrections or self.replay or self.pull or self.start_share or self.distil
        if self.start_model is None and remembers:
            raise fault(
                "start_model",
                "corrections, replay, pull, start_share and distil need the model to start from: give "
                "start_model",
            )
        if self.start_share and self.classes == "dataset":
            raise fault(
                "start_share", "start_share needs classes that the start model knows, not the data set's own"
            )
        if self.pull and self.classes not in ("model", "extended"):
            raise fault("pull", "pull needs the start model's classes: model or extended")
        if self.logit_adjustment and self.corrections:
            raise fault("logit_adjustment", "logit_adjustment does not go with corrections")
        if self.replay and any(stage.steps is None for stage in self.stages):
            raise fault("replay", "with replay, every stage needs its number of steps")
        return self

    @model_validator(mode="after")
    def _mixes_what_fits_together(self) -> Self:
        if self.has_sources and (self.corrections or self.replay or self.pull):
            raise fault(
                "mix", "mix, prior and distil do not go with corrections, replay and pull: leave out either"
            )
        for stage in self.stages:
            if self.pictures_of_each(stage)[0] < 1:
                raise fault(
                    "mix",
                    "the data sets mixed in leave no picture of a batch of {name} for the run's own: make "
                    "their shares smaller, or the batch larger",
                    name=stage.name,
                )
        return self

    @model_validator(mode="after")
    def _stages_fit_together(self) -> Self:
        earlier: list[str] = []
        for stage in self.stages:
            if stage.name in earlier:
                raise fault("stages", "two stages have the name {name}", name=stage.name)
            if stage.start_from is not None and stage.start_from not in earlier:
                raise fault(
                    "stages",
                    "{name} starts from {start}, which is not an earlier stage",
                    name=stage.name,
                    start=stage.start_from,
                )
            earlier.append(stage.name)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The stages' names, in order."""
        return tuple(stage.name for stage in self.stages)

    @property
    def has_sources(self) -> bool:
        """Whether the loss tells apart from which data set a picture comes, or that it is a training one."""
        return bool(self.mix or self.prior or self.distil)

    def pictures_of_each(self, stage: Stage) -> tuple[int, ...]:
        """How many pictures of a batch come from the run's own data set, and from each that is mixed in."""
        return pictures_of_each(stage.batch_size, self.mix)

    def batches(self, stage: Stage, pictures: int) -> int:
        """Batches in an epoch of a data set with so many training pictures.

        Pictures that do not fill one are left for the next epoch.
        """
        return pictures // self.pictures_of_each(stage)[0] if stage.steps is None else stage.steps

    def seen(self, stage: Stage, pictures: int) -> int:
        """How many pictures go through the network in an epoch, of a data set that has so many."""
        if stage.steps is None and not self.mix:
            return pictures
        return self.batches(stage, pictures) * stage.batch_size

    def stage(self, name: str) -> Stage:
        """The stage called `name`; RecipeError lists the stages if there is none."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        names = ", ".join(self.names)
        raise RecipeError(
            sentence(
                "The recipe {name} has no stage {asked!r}; its stages are: {names}.",
                name=self.name,
                asked=shown(name),
                names=names,
            )
        )


def explanations(model: type[Stage] | type[Recipe] | type[Mix]) -> dict[str, str]:
    """One plain sentence for each setting of a stage, a recipe or a mixed data set, by its name, in order."""
    return {name: field.description or "" for name, field in model.model_fields.items()}


def shipped_recipes() -> list[str]:
    """Names of the recipes that come with StreetScope."""
    return sorted(path.stem for path in RECIPES.glob("*.toml"))


def recipe_text(name: str) -> str:
    """The text of a shipped recipe, comments included; RecipeError for an unknown name."""
    if name not in shipped_recipes():
        raise _no_recipe(name)
    return (RECIPES / f"{name}.toml").read_text(encoding="utf-8")


def read_recipe(name_or_path: str) -> Recipe:
    """A shipped recipe by name, or your own by the path to its TOML or JSON file.

    RecipeError says which setting is wrong.
    """
    shipped = name_or_path in shipped_recipes()
    path = RECIPES / f"{name_or_path}.toml" if shipped else Path(name_or_path)
    try:
        with path.open("rb") as file:  # no more than that: it may be any file, of any size
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _no_recipe(name_or_path) from error
    return parse_recipe(data, path.name)


def parse_recipe(content: str | bytes, source: str = "") -> Recipe:
    """A recipe from the text of a TOML or JSON file; RecipeError. source: its name in messages, if any."""
    kind = "JSON" if source.endswith(".json") else "TOML"
    source = shown(source, 255) if source else sentence("The recipe")
    if len(content) > MAX_BYTES:
        raise RecipeError(
            sentence(
                "{source} is larger than {most} KB; a recipe is a page of text.",
                source=source,
                most=MAX_BYTES // 1024,
            )
        )
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
        values = _from_json(text) if kind == "JSON" else tomllib.loads(text)
    except RecursionError as error:
        raise RecipeError(
            sentence("{source} is not a recipe: it is nested too deeply.", source=source)
        ) from error
    except ValueError as error:  # both decoders' own errors are ValueErrors
        raise RecipeError(
            sentence("{source} is not a {kind} file: {reason}.", source=source, kind=kind, reason=error)
        ) from error
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        location, said = first_fault(error)
        where = ".".join(_settings(location, unknown=error.errors()[0]["type"] == "extra_forbidden"))
        raise RecipeError(
            sentence(
                "{source}: {reason}.",
                source=source,
                reason=placed(where, said),
            )
        ) from error


def _from_json(text: str) -> Any:
    values = json.loads(text)
    json.dumps(values, ensure_ascii=False).encode()  # JSON can spell half a character, which is not text
    return values


def _settings(location: tuple[int | str, ...], unknown: bool) -> list[str]:
    """The location of an error, without pydantic's names for the branches of a union."""
    known = {*Recipe.model_fields, *Stage.model_fields, *Mix.model_fields}
    names = next((place for place, part in enumerate(location) if part in ("shares", "sets")), len(location))
    return [
        shown(str(part))
        for place, part in enumerate(location)
        if unknown or isinstance(part, int) or part in known or place > names  # there, a class's name
    ]


def shown(name: str, most: int = _SHOWN) -> str:
    """A name from elsewhere, safe to repeat in a message: short, and without terminal control codes."""
    short = name if len(name) <= most else f"{name[:most]}..."
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in short)


def to_toml(recipe: Recipe) -> str:
    """A recipe as TOML, without the settings at their defaults; `parse_recipe` reads it back."""
    return tomlkit.dumps(recipe.model_dump(mode="json", exclude_defaults=True, exclude_none=True))


def _no_recipe(name: str) -> RecipeError:
    return RecipeError(
        sentence(
            "There is no recipe {name}; give a TOML file or one of: {shipped_recipes}.",
            name=shown(name, 1000),
            shipped_recipes=", ".join(shipped_recipes()),
        )
    )

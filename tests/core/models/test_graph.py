"""Exported graphs: they answer as PyTorch does, and nothing that a stranger wrote into one is run."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from core.errors import BrokenGraphError, BrokenModelError
from core.models.card import ModelCard, class_entries, normalisation
from core.models.export import checked_graph, export_graph
from core.models.graph import FEATURES, LOGITS, check_graph, open_graph, run_graph
from core.models.networks import NETWORKS, find_network
from core.models.store import CARD, GRAPH, WEIGHTS, read_card
from core.models.weights import load_model, save_model
from core.segmentation.segmenter import load_segmenter
from tests.conftest import COLOURS
from tests.graphs import HOSTILE_GRAPHS

CLASSES = 12


@pytest.fixture(scope="module")
def tiny(untrained) -> bytes:
    """The graph of a small U-Net."""
    return export_graph(untrained("unet_tiny"), find_network("unet_tiny").multiple)


def check_tiny(content: bytes) -> None:
    network = find_network("unet_tiny")
    check_graph(content, CLASSES, network.stride, network.multiple)


@pytest.mark.parametrize("name", [n for n in NETWORKS if n != "unet_resnet34"])
def test_a_graph_answers_as_the_network_does_at_any_size(untrained, name):
    network, facts = untrained(name), find_network(name)
    content = export_graph(network, facts.multiple)
    check_graph(content, CLASSES, facts.stride, facts.multiple)
    session = open_graph(content, 1)
    for rows, cols in ((1, 1), (3, 2), (2, 7)):
        picture = torch.randn(2, 3, rows * facts.multiple, cols * facts.multiple)
        with torch.inference_mode():
            expected = network(picture).numpy()
        found = run_graph(session, LOGITS, picture.numpy())
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() < 1e-4 * max(1, np.abs(expected).max())


@pytest.mark.slow
def test_the_articles_network_has_a_graph_too(untrained):
    network, facts = copy.deepcopy(untrained("unet_resnet34")), find_network("unet_resnet34")
    content = export_graph(network, facts.multiple)
    check_graph(content, CLASSES, facts.stride, facts.multiple)
    picture = torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        expected = network(picture).numpy()
    assert np.abs(run_graph(open_graph(content, 1), LOGITS, picture.numpy()) - expected).max() < 1e-2


def test_features_are_what_the_last_convolution_computes_the_logits_from(untrained, tiny):
    picture = np.random.default_rng(0).standard_normal((1, 3, 64, 32), np.float32)
    session, head = open_graph(tiny, 1), untrained("unet_tiny").head

    features = run_graph(session, FEATURES, picture)
    with torch.inference_mode():
        logits = head(torch.from_numpy(features)).numpy()
    assert np.abs(logits - run_graph(session, LOGITS, picture)).max() < 1e-5


def test_a_published_model_has_a_graph_of_half_its_size_that_its_card_names(store):
    module = find_network("unet_tiny").build(len(COLOURS), False).eval()
    save_model(card_of("mine", "unet_tiny"), module)

    content = (store / "mine" / GRAPH).read_bytes()
    assert read_card("mine").graph_sha256 == hashlib.sha256(content).hexdigest()
    assert len(content) < 1.1 * (store / "mine" / WEIGHTS).stat().st_size
    photo = np.random.default_rng(1).integers(0, 256, (50, 70, 3), np.uint8)
    segmenter = load_segmenter("mine")
    assert segmenter.predictor.engine.name == "ONNX Runtime"
    assert (segmenter.segment(photo).labels == in_pytorch("mine", photo)).mean() > 0.999


def in_pytorch(name: str, photo: np.ndarray) -> np.ndarray:
    from core.segmentation.segmenter import Segmenter

    return Segmenter.of_network(load_model(name)).segment(photo).labels


def test_a_model_without_a_graph_is_run_by_pytorch(store):
    save_model(card_of("mine", "pixel_colour"), find_network("pixel_colour").build(len(COLOURS), False))
    card = read_card("mine").model_copy(update={"graph_sha256": ""})
    (store / "mine" / CARD).write_text(card.model_dump_json(), "utf-8")
    (store / "mine" / GRAPH).unlink()

    assert load_segmenter("mine").predictor.engine.name.startswith("PyTorch")


class Wrong(nn.Conv2d):
    """Answers otherwise while it is exported."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        logits = super().forward(image)
        return -logits if torch.onnx.is_in_onnx_export() else logits


def test_a_graph_that_finds_other_classes_does_not_count():
    torch.manual_seed(0)
    card = card_of("wrong", "pixel_colour")

    assert checked_graph(nn.Conv2d(3, len(COLOURS), 1), card) is not None
    assert checked_graph(Wrong(3, len(COLOURS), 1), card) is None


@pytest.mark.parametrize("what", sorted(set(HOSTILE_GRAPHS) - {"answers that are not finite"}))
def test_hostile_graphs_are_refused_before_they_run(tiny, what):
    model = onnx.load_from_string(tiny)
    HOSTILE_GRAPHS[what](model)
    with pytest.raises(BrokenGraphError):
        check_tiny(model.SerializeToString())


def test_a_damaged_graph_is_refused_or_sound(tiny):
    check_tiny(tiny)
    for seed in range(60):
        chance, content = np.random.default_rng(seed), bytearray(tiny)
        content[chance.integers(2000)] = chance.integers(256)
        for damaged in (bytes(content), tiny[: chance.integers(len(tiny))]):
            try:
                check_tiny(damaged)
            except BrokenGraphError as error:
                assert str(error)  # noqa: PT017 (either is right, and nothing else)


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def rewrite(path: Path) -> None:
    """Another graph, with its hash in the card."""
    model = onnx.load(path)
    HOSTILE_GRAPHS["an endless loop"](model)
    name_in_card(path, model)


def name_in_card(path: Path, model: onnx.ModelProto) -> None:
    path.write_bytes(model.SerializeToString())
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    card = read_card(path.parent.name).model_copy(update={"graph_sha256": sha256})
    (path.parent / CARD).write_text(card.model_dump_json(), "utf-8")


def make_huge(path: Path) -> None:
    model = onnx.load(path)
    HOSTILE_GRAPHS["answers that are not finite"](model)
    name_in_card(path, model)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Path.unlink, "is missing"),
        (damage, "was changed or damaged"),
        (rewrite, "cannot be used: it has layers that no network here has"),
        (make_huge, "answers with values that are not finite"),
    ],
)
def test_a_graph_that_cannot_be_used_is_named_in_a_sentence(
    store, change: Callable[[Path], object], words: str
):
    save_model(card_of("mine", "unet_tiny"), find_network("unet_tiny").build(len(COLOURS), False))
    change(store / "mine" / GRAPH)

    with pytest.raises(BrokenModelError) as refused:
        load_segmenter("mine")
    assert words in str(refused.value)
    assert GRAPH in str(refused.value)
    assert str(refused.value).endswith(".")


def card_of(name: str, network: str) -> ModelCard:
    return ModelCard(
        name=name,
        network=network,
        class_list=class_entries(COLOURS),
        normalisation=normalisation(find_network(network)),
    )

"""A model of CamVid's 11 classes that knows little, and photos in which it was corrected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from core.classes import CAMVID_11, UNLABELLED
from core.models.card import ModelCard, class_entries, normalisation
from core.models.networks import find_network
from core.models.weights import save_model
from core.toytown import frame
from tests.conftest import save_once

NEW = "Becak"
CODES = (*CAMVID_11.names, NEW)
BECAK, CAR, ROAD = CODES.index(NEW), CODES.index("Car"), CODES.index("Road")


def save_start_model(name: str = "start") -> None:
    """Save a network of chance weights; its norms have averages of their own, as a trained one's have."""
    save_once(_save_start_model, name)


def _save_start_model(name: str) -> None:
    torch.manual_seed(5)
    network = find_network("unet_tiny")
    module = network.build(len(CAMVID_11), False).train()
    module(torch.rand(4, 3, 64, 64))
    card = ModelCard(
        name=name,
        network=network.name,
        class_list=class_entries(CAMVID_11),
        normalisation=normalisation(network),
        trained_size=(64, 96),
        limits=("It knows nothing.",),
        licence="Nobody's",
        metrics={"dataset": "toytown"},
    )
    save_model(card, module)


def write_corrections(folder: Path, count: int, codes: tuple[str, ...] = CODES, name: str = "mine") -> Path:
    """A set of corrections: of each photo a square is Becak, one below it Road, and the rest not reviewed."""
    root = folder / name
    for part in ("images", "labels"):
        (root / part).mkdir(parents=True)
    for number in range(count):
        image, _ = frame(40 + number, 3, (96, 64))
        label = np.full((64, 96), UNLABELLED, np.uint8)
        label[20:36, 30 + number : 50 + number] = BECAK
        label[44:60, 10:80] = ROAD
        Image.fromarray(image).save(root / "images" / f"photo{number}.png")
        Image.fromarray(label).save(root / "labels" / f"photo{number}_P.png")
    (root / "codes.txt").write_text("\n".join(codes) + "\n", encoding="utf-8")
    return root

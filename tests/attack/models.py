"""Prepared model folders: cards and weights that no training has written, and odd files in their place."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from PIL import Image
from safetensors.torch import load_file, save_file

from core.models.card import ModelCard, class_entries, normalisation
from core.models.networks import find_network
from core.models.weights import save_model
from tests.attack._attempt import Ended, attempt, command, count, own_house
from tests.attack.tally import Tally
from tests.conftest import COLOURS, save_colour_model
from tests.graphs import HOSTILE_GRAPHS

CARD, WEIGHTS, GRAPH = "model.json", "weights.safetensors", "model.onnx"

ODD_VALUES: tuple[Any, ...] = (
    None, True, -1, 2**31, 2**63 - 1, 2**64, 10**400, 0.5, -1e308, 1e308, "", "x", "\ud800", "\x1b[31m",
    "a\0b", "x" * 100_000, [], [[]], [None] * 1000, {}, {"a": {"b": [1]}}, [{"name": "x"}] * 10_000,
)  # fmt: skip

FLIPS = 40

ODD_FILES = ("link", "link to nothing", "pipe", "folder", "empty", "5 GB", "half", "missing", "zeros")

Change = Callable[[Path], None]


def attack(tally: Tally, folder: Path) -> None:
    """Read each prepared model as the app and the command line do."""
    with own_house(folder):
        save_colour_model("whole")
        save_colour_model("mine")
        network = find_network("unet_tiny")
        card = ModelCard(
            name="normed",
            network="unet_tiny",
            class_list=class_entries(COLOURS),
            normalisation=normalisation(network),
        )
        torch.manual_seed(0)
        save_model(card, network.build(len(COLOURS), False))
        photo = folder / "photo.png"
        Image.effect_noise((64, 48), 60).convert("RGB").save(photo)
        for name, changes in (
            ("mine", [*_cards(), *_files(), *_flips()]),
            ("normed", [*_tensors(), *_graphs()]),
        ):
            sound = folder / "models" / name
            kept = folder / f"kept-{name}"
            shutil.copytree(sound, kept)
            for what, change in changes:
                change(sound)
                _try(tally, f"{name}, {what}", name, photo)
                shutil.rmtree(sound) if sound.is_dir() and not sound.is_symlink() else sound.unlink()
                shutil.copytree(kept, sound)
            _try(tally, f"{name}, whole again", name, photo)


def _try(tally: Tally, what: str, name: str, photo: Path) -> None:
    listed = attempt(command("models", "--json"))
    count(tally, f"{what}: models", listed)
    if '"whole"' not in listed.printed:
        tally.count("lost", f"{what}: the other model is no longer listed")
    read = attempt(command("segment", str(photo), "--model", name, "--at", "5", "5", "--json"))
    count(tally, f"{what}: segment", read)
    _refuse_no_numbers(tally, what, read)


def _refuse_no_numbers(tally: Tally, what: str, read: Ended) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.loads(read.printed or "null", parse_constant=refuse)
    except ValueError as error:
        tally.count("traceback", f"{what}: {error} in a reading")


def _edited(path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(path.read_text("utf-8"))
    edit(content)
    path.write_text(json.dumps(content), "utf-8")


def _cards() -> Iterator[tuple[str, Change]]:
    def setting(*keys: str | int, value: Any) -> Change:
        def edit(content: Any) -> None:
            for key in keys[:-1]:
                content = content[key]
            content[keys[-1]] = value

        return partial(_edit_card, edit=edit)

    places: tuple[tuple[str | int, ...], ...] = (
        ("name",), ("network",), ("class_list",), ("class_list", "classes"), ("class_list", "void"),
        ("class_list", "classes", 0, "name"), ("class_list", "classes", 0, "colour"),
        ("normalisation", "std"), ("metrics",), ("limits",), ("weights_sha256",),
    )  # fmt: skip
    for place in places:
        for number, value in enumerate(ODD_VALUES):
            yield f"card {place} odd value {number}", setting(*place, value=value)
    for number, value in enumerate((*ODD_VALUES, float("nan"), float("inf"))):
        yield f"acc_camvid odd value {number}", setting("metrics", value={"acc_camvid": value})
    texts = ("", "[]", "null", "[" * 100_000, '{"a":' * 1000, '{"name":1,"name":2}', "1" * 5000, "\ud83d")
    for text in texts:
        yield f"card {text[:20]!r}", partial(_write_card, content=text.encode("utf-8", "surrogatepass"))


def _write_card(folder: Path, content: bytes) -> None:
    (folder / CARD).write_bytes(content)


def _files() -> Iterator[tuple[str, Change]]:
    for name, kind in product((CARD, WEIGHTS, GRAPH), ODD_FILES):
        yield f"{name} {kind}", partial(_make_odd_one, name=name, kind=kind)
    for kind in ODD_FILES:
        yield f"no graph, {WEIGHTS} {kind}", partial(_make_odd_weights, kind=kind)
    yield "the folder is a pipe", partial(_instead, make=os.mkfifo)
    yield "the folder is a link to itself", partial(_instead, make=_link_to_itself)


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def _instead(folder: Path, make: Callable[[Path], object]) -> None:
    shutil.rmtree(folder)
    make(folder)


def _edit_card(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    _edited(folder / CARD, edit)


def _make_odd_one(folder: Path, name: str, kind: str) -> None:
    make_odd(folder / name, kind)


def _make_odd_weights(folder: Path, kind: str) -> None:
    _hashed(folder)
    _make_odd_one(folder, WEIGHTS, kind)


def make_odd(path: Path, kind: str) -> None:
    """Put something in a file's place that is no such file."""
    content = path.read_bytes() if path.is_file() else b""
    path.unlink(missing_ok=True)
    match kind:
        case "link":
            path.symlink_to("/etc/passwd")
        case "link to nothing":
            path.symlink_to("/nowhere")
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "5 GB":
            with path.open("wb") as file:
                file.truncate(5 * 10**9)
        case "half":
            path.write_bytes(content[: len(content) // 2])
        case "zeros":
            path.write_bytes(bytes(1000))


def _hashed(folder: Path, name: str = WEIGHTS) -> None:
    """Put the right hash into the card; without a graph, PyTorch has to load the weights."""
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    hashes = {"weights_sha256": digest, "graph_sha256": ""} if name == WEIGHTS else {"graph_sha256": digest}
    _edited(folder / CARD, lambda content: content.update(hashes))


def _flips() -> Iterator[tuple[str, Change]]:
    """Bytes changed at random, with the right hash in the card."""
    for name in (CARD, WEIGHTS, GRAPH):
        for seed in range(FLIPS):

            def flip(folder: Path, name: str = name, seed: int = seed) -> None:
                chance = random.Random(seed)
                content = bytearray((folder / name).read_bytes())
                for _ in range(chance.randint(1, 8)):
                    content[chance.randrange(len(content))] = chance.randrange(256)
                (folder / name).write_bytes(content)
                if name != CARD:
                    _hashed(folder, name)

            yield f"{name} flipped {seed}", flip
    for number, header in enumerate((b"\xff" * 8, (10**8).to_bytes(8, "little"), bytes(8), b"PK\x03\x04")):

        def lie(folder: Path, header: bytes = header) -> None:
            content = (folder / WEIGHTS).read_bytes()
            (folder / WEIGHTS).write_bytes(header + content[len(header) :])
            _hashed(folder)

        yield f"weights with the lying header {number}", lie


def _tensors() -> Iterator[tuple[str, Change]]:
    """Tensors of other types and values, one of each kind that a norm and a convolution have."""
    values: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "negative": lambda tensor: tensor * 0 - 1,
        "nan": lambda tensor: tensor * torch.nan,
        "infinite": lambda tensor: torch.full(tensor.shape, torch.inf),
        "huge": lambda tensor: torch.full(tensor.shape, 3e38),
        "text's bytes": lambda tensor: tensor.to(torch.uint8),
        "doubles": lambda tensor: tensor.double(),
        "complex": lambda tensor: tensor.to(torch.complex64),
        "whole": lambda tensor: tensor.long(),
        "flat": lambda tensor: tensor.reshape(-1, 1),
        "empty": lambda tensor: tensor.reshape(-1)[:0],
    }
    for end in (
        "running_var",
        "running_mean",
        "num_batches_tracked",
        "norm.weight",
        "conv.weight",
        "head.bias",
    ):
        for kind, change in values.items():

            def edit(folder: Path, end: str = end, change: Callable[..., torch.Tensor] = change) -> None:
                tensors = load_file(folder / WEIGHTS)
                name = next(name for name in tensors if name.endswith(end))
                tensors[name] = change(tensors[name])
                save_file(tensors, folder / WEIGHTS)
                _hashed(folder)

            yield f"{end} {kind}", edit


def _graphs() -> Iterator[tuple[str, Change]]:
    """Graphs of a real network with a byte changed in their structure, and with hostile parts."""

    def flip(folder: Path, seed: int) -> None:
        chance, model = random.Random(seed), onnx.load(folder / GRAPH)
        # The structure alone: nearly all bytes of a graph are weights, where a change is only another number.
        weights = [numpy_helper.to_array(tensor) for tensor in model.graph.initializer]
        for tensor in model.graph.initializer:
            tensor.raw_data = b""
        content = bytearray(model.SerializeToString())
        content[chance.randrange(len(content))] = chance.randrange(256)
        with contextlib.suppress(DecodeError):
            model = onnx.load_from_string(bytes(content))
            for tensor, values in zip(model.graph.initializer, weights, strict=False):
                tensor.raw_data = values.tobytes()
            content = bytearray(model.SerializeToString())
        (folder / GRAPH).write_bytes(content)
        _hashed(folder, GRAPH)

    for seed in range(4 * FLIPS):
        yield f"graph's structure flipped {seed}", partial(flip, seed=seed)

    def edit(folder: Path, change: Callable[[onnx.ModelProto], object]) -> None:
        model = onnx.load(folder / GRAPH)
        change(model)
        (folder / GRAPH).write_bytes(model.SerializeToString())
        _hashed(folder, GRAPH)

    for what, change in HOSTILE_GRAPHS.items():
        yield f"graph with {what}", partial(edit, change=change)

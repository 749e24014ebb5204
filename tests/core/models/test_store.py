"""The model store: what is saved comes back, and nothing that is not a whole, sound model is loaded."""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import nn

from core.classes import CAMVID_11, ClassList, SegmentationClass
from core.errors import BrokenModelError, DiskFullError, ModelError, ModelNotFoundError
from core.models import store as store_module
from core.models.card import ModelCard, Normalisation, class_entries
from core.models.networks import find_network
from core.models.paths import DEFAULT_MODEL, models_folder
from core.models.store import GRAPH, MAX_CARD_BYTES, list_models, read_card
from core.models.weights import load_model, save_model
from tests.conftest import examples, save_once
from tests.odd_files import ODD_FILES, put_odd_file

WEIGHTS = "weights.safetensors"
CARD = "model.json"

bytes_of_colour = st.integers(0, 255)
texts = st.text(st.characters(codec="utf-8"), max_size=20)
class_lists = st.builds(
    lambda name, classes: ClassList(name, tuple(classes), void=len(classes) - 1),
    texts,
    st.lists(
        st.builds(
            SegmentationClass,
            texts,
            st.tuples(bytes_of_colour, bytes_of_colour, bytes_of_colour),
            texts,
            texts,
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda c: c.name,
    ),
)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True).filter(lambda name: name != "runs")


def card_for(class_list: ClassList, name: str = "mine") -> ModelCard:
    return ModelCard(
        name=name,
        network="pixel_colour",
        class_list=class_entries(class_list),
        normalisation=Normalisation(mean=(0, 0, 0), std=(1, 1, 1)),
    )


def save_constant(value: float, name: str = "mine") -> None:
    """Save a model of two classes whose every weight is `value`."""
    module = nn.Conv2d(3, 2, kernel_size=1)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.fill_(value)
    save_model(card_for(CAMVID_11.select("two", ("Sky", "Road")), name), module)


def edit_card(folder: Path, **changes: object) -> None:
    content = json.loads((folder / CARD).read_text("utf-8"))
    (folder / CARD).write_text(json.dumps(content | changes), "utf-8")


def edit_tensors(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    """Change the tensors of a saved model, and the hash in its card with them."""
    tensors = load_file(folder / WEIGHTS)
    change(tensors)
    save_file(tensors, folder / WEIGHTS)
    edit_card(folder, weights_sha256=hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest())


def refusal(error: type[ModelError], name: str = "mine") -> str:
    """The one sentence that `load_model` refuses the model with."""
    with pytest.raises(error) as refused:
        load_model(name)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def saved(store: Path) -> Path:
    """The folder of a saved model called `mine`."""
    save_once(save_constant, 0.25)
    return store / "mine"


# Round trip


@examples(0.25)
@given(class_lists, names, st.integers(0, 2**31))
def test_a_saved_model_comes_back_as_it_was(class_list, name, seed):
    torch.manual_seed(seed)
    module = nn.Conv2d(3, len(class_list), kernel_size=1)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", folder)
        save_model(card_for(class_list, name), module)
        model = load_model(name)

        assert list_models() == [name]
    assert model.name == name
    assert model.class_list == class_list
    assert torch.equal(model.network.weight, module.weight.half().float())
    assert torch.equal(model.network.bias, module.bias)
    assert model.network.weight.dtype == torch.float32


def test_a_card_keeps_what_it_says_about_training_and_limits(store):
    card = card_for(CAMVID_11).model_copy(
        update={"training": {"epochs": 66}, "metrics": {"mean_iou": 0.66}, "limits": ("By day only.",)}
    )
    save_model(card, nn.Conv2d(3, 11, kernel_size=1))
    read = read_card("mine")

    assert (read.training, read.metrics, read.limits) == (
        {"epochs": 66},
        {"mean_iou": 0.66},
        ("By day only.",),
    )


def test_a_card_says_how_each_class_was_learnt_and_which_nothing_measured(saved):
    path = models_folder() / "mine" / CARD
    card = json.loads(path.read_text())
    name = card["class_list"]["classes"][0]["name"]
    path.write_text(json.dumps(card | {"learnt_from": {name: "drawn"}, "unmeasured": [name]}))
    assert read_card("mine").learnt_from == {name: "drawn"}
    assert read_card("mine").unmeasured == (name,)


@pytest.mark.parametrize("said", [{"learnt_from": {"Ufo": "drawn"}}, {"unmeasured": ["Ufo"]}])
def test_a_card_that_speaks_of_a_class_it_has_not_is_refused(saved, said):
    path = models_folder() / "mine" / CARD
    path.write_text(json.dumps(json.loads(path.read_text()) | said))
    with pytest.raises(BrokenModelError, match="Ufo is none of the model's classes"):
        read_card("mine")


def test_a_card_has_the_hash_of_the_weights_beside_it(saved):
    assert read_card("mine").weights_sha256 == hashlib.sha256((saved / WEIGHTS).read_bytes()).hexdigest()


def test_a_saved_model_is_three_files(saved):
    assert sorted(path.name for path in saved.iterdir()) == [CARD, GRAPH, WEIGHTS]


def test_a_saved_model_holds_nothing_but_numbers_and_json(saved):
    assert json.loads((saved / CARD).read_bytes())["name"] == "mine"
    content = (saved / WEIGHTS).read_bytes()

    # safetensors: 8 bytes of header length, a JSON header with each tensor's place, the tensors, nothing else
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    places = sorted(tensor["data_offsets"] for name, tensor in header.items() if name != "__metadata__")
    assert places == [[0, 8], [8, 20]] or places == [[0, 12], [12, 20]]  # 2 x 4 bytes, 6 x 2 bytes
    assert len(content) == 8 + length + 20


def test_a_model_knows_how_many_pixels_a_logit_covers(saved):
    model = load_model("mine")

    assert (model.stride, model.multiple) == (1, 1)


# Lists and folders


def test_the_store_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("STREETSCOPE_MODELS", str(tmp_path))

    assert models_folder() == tmp_path


@pytest.mark.parametrize("value", [None, ""])
def test_the_store_is_the_projects_own_otherwise(monkeypatch, value):
    if value is None:
        monkeypatch.delenv("STREETSCOPE_MODELS", raising=False)
    else:
        monkeypatch.setenv("STREETSCOPE_MODELS", value)

    assert models_folder() == Path(store_module.__file__).parents[2] / "models"


def test_an_empty_store_lists_nothing(store):
    assert list_models() == []


def test_a_store_that_does_not_exist_lists_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("STREETSCOPE_MODELS", str(tmp_path / "nowhere"))

    assert list_models() == []


def test_models_are_listed_by_name_after_the_shipped_one(store):
    for name in ("zebra", DEFAULT_MODEL, "alpha"):
        save_constant(0, name)

    assert list_models() == [DEFAULT_MODEL, "alpha", "zebra"]


def test_only_folders_with_a_card_and_a_plain_name_are_listed(saved):
    (saved.parent / "empty").mkdir()
    (saved.parent / "notes.txt").write_text("notes")
    (saved.parent / ".hidden").mkdir()
    (saved.parent / ".hidden" / CARD).write_text("{}")
    (saved.parent / "two words").mkdir()
    (saved.parent / "two words" / CARD).write_text("{}")

    assert list_models() == ["mine"]


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "..",
        ".",
        "/etc",
        ".hidden",
        "",
        "a/b",
        "a\\b",
        "a\0b",
        "mine\n",
        "mine/",
        "-rf",
        "a" * 65,
        "ménage",
        "runs",
    ],
)
@pytest.mark.parametrize(
    "action", [read_card, load_model, store_module.model_folder, lambda name: save_constant(0, name)]
)
def test_names_that_are_not_one_plain_folder_are_refused(saved, name, action):
    with pytest.raises(ModelNotFoundError) as refused:
        action(name)

    assert repr(name) in str(refused.value)
    assert str(refused.value).endswith(".")
    assert sorted(path.name for path in saved.parent.iterdir()) == ["mine"]


def test_an_unknown_model_is_refused_with_the_names_there_are(saved):
    save_constant(0, "other")

    assert refusal(ModelNotFoundError, "absent") == (
        "There is no model called 'absent'; the models here are: mine, other."
    )


def test_an_unknown_model_of_an_empty_store_is_refused(store):
    assert refusal(ModelNotFoundError, "absent") == (
        "There is no model called 'absent'; the models here are: none yet."
    )


# Broken cards


def test_a_missing_card_is_named(saved):
    (saved / CARD).unlink()

    assert "mine has no model.json" in refusal(BrokenModelError)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"not json", b"\xff\xfe\x00", b"[" * 100_000, b'{"a": ' * 50_000, b"1" * 10_000],
    ids=["empty", "half", "text", "bytes", "deep lists", "deep objects", "a number of 10,000 digits"],
)
def test_a_card_that_is_not_json_is_named(saved, content):
    (saved / CARD).write_bytes(content)

    assert f"{CARD} is not JSON" in refusal(BrokenModelError)


@pytest.mark.parametrize("content", ["[]", "null", '"card"', "3", "{}"])
def test_json_that_is_no_card_is_named(saved, content):
    (saved / CARD).write_text(content, "utf-8")

    assert str(saved / CARD) in refusal(BrokenModelError)


@pytest.mark.parametrize("version", [0, 2, "1.5", None])
def test_an_unknown_format_version_is_named_with_the_known_one(saved, version):
    edit_card(saved, format_version=version)

    sentence = refusal(BrokenModelError)
    assert f"has format version {version}" in sentence
    assert "reads version 1." in sentence


def test_a_huge_card_is_not_read(saved):
    edit_card(saved, summary="x" * MAX_CARD_BYTES)
    size = (saved / CARD).stat().st_size

    sentence = refusal(BrokenModelError)
    assert f"{size} bytes" in sentence
    assert f"at most {MAX_CARD_BYTES}." in sentence


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"code": "import os"}, "code"),
        ({"network": 3}, "network"),
        ({"class_list": {"name": "x", "classes": []}}, "class_list.classes"),
        (
            {"class_list": {"name": "x", "classes": [{"name": "Sky", "colour": [0, 0, 256]}]}},
            "class_list.classes.0.colour.2",
        ),
        (
            {"class_list": {"name": "x", "classes": [{"name": "Sky", "colour": [0, 0]}]}},
            "class_list.classes.0.colour",
        ),
        (
            {"class_list": {"name": "x", "classes": [{"name": "n", "colour": [0, 0, 0]}] * 256}},
            "class_list.classes",
        ),
        ({"normalisation": {"mean": [0, 0], "std": [1, 1, 1]}}, "normalisation.mean"),
        ({"normalisation": {"mean": [0, 0, 0]}}, "normalisation.std"),
    ],
    ids=[
        "unknown field",
        "type",
        "no class",
        "colour of 256",
        "colour of two",
        "256 classes",
        "mean of two",
        "no std",
    ],
)
def test_a_card_with_a_bad_field_is_refused_with_its_place(saved, changes, where):
    edit_card(saved, **changes)

    sentence = refusal(BrokenModelError)
    assert str(saved / CARD) in sentence
    assert f": {where}" in sentence


@pytest.mark.parametrize("void", [2, -1, 255])
def test_a_card_whose_void_is_no_class_of_its_list_is_refused(saved, void):
    classes = json.loads((saved / CARD).read_text("utf-8"))["class_list"]
    edit_card(saved, class_list=classes | {"void": void})

    assert "void" in refusal(BrokenModelError)


def test_a_card_with_two_classes_of_one_name_is_refused(saved):
    sky = {"name": "Sky", "colour": [128, 128, 128]}
    edit_card(saved, class_list={"name": "x", "classes": [sky, sky]})

    assert "Sky" in refusal(BrokenModelError)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("where", ["normalisation", "metrics"])
def test_a_card_with_what_is_no_number_is_refused(saved, where, value):
    edit_card(saved, **{where: {"mean": [0, 0, 0], "std": [1, value, 1]}})

    assert "is not a number" in refusal(BrokenModelError)


@pytest.mark.parametrize("std", [0.0, -1.0])
def test_a_card_that_divides_by_nothing_sensible_is_refused(saved, std):
    edit_card(saved, normalisation={"mean": [0, 0, 0], "std": [1, std, 1]})

    assert "normalisation.std" in refusal(BrokenModelError)


def test_a_card_of_an_unknown_network_is_refused_with_the_known_ones(saved):
    edit_card(saved, network="unet_vgg")

    assert "'unet_vgg'; choose one of unet_lite0" in refusal(ModelError)


@pytest.mark.parametrize("name", ["../x", "other"])
def test_a_card_that_claims_another_name_than_its_folders_is_refused(saved, name):
    edit_card(saved, name=name)

    sentence = refusal(BrokenModelError)
    assert repr(name) in sentence
    assert "mine" in sentence


# Broken weights


def test_missing_weights_are_named(saved):
    (saved / WEIGHTS).unlink()

    assert f"{saved / WEIGHTS} is missing" in refusal(BrokenModelError)


def test_changed_weights_are_named_with_both_hashes(saved):
    old = read_card("mine").weights_sha256
    content = bytearray((saved / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (saved / WEIGHTS).write_bytes(content)
    new = hashlib.sha256(content).hexdigest()

    sentence = refusal(BrokenModelError)
    assert str(saved / WEIGHTS) in sentence
    assert old[:12] in sentence
    assert new[:12] in sentence


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"\xff" * 64], ids=["empty", "zip", "endless header"]
)
def test_weights_that_are_no_safetensors_file_are_named(saved, content):
    (saved / WEIGHTS).write_bytes(content)
    edit_card(saved, weights_sha256=hashlib.sha256(content).hexdigest())

    assert f"{saved / WEIGHTS} is not a safetensors file" in refusal(BrokenModelError)


def test_pickled_weights_are_not_unpickled(saved):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("unpickled",))

    torch.save({"weight": Trap()}, saved / WEIGHTS)
    edit_card(saved, weights_sha256=hashlib.sha256((saved / WEIGHTS).read_bytes()).hexdigest())

    assert "is not a safetensors file" in refusal(BrokenModelError)


def test_a_tensor_of_the_wrong_shape_is_named_with_both_shapes(saved):
    edit_tensors(saved, lambda tensors: tensors.update(weight=torch.zeros(5, 3, 1, 1)))

    sentence = refusal(BrokenModelError)
    assert str(saved / WEIGHTS) in sentence
    assert "weight has shape (5, 3, 1, 1), but the network needs (2, 3, 1, 1)." in sentence


def test_a_missing_tensor_is_named(saved):
    edit_tensors(saved, lambda tensors: tensors.pop("bias"))

    assert f"{saved / WEIGHTS} lacks the tensor bias" in refusal(BrokenModelError)


def test_an_unknown_tensor_is_named(saved):
    edit_tensors(saved, lambda tensors: tensors.update(scale=torch.zeros(1)))

    assert f"{saved / WEIGHTS} has an unknown tensor scale" in refusal(BrokenModelError)


@pytest.mark.parametrize(
    "value",
    [
        torch.tensor([0, torch.nan]),
        torch.tensor([torch.inf, 0]),
    ],
    ids=["nan", "infinity"],
)
def test_a_tensor_that_is_not_all_finite_numbers_is_named(saved, value):
    edit_tensors(saved, lambda tensors: tensors.update(bias=value))

    sentence = refusal(BrokenModelError)
    assert str(saved / WEIGHTS) in sentence
    assert "bias holds values that are not finite numbers." in sentence


@pytest.mark.parametrize(
    "kind", [torch.float64, torch.float8_e4m3fn, torch.int64, torch.int8, torch.uint8, torch.bool]
)
def test_a_tensor_of_another_type_is_named_with_both_types(saved, kind):
    edit_tensors(saved, lambda tensors: tensors.update(bias=torch.ones(2).to(kind)))

    sentence = refusal(BrokenModelError)
    assert f"{saved / WEIGHTS}: the tensor bias holds numbers of the type {str(kind)[6:]}" in sentence
    assert "but the network needs float32." in sentence


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float32])
def test_floating_point_numbers_of_at_most_32_bits_are_loaded(saved, kind):
    edit_tensors(saved, lambda tensors: tensors.update(bias=torch.tensor([0.5, 2]).to(kind)))

    assert load_model("mine").network.bias.tolist() == [0.5, 2]


def test_numbers_that_are_too_large_together_are_refused(saved):
    edit_tensors(saved, lambda tensors: tensors.update(weight=torch.full((2, 3, 1, 1), 3e38)))

    assert "answers with values that are not finite" in refusal(BrokenModelError)


@pytest.mark.parametrize(
    ("end", "change", "words"),
    [
        ("running_var", lambda tensor: tensor - 2, "holds negative values"),
        ("running_var", lambda tensor: tensor * torch.nan, "not finite"),
        ("num_batches_tracked", lambda tensor: tensor - 1, "holds negative values"),
        ("num_batches_tracked", lambda tensor: tensor.float(), "needs int64"),
    ],
)
def test_a_norm_that_would_make_no_number_is_named(store, end, change, words):
    card = card_for(CAMVID_11).model_copy(update={"network": "unet_tiny"})
    save_model(card, find_network("unet_tiny").build(11, False))
    assert load_model("mine").multiple == 32
    name = next(each for each in load_file(store / "mine" / WEIGHTS) if each.endswith(end))
    edit_tensors(store / "mine", lambda tensors: tensors.update({name: change(tensors[name])}))

    sentence = refusal(BrokenModelError)
    assert f"the tensor {name} " in sentence
    assert words in sentence


@pytest.mark.parametrize("name", [CARD, WEIGHTS])
@pytest.mark.parametrize("kind", ODD_FILES)
def test_what_is_no_regular_file_of_its_folder_is_not_read(saved, tmp_path, name, kind):
    path, secret = saved / name, tmp_path / "secret"
    path.rename(secret)
    put_odd_file(path, kind, secret)

    assert str(path) in refusal(BrokenModelError) or kind in ("pipe", "folder")
    assert len(list_models()) <= 1


def test_a_header_as_long_as_a_book_is_not_read(saved):
    content = (50 * 10**6).to_bytes(8, "little") + b"{}"
    (saved / WEIGHTS).write_bytes(content)
    edit_card(saved, weights_sha256=hashlib.sha256(content).hexdigest())

    assert "is not a safetensors file: its header would have 50000000 bytes." in refusal(BrokenModelError)


def test_weights_of_another_class_count_are_refused(saved):
    card = json.loads((saved / CARD).read_text("utf-8"))
    card["class_list"]["classes"].append({"name": "Tree", "colour": [0, 255, 0]})
    (saved / CARD).write_text(json.dumps(card), "utf-8")

    assert "(3, 3, 1, 1)" in refusal(BrokenModelError) or "(3,)" in refusal(BrokenModelError)


# Interruptions


def test_saving_again_replaces_the_model(saved):
    save_constant(0.5)

    assert load_model("mine").network.bias.tolist() == [0.5, 0.5]
    assert sorted(path.name for path in saved.iterdir()) == [CARD, GRAPH, WEIGHTS]


@pytest.mark.parametrize(
    "target",
    [
        "core.models.weights.save_tensors",
        "pathlib.Path.write_bytes",
        "pathlib.Path.replace",
        "core.folders._flush",
    ],
    ids=["weights", "card", "card ready", "all written"],
)
def test_an_interrupted_save_leaves_the_old_model(saved, monkeypatch, target):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(target, stop)
        with pytest.raises(KeyboardInterrupt):
            save_constant(0.5)

    assert list_models() == ["mine"]
    assert load_model("mine").network.bias.tolist() == [0.25, 0.25]
    assert [path.name for path in saved.parent.iterdir()] == ["mine"]


def test_a_model_whose_replacement_was_cut_short_is_still_there(saved):
    """As a kill between the two renames leaves it, where two folders cannot change places in one step."""
    saved.rename(saved.with_name(".mine.old"))

    assert list_models() == ["mine"]
    assert load_model("mine").network.bias.tolist() == [0.25, 0.25]
    save_constant(0.5)
    assert load_model("mine").network.bias.tolist() == [0.5, 0.5]
    assert [path.name for path in saved.parent.iterdir()] == ["mine"]


def test_a_model_that_is_replaced_while_it_is_read_is_the_old_one_or_the_new_one(saved):
    values, over = (0.25, 0.5), threading.Event()

    def replace():
        for n in range(20):
            save_constant(values[n % 2])
        over.set()

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        seen = []
        while not over.is_set():
            seen.append(load_model("mine").network.bias.tolist())
    finally:
        writer.join()

    assert {tuple(each) for each in seen} <= {(0.25, 0.25), (0.5, 0.5)}
    assert seen


def test_somebodys_notes_beside_a_model_outlive_its_replacement(saved):
    (saved / "README.md").write_text("notes")
    save_constant(0.5)

    assert (saved / "README.md").read_text() == "notes"
    assert load_model("mine").network.bias.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    "target", ["core.models.weights.save_tensors", "pathlib.Path.write_bytes", "pathlib.Path.replace"]
)
def test_an_interrupted_first_save_is_no_model(store, monkeypatch, target):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(target, stop)
    with pytest.raises(KeyboardInterrupt):
        save_constant(0.5)

    assert list_models() == []


def test_a_full_disk_names_the_weights_and_leaves_the_old_model(saved, small_files):
    large = nn.Conv2d(3, 500, kernel_size=1)
    with pytest.raises(DiskFullError) as full:
        save_model(card_for(CAMVID_11.select("two", ("Sky", "Road"))), large)

    assert str(full.value) == (
        "There is no room on the disk for weights.safetensors of the model mine, which needs 1 MB: "
        "free some space and try again."
    )
    assert load_model("mine").network.bias.tolist() == [0.25, 0.25]
    assert sorted(path.name for path in saved.iterdir()) == [CARD, GRAPH, WEIGHTS]


def test_a_save_after_an_interrupted_one_works(saved, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            "pathlib.Path.write_bytes", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full"))
        )
        with pytest.raises(OSError, match="disk full"):
            save_constant(0.5)
    save_constant(0.75)

    assert load_model("mine").network.bias.tolist() == [0.75, 0.75]
    assert np.isclose(load_model("mine").network.weight.detach().numpy(), 0.75).all()

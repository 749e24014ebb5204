"""What class weights added to a network's answers is taken back, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.classes import CAMVID_31, ClassList, SegmentationClass
from core.datasets.layouts.opening import open_dataset
from core.errors import RecipeError
from core.models.networks import find_network
from core.training.learner.logit_adjustment import adjust, pulls
from core.training.mix.labels import Labels
from core.training.recipes.recipe import Recipe, parse_recipe
from tests.conftest import COLOURS, ROAD, SKY, TREE
from tests.runs import make_recipe, make_stage


def recipe(adjustment: float) -> Recipe:
    return make_recipe(make_stage()).model_copy(
        update={"class_weight_power": 0.5, "logit_adjustment": adjustment}
    )


@pytest.mark.parametrize("adjustment", [1.0, 0.5])
def test_probabilities_are_divided_by_the_weights(make_dataset, street, adjustment):
    torch.manual_seed(0)
    network, other = (find_network("unet_tiny").build(4, False).eval() for _ in range(2))
    other.load_state_dict(network.state_dict())
    dataset = open_dataset(make_dataset({"a": street, "b": street}, valid=("b",)))
    adjust(other, recipe(adjustment), dataset, COLOURS)

    image = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        before, after = network(image).softmax(dim=1), other(image).softmax(dim=1)
    shares = np.bincount(street[street < 3], minlength=3) / (street < 3).sum()
    for one, two in ((SKY, ROAD), (ROAD, TREE)):  # weights are shares to the power of -0.5
        expected = (shares[one] / shares[two]) ** (0.5 * adjustment)
        ratio = (after[:, one] / after[:, two]) / (before[:, one] / before[:, two])
        torch.testing.assert_close(ratio, torch.full_like(ratio, expected), rtol=1e-3, atol=0)


def test_nothing_is_read_or_changed_unless_a_recipe_says_so(make_dataset, street):
    network = find_network("unet_tiny").build(4, False)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    root = make_dataset({"a": street, "b": street}, valid=("b",))
    dataset = open_dataset(root)
    for path in (root / "labels").iterdir():
        path.unlink()
    adjust(network, recipe(0.0), dataset, COLOURS)

    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_class_has_the_weight_of_the_label_that_says_the_most_of_it():
    merged = ClassList(
        "Merged", tuple(SegmentationClass(n, (k, 0, 0)) for k, n in enumerate(("Road", "Paint")))
    )
    sets = {"Road": ["Road", "LaneMkgsDriv", "LaneMkgsNonDriv"], "Paint": ["LaneMkgsDriv"]}
    pull = pulls(torch.tensor([0.8, 3.0]), Labels.of(merged, CAMVID_31, sets), len(CAMVID_31))

    found = {name: float(value) for name, value in zip(CAMVID_31.names, pull.exp(), strict=True)}
    assert found.pop("LaneMkgsDriv") == pytest.approx(3)
    assert [found.pop(name) for name in ("Road", "LaneMkgsNonDriv")] == pytest.approx([0.8, 0.8])
    assert set(found.values()) == {1.0}


def test_a_label_without_pixels_pulls_nothing():
    assert pulls(
        torch.tensor([2.0, 0.0, 0.0, 0.0]), Labels.of(COLOURS, COLOURS), 4
    ).tolist() == pytest.approx([np.log(2), 0, 0, 0], abs=1e-6)


def test_corrections_are_not_adjusted():
    written = """name = "test"
network = "unet_tiny"
corrections = true
start_model = "street-lite0"
classes = "model"
class_weight_power = 0.5
logit_adjustment = 1.0
[[stages]]
name = "a"
epochs = 1
lr = 1e-3
batch_size = 2
size = 1.0
steps = 1
"""
    with pytest.raises(RecipeError, match="logit_adjustment does not go with corrections"):
        parse_recipe(written)

"""The loss of a network that learns from corrections: labels teach, and elsewhere it keeps its answers."""

from __future__ import annotations

import math
import random

import pytest
import torch

from core.evaluation.metrics import IGNORE
from core.models.networks import find_network
from core.training.batches.data import Mixture
from core.training.batches.examples import TrainingExample
from core.training.batches.loss import RememberingLoss, SegmentationLoss, divergence
from core.training.learner.trainer import fixed_groups
from tests.runs import make_stage


def labelled(classes: int = 3) -> SegmentationLoss:
    return SegmentationLoss(torch.ones(classes), label_smoothing=0, jaccard_weight=0)


def test_unreviewed_pixels_have_no_gradient_from_the_cross_entropy():
    torch.manual_seed(0)
    logits = torch.randn(2, 3, 8, 8, requires_grad=True)
    labels = torch.full((2, 8, 8), IGNORE)
    labels[0, :3, :3] = 1
    RememberingLoss(labelled(), labelled(), pull=0.0)(logits, labels, torch.randn(2, 3, 8, 8)).backward()

    moved = logits.grad.abs().sum(dim=1) > 0
    assert moved[0, :3, :3].all()
    assert moved.sum() == 9


def test_the_pull_moves_unreviewed_pixels_alone_and_only_where_the_answer_changed():
    torch.manual_seed(0)
    answers = torch.randn(1, 3, 4, 4)
    logits = answers.clone()
    logits[0, 1, 0, 0] += 2  # changed and not reviewed
    logits[0, 1, 3, 3] += 2  # changed and reviewed
    logits.requires_grad_()
    where = torch.ones(1, 4, 4, dtype=torch.bool)
    where[0, 3, 3] = False
    divergence(logits, answers, where).backward()

    moved = logits.grad.abs().sum(dim=1) > 1e-6
    assert moved.nonzero().tolist() == [[0, 0, 0]]


def test_the_divergence_by_hand():
    kept, own = torch.tensor([0.8, 0.2]), torch.tensor([0.5, 0.3, 0.2])
    found = divergence(
        own.log().view(1, 3, 1, 1), kept.log().view(1, 2, 1, 1), torch.ones(1, 1, 1, dtype=torch.bool)
    )

    assert found.item() == pytest.approx(
        0.8 * torch.tensor(0.8 / 0.5).log() + 0.2 * torch.tensor(0.2 / 0.3).log()
    )


def test_what_an_added_class_started_as_and_that_class_are_one_to_the_pull():
    kept = torch.tensor([0.8, 0.2])  # of A and B; the third class started as A
    shared, other = torch.tensor([0.5, 0.2, 0.3]), torch.tensor([0.5, 0.1, 0.4])
    found = [
        divergence(
            own.log().view(1, 3, 1, 1),
            kept.log().view(1, 2, 1, 1),
            torch.ones(1, 1, 1, dtype=torch.bool),
            started_as=(0,),
        ).item()
        for own in (shared, other)
    ]

    assert found == pytest.approx([0, 0.8 * math.log(0.8 / 0.9) + 0.2 * math.log(0.2 / 0.1)], abs=1e-6)


def test_an_unreviewed_pixel_of_what_it_started_as_does_not_unlearn_an_added_class():
    logits = torch.tensor([4.0, 0.0, 4.0]).view(1, 3, 1, 1).requires_grad_()
    answers = torch.tensor([4.7, 0.0]).view(1, 2, 1, 1)
    where = torch.ones(1, 1, 1, dtype=torch.bool)
    divergence(logits, answers, where, started_as=(0,)).backward()

    assert logits.grad.abs().max() < 1e-3


def test_where_everything_was_reviewed_there_is_no_pull():
    logits = torch.randn(1, 3, 4, 4, requires_grad=True)
    loss = divergence(logits, torch.randn(1, 3, 4, 4), torch.zeros(1, 4, 4, dtype=torch.bool))
    loss.backward()

    assert loss.item() == 0
    assert not logits.grad.any()


def test_corrections_and_replay_count_each_by_itself():
    torch.manual_seed(0)
    logits, answers = torch.randn(2, 3, 4, 4), torch.randn(1, 3, 4, 4)
    labels = torch.zeros(2, 4, 4, dtype=torch.int64)
    labels[0, 1:] = IGNORE
    whole = RememberingLoss(labelled(), labelled(), pull=0.5)(logits, labels, answers)

    parts = labelled()(logits[:1], labels[:1]) + labelled()(logits[1:], labels[1:])
    assert whole.item() == pytest.approx(
        (parts + 0.5 * divergence(logits[:1], answers, labels[:1] == IGNORE)).item()
    )


def test_the_two_parts_have_class_weights_of_their_own():
    torch.manual_seed(0)
    logits, labels = torch.randn(2, 3, 1, 2), torch.tensor([[[0, 1]], [[0, 1]]])
    heavy = SegmentationLoss(torch.tensor([9.0, 1.0, 1.0]), label_smoothing=0, jaccard_weight=0)
    whole = RememberingLoss(heavy, labelled(), pull=0)(logits, labels, logits[:1])

    assert whole == heavy(logits[:1], labels[:1]) + labelled()(logits[1:], labels[1:])


def test_in_validation_it_is_the_labels_loss():
    logits, labels = torch.randn(2, 3, 4, 4), torch.ones(2, 4, 4, dtype=torch.int64)

    assert RememberingLoss(labelled(), labelled(), pull=0.2)(logits, labels) == labelled()(logits, labels)


def examples(count: int) -> list[TrainingExample]:
    return [TrainingExample(torch.full((3, 1, 1), n), torch.zeros(1, 1)) for n in range(count)]


def chance() -> random.Random:
    return random.Random(1)  # noqa: S311 (to be drawn again, not to be kept secret)


def test_each_batch_has_its_share_of_both_and_all_are_drawn_before_any_again():
    drawn = Mixture(examples(3), examples(8)).draw(steps=6, counts=(2, 4), rng=chance())
    batches = [drawn[start : start + 6] for start in range(0, 36, 6)]

    assert all(max(batch[:2]) < 3 <= min(batch[2:]) for batch in batches)
    own = [number for batch in batches for number in batch[:2]]
    assert all(sorted(own[start : start + 3]) == [0, 1, 2] for start in range(0, 12, 3))
    replay = [number for batch in batches for number in batch[2:]]
    assert all(sorted(replay[start : start + 8]) == list(range(3, 11)) for start in range(0, 24, 8))


def test_without_replay_a_batch_has_own_pictures_alone():
    mixture = Mixture(examples(2))

    assert len(mixture) == 2
    assert sorted(mixture.draw(steps=2, counts=(3,), rng=chance())) == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(("network", "parts"), [("unet_tiny", ["head", "rest"]), ("pixel_colour", ["head"])])
def test_where_norms_are_fixed_the_last_layer_learns_by_itself(network, parts):
    model = find_network(network).build(4, False)
    groups = fixed_groups(model, make_stage(frozen=True, fixed_norms=True))
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    trained = {part: [names[id(each)] for each in group] for part, group in groups.items()}

    assert list(trained) == parts
    assert [name.rpartition(".")[2] for name in trained["head"]] == ["weight", "bias"]
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    fixed = {names[id(each)] for norm in norms for each in norm.parameters()}
    fixed |= {name for name in names.values() if name.startswith(("stem.", "down."))}
    assert fixed.isdisjoint(name for group in trained.values() for name in group)
    assert fixed | {name for group in trained.values() for name in group} == set(names.values())


def test_an_encoder_that_is_not_frozen_is_a_group_of_its_own():
    model = find_network("unet_lite0").build(4, False)

    assert list(fixed_groups(model, make_stage(fixed_norms=True))) == ["head", "encoder", "rest"]
    assert list(fixed_groups(model, make_stage(fixed_norms=True, frozen=True))) == ["head", "rest"]

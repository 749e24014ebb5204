"""The loss of batches from several data sets, by hand."""

from __future__ import annotations

import math

import pytest
import torch

from core.training.batches.loss import SegmentationLoss
from core.training.batches.mixed_loss import DistilLoss, InsideLoss, MixedLoss, PriorLoss, SourceLoss

OWN = ((0, 1, 2), (3,))
"""The run's own labels: the first may be three of the network's four classes."""
PLAIN = ((0,), (1,), (2,), (3,))


def logits(*probabilities: tuple[float, ...]) -> torch.Tensor:
    """(1, C, 1, W) logits of the probabilities of some pixels."""
    return torch.tensor(probabilities).log().T[None, :, None]


def labels(*numbers: int) -> torch.Tensor:
    return torch.tensor([[numbers]])


def labelled(members=None, classes: int = 4) -> SegmentationLoss:
    return SegmentationLoss(torch.ones(classes), 0.0, 0.0, members)


def test_inside_a_set_only_the_share_of_the_class_counts():
    loss = InsideLoss(torch.ones(4), PLAIN, OWN)
    given = logits((0.1, 0.2, 0.1, 0.6), (0.7, 0.1, 0.1, 0.1))

    # of the set's 0.4 the class has 0.2; class 3 is alone in its set and asks nothing
    assert loss(given, labels(1, 3)).item() == pytest.approx(-math.log(0.5))
    assert loss(given, labels(1, 0)).item() == pytest.approx((math.log(2) + math.log(0.9 / 0.7)) / 2)
    assert loss(given, labels(3, 255)).item() == 0


def test_inside_weights_are_those_of_the_labels():
    loss = InsideLoss(torch.tensor([1.0, 3.0, 1.0, 1.0]), PLAIN, OWN)
    given = logits((0.1, 0.2, 0.1, 0.6), (0.7, 0.1, 0.1, 0.1))

    assert loss(given, labels(1, 0)).item() == pytest.approx((3 * math.log(2) + math.log(0.9 / 0.7)) / 4)


def test_a_label_that_is_the_whole_set_or_not_inside_one_asks_nothing():
    loss = InsideLoss(torch.ones(3), ((0, 1, 2), (2, 3), ()), OWN)

    assert loss(logits((0.1, 0.2, 0.1, 0.6)).expand(1, 4, 1, 2), labels(0, 1)).item() == 0


def test_distilling_compares_the_answers_in_the_teachers_classes():
    given = logits((0.3, 0.2, 0.25, 0.25))

    # the network's first three classes are the teacher's first, so it says 0.75 and 0.25
    same = logits((0.75, 0.25))
    assert DistilLoss(OWN).forward(given, same).item() == pytest.approx(0, abs=1e-6)
    even = logits((0.5, 0.5))
    expected = 0.5 * math.log(0.5 / 0.75) + 0.5 * math.log(0.5 / 0.25)
    assert DistilLoss(OWN).forward(given, even).item() == pytest.approx(expected, abs=1e-6)


def test_a_teachers_class_that_the_network_has_not_is_left_out():
    teacher = logits((0.4, 0.4, 0.2))
    given = logits((0.5, 0.0, 0.0, 0.5)).clamp(min=-50)

    assert DistilLoss(((0,), (), (3,))).forward(given, teacher).item() == pytest.approx(
        2 / 3 * math.log(4 / 3) + 1 / 3 * math.log(2 / 3), abs=1e-6
    )


def test_only_the_runs_own_pictures_are_held_to_the_teachers_answers():
    own, other = SourceLoss(labelled(OWN, 2)), SourceLoss(labelled())
    given = torch.cat([logits((0.3, 0.2, 0.25, 0.25)), logits((0.1, 0.2, 0.1, 0.6))])
    truth, sources = torch.tensor([[[0]], [[1]]]), torch.tensor([0, 1])
    answers = logits((0.5, 0.5))
    plain = MixedLoss([own, other]).forward(given, truth, sources).item()
    distilled = MixedLoss([own, other], (2.0, DistilLoss(OWN))).forward(given, truth, sources, answers).item()

    divergence = 0.5 * math.log(0.5 / 0.75) + 0.5 * math.log(0.5 / 0.25)
    assert distilled - plain == pytest.approx(0.5 * 2.0 * divergence, abs=1e-6)


def test_the_prior_is_the_divergence_of_the_mean_shares_from_the_plausible_ones():
    loss = PriorLoss(OWN, ((0.5, 0.25, 0.25), (1.0,)))
    given = logits((0.2, 0.1, 0.1, 0.6), (0.1, 0.0, 0.0, 0.9), (0.25,) * 4).clamp(min=-50)

    # of the two pixels with that label: mean shares (0.75, 0.125, 0.125)
    expected = 0.5 * math.log(0.5 / 0.75) + 2 * 0.25 * math.log(0.25 / 0.125)
    assert loss(given, labels(0, 0, 1)).item() == pytest.approx(expected, abs=1e-6)
    assert loss(logits((0.2, 0.1, 0.1, 0.6)), labels(0)).item() == pytest.approx(0, abs=1e-6)
    assert loss(given, labels(1, 1, 255)).item() == 0


def test_each_source_counts_with_its_weight_and_its_share_of_the_pictures():
    inside = InsideLoss(torch.ones(4), PLAIN, OWN)
    loss = MixedLoss([SourceLoss(labelled(OWN, 2)), SourceLoss(labelled(), 0.5, [(2.0, inside)])])
    given = torch.cat([logits((0.1, 0.2, 0.1, 0.6))] * 4)
    truth = torch.cat([labels(0), labels(1), labels(0), labels(0)])

    found = loss(given, truth, torch.tensor([0, 1, 0, 0])).item()
    drawn = 0.5 * -math.log(0.2) + 2 * -math.log(0.5)
    assert found == pytest.approx(0.75 * -math.log(0.4) + 0.25 * drawn)
    # in validation every picture is the run's own
    assert loss(given, labels(0).expand(4, 1, 1)).item() == pytest.approx(-math.log(0.4))


def test_a_source_that_is_not_in_the_batch_or_has_no_label_there_teaches_nothing():
    loss = MixedLoss([SourceLoss(labelled(OWN, 2)), SourceLoss(labelled(), 0.5)])
    given = torch.cat([logits((0.1, 0.2, 0.1, 0.6))] * 2).requires_grad_()

    alone = loss(given, torch.cat([labels(0), labels(0)]), torch.tensor([0, 0]))
    assert alone.item() == pytest.approx(-math.log(0.4))
    unlabelled = loss(given, torch.cat([labels(0), labels(255)]), torch.tensor([0, 1]))
    assert unlabelled.item() == pytest.approx(-math.log(0.4) / 2)
    unlabelled.backward()
    assert torch.isfinite(given.grad).all()


def test_the_parts_of_a_batch_have_the_gradient_of_the_whole():
    torch.manual_seed(2)
    inside = InsideLoss(torch.ones(4), PLAIN, OWN)
    loss = MixedLoss([SourceLoss(labelled(OWN, 2)), SourceLoss(labelled(), 0.5, [(0.5, inside)])])
    given = torch.randn(8, 4, 6, 6, requires_grad=True)
    sources = torch.tensor([0, 0, 0, 0, 0, 1, 1, 1])
    # every drawn pixel is in the set, so that each part's means are over as many pixels of a picture
    truth = torch.cat([torch.randint(0, 2, (5, 6, 6)), torch.randint(0, 3, (3, 6, 6))])

    (whole,) = torch.autograd.grad(loss(given, truth, sources), given)
    halves = [loss(given[part], truth[part], sources[part]) for part in (slice(4), slice(4, 8))]
    (shared,) = torch.autograd.grad(torch.stack(halves).mean(), given)
    torch.testing.assert_close(shared, whole)

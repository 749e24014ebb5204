"""The loss on pictures of two pixels, by hand; Void changes neither it nor its gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from core.evaluation.metrics import IGNORE
from core.training.batches.loss import (
    SegmentationLoss,
    set_log_probabilities,
    soft_jaccard_loss,
    to_label_size,
)

# Two pixels in a row: the first is truly class 0 and thought so with 0.8, the second class 1 with 0.6.
LOGITS = torch.log(torch.tensor([[[[0.8, 0.4]], [[0.2, 0.6]]]]))
LABELS = torch.tensor([[[0, 1]]])

EVEN = torch.ones(2)


def cross_entropy(*probabilities: float) -> float:
    return float(-np.log(probabilities).mean())


def with_void(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The same pixels and as many again that do not count, with logits of their own."""
    more = torch.full_like(labels, IGNORE)
    return torch.cat([logits, 3 - 2 * logits], dim=3), torch.cat([labels, more], dim=2)


def test_cross_entropy_of_two_pixels():
    loss = SegmentationLoss(EVEN, label_smoothing=0, jaccard_weight=0)(LOGITS, LABELS)

    assert loss.item() == pytest.approx(cross_entropy(0.8, 0.6))


def test_class_weights_weigh_the_pixels_of_their_class():
    loss = SegmentationLoss(torch.tensor([1.0, 3.0]), label_smoothing=0, jaccard_weight=0)(LOGITS, LABELS)

    assert loss.item() == pytest.approx((-np.log(0.8) - 3 * np.log(0.6)) / 4)


def test_label_smoothing_gives_each_class_its_share():
    loss = SegmentationLoss(EVEN, label_smoothing=0.1, jaccard_weight=0)(LOGITS, LABELS)

    # Szegedy et al., 2016, section 7: 0.1 of the truth is spread evenly over both classes
    first = 0.95 * np.log(0.8) + 0.05 * np.log(0.2)
    second = 0.95 * np.log(0.6) + 0.05 * np.log(0.4)
    assert loss.item() == pytest.approx(-(first + second) / 2)


def test_soft_jaccard_of_two_pixels():
    # class 0: 0.8 / (1 + 1.2 - 0.8); class 1: 0.6 / (1 + 0.8 - 0.6)
    assert soft_jaccard_loss(LOGITS, LABELS).item() == pytest.approx(1 - (0.8 / 1.4 + 0.6 / 1.2) / 2)


def test_soft_jaccard_averages_over_the_classes_that_occur():
    labels = torch.tensor([[[0, 0]]])

    # class 0: (0.8 + 0.4) / (2 + 1.2 - 1.2)
    assert soft_jaccard_loss(LOGITS, labels).item() == pytest.approx(1 - 1.2 / 2)


def test_soft_jaccard_counts_over_the_whole_batch():
    batch, labels = LOGITS.permute(3, 1, 2, 0).contiguous(), LABELS.permute(2, 0, 1).contiguous()

    assert batch.shape == (2, 2, 1, 1)
    assert soft_jaccard_loss(batch, labels).item() == pytest.approx(soft_jaccard_loss(LOGITS, LABELS).item())


def test_soft_jaccard_of_sure_and_right_is_zero_and_of_sure_and_wrong_is_one():
    sure = torch.tensor([[[[50.0, -50.0]], [[-50.0, 50.0]]]])

    assert soft_jaccard_loss(sure, LABELS).item() == pytest.approx(0, abs=1e-6)
    assert soft_jaccard_loss(-sure, LABELS).item() == pytest.approx(1, abs=1e-6)


def test_the_two_losses_are_mixed_by_weight():
    loss = SegmentationLoss(EVEN, label_smoothing=0, jaccard_weight=0.25)(LOGITS, LABELS)

    expected = 0.75 * cross_entropy(0.8, 0.6) + 0.25 * (1 - (0.8 / 1.4 + 0.6 / 1.2) / 2)
    assert loss.item() == pytest.approx(expected)


@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.1]))
def test_void_pixels_change_neither_loss_nor_gradients(seed, jaccard_weight, smoothing):
    torch.manual_seed(seed)
    logits, labels = torch.randn(2, 3, 4, 5), torch.randint(0, 3, (2, 4, 5))
    loss_of = SegmentationLoss(torch.tensor([1.0, 2.0, 0.5]), smoothing, jaccard_weight)
    alone = logits.clone().requires_grad_()
    loss = loss_of(alone, labels)
    loss.backward()

    wider, wider_labels = with_void(logits, labels)
    wider = wider.clone().requires_grad_()
    wider_loss = loss_of(wider, wider_labels)
    wider_loss.backward()

    assert wider_loss.item() == pytest.approx(loss.item(), rel=1e-5)
    assert torch.allclose(wider.grad[..., :5], alone.grad, atol=1e-7)
    assert (wider.grad[..., 5:] == 0).all()


@pytest.mark.parametrize("jaccard_weight", [0.0, 0.5, 1.0])
def test_a_batch_in_which_nothing_counts_teaches_nothing(jaccard_weight):
    logits = LOGITS.clone().requires_grad_()
    loss = SegmentationLoss(EVEN, 0.05, jaccard_weight)(logits, torch.full_like(LABELS, IGNORE))
    loss.backward()

    assert loss.item() == 0
    assert (logits.grad == 0).all()


def test_logits_are_interpolated_to_the_labels_size():
    logits = torch.tensor([[[[0.0, 1.0]]]])

    # pixel centres of a doubled row lie at -0.25, 0.25, 0.75 and 1.25 cells; outside the edge value holds
    assert to_label_size(logits, torch.zeros(1, 2, 4))[0, 0].tolist() == [[0, 0.25, 0.75, 1]] * 2


def test_logits_in_bfloat16_are_computed_with_in_single_precision():
    logits = LOGITS.to(torch.bfloat16)
    loss = SegmentationLoss(EVEN, label_smoothing=0, jaccard_weight=0.5)(logits, LABELS)

    assert loss.dtype == torch.float32


# Three classes, of which a data set labels the first alone and does not tell the other two apart.
THREE = torch.log(torch.tensor([[[[0.5, 0.2]], [[0.4, 0.3]], [[0.1, 0.5]]]]))
MERGED = ((0,), (1, 2))


def test_a_label_that_may_be_two_classes_has_the_sum_of_their_probabilities():
    loss = SegmentationLoss(EVEN, label_smoothing=0, jaccard_weight=0, members=MERGED)(THREE, LABELS)

    assert loss.item() == pytest.approx(cross_entropy(0.5, 0.8))


def test_a_network_may_put_within_a_set_what_it_likes():
    logits = THREE.clone().requires_grad_()
    SegmentationLoss(EVEN, label_smoothing=0, jaccard_weight=0, members=MERGED)(logits, LABELS).backward()
    pull = logits.grad[0, 1:, 0, 1]

    # of the gradient, each class of the set has its share of the set's probability: 3 to 5
    assert pull[0] / pull[1] == pytest.approx(3 / 5)


def test_a_class_that_no_label_stands_for_counts_against_every_label():
    loss = SegmentationLoss(EVEN, label_smoothing=0, jaccard_weight=0, members=((0,), (1,)))(THREE, LABELS)

    assert loss.item() == pytest.approx(cross_entropy(0.5, 0.3))


def test_a_small_probability_of_a_set_keeps_its_digits():
    logits = torch.tensor([[200.0, 0.0, 1.0]]).view(1, 3, 1, 1)

    log_probability = set_log_probabilities(logits, MERGED)[0, 1]
    assert log_probability.item() == pytest.approx(np.log(1 + np.e) - 200)


@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.1]))
def test_sets_of_one_class_each_are_plain_labels(seed, jaccard_weight, smoothing):
    torch.manual_seed(seed)
    logits, labels = torch.randn(2, 3, 2, 3), torch.randint(0, 4, (2, 4, 6))
    labels[labels == 3] = IGNORE
    weights = torch.tensor([1.0, 2.0, 0.5])
    plain = SegmentationLoss(weights, smoothing, jaccard_weight)(logits, labels)
    as_sets = SegmentationLoss(weights, smoothing, jaccard_weight, ((0,), (1,), (2,)))(logits, labels)

    assert as_sets.item() == pytest.approx(plain.item(), rel=1e-5)


@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.1]))
def test_a_set_is_a_network_that_has_the_set_as_one_class(seed, jaccard_weight, smoothing):
    torch.manual_seed(seed)
    fine, labels = torch.randn(2, 4, 4, 5), torch.randint(0, 2, (2, 4, 5))
    merged = torch.stack([fine[:, 0], fine[:, 1:].logsumexp(dim=1)], dim=1)
    weights = torch.tensor([1.0, 3.0])
    coarse = SegmentationLoss(weights, smoothing, jaccard_weight)(merged, labels)
    of_sets = SegmentationLoss(weights, smoothing, jaccard_weight, ((0,), (1, 2, 3)))(fine, labels)

    assert of_sets.item() == pytest.approx(coarse.item(), rel=1e-5)


@pytest.mark.parametrize("jaccard_weight", [0.0, 0.5])
def test_a_label_that_may_be_nothing_spoils_no_loss_and_no_gradient(jaccard_weight):
    logits = THREE.clone().requires_grad_()
    weights = torch.tensor([1.0, 1.0, 1.0])
    loss = SegmentationLoss(weights, 0.1, jaccard_weight, members=((0,), (1, 2), ()))(logits, LABELS)
    loss.backward()
    without = SegmentationLoss(EVEN, 0.1, jaccard_weight, members=MERGED)(THREE, LABELS)

    assert loss.item() == pytest.approx(without.item())
    assert logits.grad.isfinite().all()

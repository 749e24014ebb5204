"""The regression finds what a library finds, and stays at the answers beforehand without examples."""

import numpy as np
from scipy import optimize

from core.annotation.regression import fit
from core.segmentation.segmentation import softmax


def loss(coefficients, features, beforehand, targets, ridge):
    probabilities = softmax((features @ coefficients + beforehand).T.astype(np.float64)).T
    return -(targets * np.log(probabilities)).sum() + ridge / 2 * (coefficients**2).sum()


def test_the_loss_is_near_the_least_that_another_method_finds():
    random = np.random.default_rng(0)
    features = random.normal(size=(80, 5)).astype(np.float32) * np.array([1, 1, 1, 3, 0.2], np.float32)
    beforehand = random.normal(size=(80, 4)).astype(np.float32)
    targets = random.dirichlet(np.ones(4) * 0.2, size=80).astype(np.float32)
    case = features, beforehand, targets, 0.3
    least = optimize.minimize(lambda flat: loss(flat.reshape(5, 4), *case), np.zeros(20)).fun
    begin = loss(np.zeros((5, 4)), *case)
    assert loss(fit(*case), *case) - least < 0.02 * (begin - least)


def test_targets_that_are_the_answers_beforehand_change_nothing():
    random = np.random.default_rng(1)
    features = random.normal(size=(30, 3)).astype(np.float32)
    beforehand = random.normal(size=(30, 4)).astype(np.float32)
    assert np.abs(fit(features, beforehand, softmax(beforehand.T.copy()).T, 0.3)).max() < 1e-5


def test_features_that_say_the_same_do_no_harm():
    one = np.linspace(-1, 1, 20, dtype=np.float32)[:, np.newaxis]
    features = np.concatenate([one, one, np.zeros_like(one)], axis=1)
    targets = np.concatenate([one > 0, one <= 0], axis=1).astype(np.float32)
    found = fit(features, np.zeros((20, 2), np.float32), targets, 0.3)
    assert np.array_equal((features @ found).argmax(axis=1), (one[:, 0] <= 0).astype(int))
    assert np.all(found[2] == 0)

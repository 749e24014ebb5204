"""Published figures: each with what it was measured on."""

from __future__ import annotations

from core.training.recipes.references import ARTICLE, LESSON, SOURCES, references


def test_every_figure_says_its_classes_and_its_size():
    for reference in references(*SOURCES):
        assert "CamVid-32" in reference.label
        assert reference.size in reference.label
        assert f"{reference.accuracy:.1%}" in reference.label


def test_stages_come_in_the_order_in_which_they_were_trained():
    assert [r.accuracy for r in references(LESSON)] == [0.8929, 0.9270, 0.9298, 0.9333]
    assert references(ARTICLE)[-1].accuracy == 0.9215
    assert references() == []

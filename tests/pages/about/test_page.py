"""The About page without a browser: what it says is read from where it stands."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.models.store import read_card
from core.reports.article import figure_rows, recipe_of, stage_rows
from core.training.recipes.recipe import read_recipe
from tests.conftest import ROOT


def page() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/about.py").run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.error)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with the models that come with StreetScope."""
    monkeypatch.delenv("STREETSCOPE_MODELS", raising=False)
    return page()


def test_figures_stand_beside_the_articles_each_with_what_it_was_measured_on(shipped: AppTest) -> None:
    metrics = read_card("street-lite0").metrics
    figures, articles, ours = (table.value for table in shipped.dataframe)

    final = figures[figures["whose"] == "The article, final model"].iloc[0]
    assert (final["pixel accuracy"], final["classes"], final["size"]) == (0.9215, 32, "960 x 720")
    own = figures.iloc[-1]
    assert (own["pixel accuracy"], own["mean IoU"]) == (metrics["acc_camvid"], metrics["mean_iou"])
    assert (own["classes"], own["size"], own["frames"]) == (11, "480 x 360", "101 validation frames")
    assert not figures[["classes", "data set", "frames", "size"]].isna().any().any()
    assert "Figures over 32 classes and over 11 cannot be compared" in text(shipped)

    assert articles["stage"].tolist() == ["stage-1", "stage-2", "stage-1-big", "stage-2-big"]
    assert articles["highest learning rate"].tolist() == ["0.003", "0.00075", "0.001", "0.0001"]
    assert ours["pictures"].tolist() == ["crops of 256 x 192", "crops of 480 x 352"]


def test_it_says_whom_it_follows_what_is_kept_and_under_which_terms(shipped: AppTest) -> None:
    said = text(shipped).replace("\\", "")

    assert "Andi Sama, “Image Segmentation with Deep Learning”, 2019" in said
    assert "deleted within half an hour after you leave" in said
    assert "street-lite0: CC BY-NC 4.0" in said
    assert "danielbuechele" in said
    assert "StreetScope 0.1.0, Python 3." in said


def test_without_the_shipped_model_there_is_a_sentence(store: Path) -> None:
    app = page()

    assert "There is no model called" in app.error[0].value
    assert "its card cannot be read" in text(app)


@pytest.fixture
def strange(colour_model: str) -> str:
    """A card from elsewhere, with figures and a recipe that are none."""
    path = Path(os.environ["STREETSCOPE_MODELS"]) / colour_model / "model.json"
    values = json.loads(path.read_text("utf-8"))
    values["metrics"] = {"acc_camvid": "very good", "mean_iou": 7.0, "images": "many", "size": 3}
    values["training"] = {"recipe": "a secret"}
    path.write_text(json.dumps(values), "utf-8")
    return colour_model


def test_a_card_without_figures_gets_none(strange: str) -> None:
    card = read_card(strange)
    own = figure_rows(card)[-1]

    assert (own["pixel accuracy"], own["mean IoU"]) == (None, None)
    assert {own["frames"], own["size"], own["data set"]} == {"not reported"}
    assert recipe_of(card) == read_recipe("street")


def test_a_stage_is_said_in_words() -> None:
    (row,) = stage_rows(read_recipe("fine-tune"))

    assert (row["pictures"], row["epochs"], row["encoder"]) == ("480 x 352", 5, "trained")

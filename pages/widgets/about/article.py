"""The article beside StreetScope: whose recipe does what, and whose figure is measured on what."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.errors import ModelError
from core.languages import filled
from core.languages import gettext as _
from core.models.card import ModelCard
from core.models.paths import DEFAULT_MODEL
from core.models.store import read_card
from core.notebooks.writing import notebook_text
from core.reports.article import CITATION, beginning, figure_rows, recipe_of, stage_rows
from core.training.recipes.recipe import Recipe, read_recipe
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.figures import heads, in_percent
from pages.widgets.shared.markdown import Markdown, markdown


def show_article() -> None:
    """Who wrote what StreetScope follows, with recipes and figures beside each other."""
    st.subheader(_("The article"), anchor="article")
    st.markdown(
        markdown(
            "StreetScope follows {citation}. In a notebook with fastai, the article trains a network on "
            "CamVid in four stages, segments photos of Jakarta's streets that were squashed to squares of "
            "512 and 1024 pixels, prints the probabilities of a pixel and of the 10 before and after it, "
            "and describes how a model could serve others. It follows fast.ai's course v3, lesson 3, in "
            "turn. StreetScope makes these steps things to look at and to try.",
            citation=CITATION,
        )
    )
    try:
        card = read_card(DEFAULT_MODEL)
    except ModelError as error:
        show_error(error, markdown("The card of the shipped model cannot be read"))
        return
    _figures(card)
    _recipes(card)
    st.download_button(
        _("The walk as a notebook"),
        notebook_text(),
        "streetscope-walk.ipynb",
        "application/x-ipynb+json",
        icon=":material/download:",
        on_click="ignore",
        help=_(
            "The article's steps in Jupyter, with Toytown and short stages: data, learning rate, four "
            "stages, one photo at two sizes, 21 pixels. It runs with the Python of StreetScope's own folder."
        ),
    )


def _figures(card: ModelCard) -> None:
    st.markdown(_("**The figures**"))
    rows = figure_rows(card)
    st.dataframe(
        in_percent(pd.DataFrame(rows), "pixel accuracy", "mean IoU"),
        hide_index=True,
        placeholder=_("not reported"),
        height="content",
        column_config=heads(rows[0]),
        key="article_figures",
        alt=_(
            "Pixel accuracy and mean IoU of the article, of fast.ai's lesson and of StreetScope's model, "
            "each with network, data set, frames, size and number of classes."
        ),
    )
    st.caption(
        markdown(
            "Pixel accuracy is the article's acc_camvid: the share of the pixels with a known class that "
            "get it. Figures over 32 classes and over {classes} cannot be compared: fewer classes are "
            "easier to tell apart, for what was a mistake between two of them is none when both are one, "
            "and rare classes that were hard count as unknown. Nor can figures at different sizes.",
            classes=len(card.class_list.classes),
        )
    )


def _recipes(card: ModelCard) -> None:
    st.markdown(_("**The recipes**"))
    own = recipe_of(card)
    for title, recipe, key in (
        (
            markdown("The article's, *article* on the Training page"),
            read_recipe("article"),
            "a",
        ),
        (markdown("{model}'s, *{recipe}* on the Training page", model=card.name, recipe=own.name), own, "b"),
    ):
        _recipe(title, recipe, key)


def _recipe(title: Markdown, recipe: Recipe, key: str) -> None:
    st.markdown(markdown("{title}: {beginning}.", title=title, beginning=beginning(recipe)))
    rows = stage_rows(recipe)
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        column_config=heads(rows[0]),
        key=f"recipe_{key}",
        alt=filled(
            _("Table of the {count} stages of the recipe {name}."), count=len(recipe.stages), name=recipe.name
        ),
    )

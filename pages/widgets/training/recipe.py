"""The recipe: a shipped one or one of your own, as text, and its main settings as a form.

The text is the recipe. The form changes the text and keeps its comments; text edits show in the form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import RecipeError
from core.file_names import file_name
from core.languages import gettext as _
from core.languages import mark, translated
from core.training.recipes.mixed import Mix
from core.training.recipes.recipe import Recipe, Stage, explanations, recipe_text, shipped_recipes, to_toml
from core.training.recipes.text import MAX_BYTES, change_setting, read_recipe_text
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import escape, joined, markdown, with_code
from pages.widgets.training.address import edited_text, write_edited

RECIPE, STAGE = "recipe", "stage"
"""Keys of the pickers of recipe and stage; the recipe's is also its name in the address."""

_FIRST = ("classroom", "corrections", "fine-tune", "street", "street32", "street32-motorcycles", "article")
"""From the quickest to the slowest."""

_SOURCE, _LOADED, _DRAFTS, _OWN = "recipe_source", "recipe_loaded", "recipe_drafts", "recipe_own"
_EDITOR, _UPLOAD = "recipe_editor", "recipe_upload"
_TROUBLE, _UPLOAD_TROUBLE = "recipe_trouble", "recipe_upload_trouble"


@dataclass(frozen=True)
class GivenRecipe:
    """The recipe as it stands in the editor. recipe: None if the text is not valid; error then says why."""

    name: str
    text: str
    recipe: Recipe | None
    error: str = ""


def choose_recipe() -> GivenRecipe:
    """Let the visitor choose a recipe, open one of their own, or save a changed one."""
    _follow_address()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            _("Recipe"),
            _options(),
            default=_FIRST[0],
            format_func=escape,
            required=True,
            key=RECIPE,
            bind="query-params",
            help=_("A file of a few lines that decides everything a run does."),
        )
        _load(name)
        _open_menu()
        given = _given(name)
        st.download_button(
            _("Save"),
            given.text,
            f"{_file_stem(given)}.toml",
            "application/toml",
            on_click="ignore",
            icon=":material/download:",
            help=_("Save the recipe below as a file."),
        )
        changed = given.text != _original(name)
        if changed:
            st.button(_("Undo changes"), on_click=_reset, args=(name,), icon=":material/undo:")
    write_edited(given.text if changed or name in _own() else None)
    return given


def choose_stage(recipe: Recipe) -> int:
    """Let the visitor choose one of several stages; returns its position."""
    names = [stage.name for stage in recipe.stages]
    if st.session_state.get(STAGE) not in names:
        st.session_state[STAGE] = names[0]
    if len(names) > 1:
        st.segmented_control(
            _("Stage"), names, format_func=escape, key=STAGE, required=True, persist_state="session"
        )
    return names.index(st.session_state[STAGE])


def set_learning_rate(position: int, rate: float) -> None:
    """Write a learning rate into the recipe's text; for callbacks."""
    _change(position, "lr", rate)


def show_form(given: GivenRecipe) -> None:
    """The main settings of a stage, each with its explanation."""
    if given.recipe is None:
        st.info(_("The form needs a valid recipe. Correct the text first."), icon=":material/edit_note:")
        return
    position = choose_stage(given.recipe)
    stage = given.recipe.stages[position]
    if trouble := st.session_state.pop(_TROUBLE, ""):
        show_error(trouble, markdown("The setting was not changed"))
    said = explanations(Stage)
    cropped = stage.crop is not None
    for setting in ("lr", "epochs", "batch_size", "pct_start", "crop" if cropped else "size", "frozen"):
        left, right = st.columns([2, 5], vertical_alignment="center", gap="medium")
        with left:
            _widget(position, setting, stage)
        right.caption(with_code(_(said[setting])))
    st.caption(_("All other settings are in the text."))


def show_text(given: GivenRecipe) -> None:
    """The recipe as TOML, to be edited, and what its settings mean."""
    st.session_state[_EDITOR] = given.text
    st.text_area(
        _("Recipe as text (TOML)"),
        key=_EDITOR,
        on_change=_take_text,
        height=min(640, 60 + 24 * (given.text.count("\n") + 1)),
        max_chars=MAX_BYTES,
        help=_("A change takes effect when you leave the field or press Ctrl+Enter."),
    )
    with st.expander(_("What each setting means")):
        for title, model in _EXPLAINED:
            st.markdown(markdown("**{title}**", title=_(title)))
            said = (with_code(f"`{name}`: {_(words)}") for name, words in explanations(model).items())
            st.markdown(joined("\n", (markdown("- {line}", line=line) for line in said)))


_EXPLAINED: tuple[tuple[str, type[Recipe] | type[Stage] | type[Mix]], ...] = (
    (mark("The whole run"), Recipe),
    (mark("A stage"), Stage),
    (mark("A data set that is mixed in"), Mix),
)
"""Titles of what a recipe's text consists of, with its settings."""

# --- the text -------------------------------------------------------------------------------------


def _options() -> list[str]:
    shipped = shipped_recipes()
    known = [name for name in _FIRST if name in shipped]
    return [*known, *(name for name in shipped if name not in known), *_own()]


def _own() -> dict[str, str]:
    """The texts of the recipes opened in this session, by name."""
    own: dict[str, str] = st.session_state.setdefault(_OWN, {})
    return own


def _original(name: str) -> str:
    own = _own()
    return own[name] if name in own else recipe_text(name)


def _load(name: str) -> None:
    """Switch to another recipe; changes to the last one are kept and shown again when it is chosen again."""
    loaded = st.session_state.get(_LOADED)
    if loaded == name:
        return
    drafts = st.session_state.setdefault(_DRAFTS, {})
    if loaded is not None:
        drafts[loaded] = st.session_state[_SOURCE]
    st.session_state[_SOURCE] = drafts.get(name) or _original(name)
    st.session_state[_LOADED] = name


def _follow_address() -> None:
    """At the start of a session, restore changes made before a reload, or those of a link."""
    text = edited_text()
    if text is None or _SOURCE in st.session_state:
        return
    name = st.query_params.get(RECIPE, _FIRST[0])
    if name in shipped_recipes():
        st.session_state[_DRAFTS] = {name: text}
    elif name == _clean(name):
        _own()[name] = text


def _given(name: str) -> GivenRecipe:
    text = st.session_state[_SOURCE]
    try:
        return GivenRecipe(name, text, read_recipe_text(text))
    except RecipeError as error:
        return GivenRecipe(name, text, None, translated(error))


def _file_stem(given: GivenRecipe) -> str:
    return file_name(given.recipe.name if given.recipe else given.name, "recipe", 60)


def _take_text() -> None:
    st.session_state[_SOURCE] = st.session_state[_EDITOR]


def _reset(name: str) -> None:
    st.session_state[_SOURCE] = _original(name)


def _change(position: int, setting: str, value: Any) -> None:
    try:
        st.session_state[_SOURCE] = change_setting(st.session_state[_SOURCE], position, setting, value)
    except RecipeError as error:
        st.session_state[_TROUBLE] = translated(error)


# --- files ----------------------------------------------------------------------------------------


def _open_menu() -> None:
    with st.popover(_("Open"), icon=":material/folder_open:"):
        st.file_uploader(
            _("A recipe of your own"),
            type=["toml", "json"],
            key=_UPLOAD,
            on_change=_open_file,
            max_upload_size=1,
            help=_(
                "A TOML or JSON file with the same settings as the shipped recipes. Nothing in it is "
                "executed."
            ),
        )
        if trouble := st.session_state.get(_UPLOAD_TROUBLE):
            show_error(trouble)


def _open_file() -> None:
    file: UploadedFile | None = st.session_state[_UPLOAD]
    st.session_state[_UPLOAD_TROUBLE] = ""
    if file is None:
        return
    source = PurePath(file.name).name
    data = file.read(MAX_BYTES + 1)
    try:
        recipe = read_recipe_text(data, source)
    except RecipeError as error:
        st.session_state[_UPLOAD_TROUBLE] = translated(error)
        return
    name = _free_name(recipe.name)
    is_toml = not source.endswith(".json")
    _own()[name] = data.decode("utf-8").replace("\r\n", "\n") if is_toml else to_toml(recipe)
    st.session_state[RECIPE] = name


def _free_name(name: str) -> str:
    """A name for the picker: the recipe's own, with a number if it is taken."""
    name = _clean(name)
    taken = _options()
    return next(
        each for each in (name, *(f"{name} ({number})" for number in range(2, 1000))) if each not in taken
    )


def _clean(name: str) -> str:
    return re.sub(r"[^\w.-]+", " ", name).strip()[:40] or "recipe"


# --- the form -------------------------------------------------------------------------------------


def _widget(position: int, setting: str, stage: Stage) -> None:
    """A setting as a widget that shows the text's value."""
    key = f"setting_{position}_{setting}"
    shown = _shown(setting, getattr(stage, setting))
    if st.session_state.get(key) != shown:
        st.session_state[key] = shown
    take = partial(_take_setting, position, setting)
    match setting:
        case "lr":
            st.text_input(_("Learning rate"), key=key, on_change=take)
        case "epochs":
            st.number_input(_("Epochs"), min_value=1, step=1, key=key, on_change=take)
        case "batch_size":
            st.number_input(_("Batch size"), min_value=2, step=1, key=key, on_change=take)
        case "pct_start":
            st.slider(
                _(r"Share of the rise (pct_start)"),
                0.0,
                1.0,
                step=0.01,
                format="percent",
                key=key,
                on_change=take,
            )
        case "frozen":
            st.toggle(_("Encoder frozen"), key=key, on_change=take)
        case _:
            st.text_input(_("Crop") if setting == "crop" else _("Size"), key=key, on_change=take)


def _shown(setting: str, value: Any) -> Any:
    match setting:
        case "lr":
            return value if isinstance(value, str) else f"{value:g}"
        case "size" | "crop":
            return f"{value:g}" if isinstance(value, float) else ", ".join(str(side) for side in value)
        case "pct_start":
            return float(value)
        case _:
            return value


def _take_setting(position: int, setting: str) -> None:
    given = st.session_state[f"setting_{position}_{setting}"]
    try:
        value = _value(setting, given)
    except ValueError:
        st.session_state[_TROUBLE] = (
            _("{given!r} is not a learning rate: give a number such as 0.003, or `find`.").format(
                given=given[:40]
            )
            if setting == "lr"
            else _(
                "{given!r} is not a size: give a share such as 0.5, or a height and width: 192, 256."
            ).format(given=given[:40])
        )
        return
    _change(position, setting, value)


def _value(setting: str, given: Any) -> Any:
    """A widget's value as a TOML value. ValueError if it is not valid."""
    if setting == "lr":
        return "find" if given.strip().lower() == "find" else float(given)
    if setting in ("size", "crop"):
        parts = re.findall(r"[^\s,;x\[\]()]+", given.lower())
        if setting == "size" and len(parts) == 1:
            return float(parts[0])
        rows, cols = (int(part) for part in parts)
        return [rows, cols]
    return given

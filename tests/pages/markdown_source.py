"""Reads the pages' source for text that goes to Streamlit as Markdown or HTML without being of its type.

What counts as safe is what can hold nothing of a stranger's: text written in the source; an expression whose
annotation says `Markdown`, or `Html` for HTML (that the annotation is true, mypy says); numbers, which an
f-string may hold when their format, such as `.1%`, would be refused for text.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import NamedTuple, TypeGuard

import streamlit as st

MAKERS = {"markdown", "joined", "html"}
"""The functions whose first argument must be written where they are called."""

MODULES = {"Markdown": "pages/widgets/shared/markdown.py", "Html": "pages/widgets/shared/html.py"}
"""The types of safe text, and the only modules that may make them of any text."""

_HELP, _LABEL = ("help",), ("label", "help")
_BOX = ("body", "title")
_OPTIONS = ("label", "options", "help")

TAKES_MARKDOWN: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("error", "info", "success", "warning"), _BOX),
    **dict.fromkeys(("caption", "header", "markdown", "subheader", "title"), ("body", "help")),
    **dict.fromkeys(("latex", "text"), _HELP),
    **dict.fromkeys(
        (
            "audio_input",
            "button",
            "camera_input",
            "checkbox",
            "color_picker",
            "date_input",
            "datetime_input",
            "download_button",
            "file_uploader",
            "form_submit_button",
            "link_button",
            "multiselect",
            "number_input",
            "page_link",
            "popover",
            "selectbox",
            "slider",
            "text_area",
            "text_input",
            "time_input",
            "toggle",
        ),
        _LABEL,
    ),
    **dict.fromkeys(("pills", "radio", "segmented_control", "select_slider"), _OPTIONS),
    "Page": ("title", "help"),
    "dialog": ("title",),
    "expander": ("label",),
    "image": ("caption",),
    "metric": ("label", "value", "delta", "help"),
    "progress": ("text",),
    "spinner": ("text",),
    "status": ("label",),
    "table": ("data",),
    "tabs": ("tabs",),
    "toast": ("body",),
}
"""Streamlit's calls with those of their parameters that it reads as Markdown, as it says."""

ALSO_TAKES_MARKDOWN = {"cache_data": ("show_spinner",), "cache_resource": ("show_spinner",)}
"""What Streamlit does not say of: the text of a spinner."""

TAKES_HTML = {"html": ("body",)}

NO_TEXT = frozenset(
    ("unsafe_allow_html", "width", "anchors", "wrap", "cursor", "bind", "menu_items", "pages", "format_func")
)
"""Parameters whose descriptions mention Markdown, but which hold none. `format_func` is looked at with the
options that it formats."""

REFUSED = frozenset(("badge", "exception", "iframe", "menu_button", "write", "write_stream"))
"""Calls that take too many kinds of things to be checked, or that no page needs; and `badge`, which puts
another backslash before each escaped bracket and so frees it."""

CALLS = {
    **{name: ("Markdown", where) for name, where in {**TAKES_MARKDOWN, **ALSO_TAKES_MARKDOWN}.items()},
    **{name: ("Html", where) for name, where in TAKES_HTML.items()},
}
"""All calls that are looked at: the type of safe text that they take, and where."""

_NUMBERS_ONLY = tuple("bcdeEfFgGn%,_")
"""How formats end that Python refuses for text."""


def described_as_markdown() -> dict[str, set[str]]:
    """The parameters that this version of Streamlit says are Markdown, by the names of its calls."""
    places = [(st, name) for name in dir(st)] + [(st.column_config, name) for name in dir(st.column_config)]
    described = {name: set(_mentioned(getattr(place, name))) - NO_TEXT for place, name in places}
    return {name: found for name, found in described.items() if found and not name.startswith("_")}


def _mentioned(call: object) -> Iterator[str]:
    """The parameters in whose description stands "Markdown"."""
    text = inspect.getdoc(call) or "" if callable(call) else ""
    described = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", text, re.S | re.M)
    for part in re.split(r"^(?=\*{0,2}\w+ *:)", described[1] if described else "", flags=re.M):
        if "arkdown" in part:
            yield part.partition(":")[0].strip(" *")


# --- what names stand for --------------------------------------------------------------------------


@dataclass
class Scope:
    """What is bound in a module or a function itself, not in functions within it."""

    values: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    """The expressions that a name stands for; None for one of which nothing is known."""
    annotations: dict[str, ast.expr] = field(default_factory=dict)
    functions: dict[str, ast.expr | None] = field(default_factory=dict)
    """What functions are annotated to return."""
    imports: dict[str, str] = field(default_factory=dict)
    """The modules that names are imported from."""

    def binds(self, name: str) -> bool:
        """Whether a name gets its value here."""
        return any(name in each for each in (self.values, self.annotations, self.functions, self.imports))

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        """Take down an assignment."""
        if isinstance(target, ast.Name):
            self.values.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple | ast.List):
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            for number, each in enumerate(target.elts):
                self.bind(each, parts[number] if len(parts) == len(target.elts) else None)

    def bind_each(self, target: ast.expr, whole: ast.expr) -> None:
        """Take down what a loop gives its target, as far as the container is written there or annotated."""
        match whole:
            case ast.Name(id=name) if len(self.values.get(name, [])) == 1 and name not in self.annotations:
                self.bind_each(target, self.values[name][0] or ast.Constant(None))
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self.bind(target, part)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="items")):
                self._bind_items(target, self.annotations.get(name))
            case _:
                self.bind(target, None)

    def _bind_items(self, target: ast.expr, annotation: ast.expr | None) -> None:
        """`for key, value in container.items()`: both are what the container's annotation says."""
        self.bind(target, None)
        match target, annotation:
            case ast.Tuple(elts=[*names]), ast.Subscript(slice=ast.Tuple(elts=[*kinds])):
                for name, kind in zip(names, kinds, strict=False):
                    if isinstance(name, ast.Name):
                        self.annotations[name.id] = kind


def scope_of(owner: ast.Module | ast.FunctionDef | ast.Lambda) -> Scope:
    """Read what is bound in a module or a function itself."""
    scope = Scope()
    if not isinstance(owner, ast.Module):
        for each in (*owner.args.posonlyargs, *owner.args.args, *owner.args.kwonlyargs):
            scope.values[each.arg] = [None]
            if each.annotation is not None:
                scope.annotations[each.arg] = each.annotation
    for node in _own(owner):
        match node:
            case ast.FunctionDef(name=name, returns=returns):
                scope.functions[name] = returns
            case ast.ImportFrom(module=str(module), names=names):
                scope.imports |= {alias.asname or alias.name: module for alias in names}
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    scope.bind(target, value)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                scope.bind(node.target, node.value)
                scope.annotations[name] = annotation
            case ast.NamedExpr(target=target, value=value):
                scope.bind(target, value)
            case ast.For(target=target, iter=whole):
                scope.bind_each(target, whole)
            case ast.AugAssign(target=target) | ast.comprehension(target=target):
                scope.bind(target, None)
            case ast.withitem(optional_vars=ast.expr() as target):
                scope.bind(target, None)
    return scope


def _own(owner: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(owner):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield from _own(child)


# --- what is safe ----------------------------------------------------------------------------------


class Safe(NamedTuple):
    """Whether expressions at one place can hold only text that is ours, or escaped.

    kind: the type of such text, `Markdown` or `Html`. scopes: from the module's to the innermost function's.
    modules: what is bound in each module of the pages, by its dotted name.
    """

    kind: str
    scopes: tuple[Scope, ...]
    modules: Mapping[str, Scope]
    depth: int = 0

    def holds(self, shown: ast.expr | None) -> bool:
        """Whether this is so of an expression."""
        if shown is None or self.depth > 12:
            return False
        within = self._replace(depth=self.depth + 1)
        match shown:
            case ast.Constant() | ast.Compare():
                return True
            case ast.Name(id=name):
                return within._name(name)
            case ast.IfExp(body=body, orelse=other):
                return within.holds(body) and within.holds(other)
            case ast.BoolOp(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
                return all(map(within.holds, parts))
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return within.holds(left) and within.holds(right)
            case ast.Dict(keys=keys, values=values):
                return all(map(within.holds, (*keys, *values)))
            case ast.ListComp(elt=part) | ast.Starred(value=part) | ast.NamedExpr(value=part):
                return within.holds(part)
            case ast.JoinedStr(values=parts):
                return all(map(within._part, parts))
            case ast.Subscript(value=ast.Name(id=name)):
                return within._container(name)
            case ast.Subscript(value=ast.Call(func=ast.Name(id=name))):
                scope = within._scope(name)
                return scope is not None and within._says(_element(scope.functions.get(name)))
            case ast.Call(func=ast.Name(id="len")):
                return True
            case ast.Call(func=ast.Name(id="in_digits"), args=[_, ast.Constant(value=str(spec))]):
                return spec.endswith(_NUMBERS_ONLY)
            case ast.Call(func=ast.Name(id="filled"), args=[template]):
                return within.holds(template) and within._filling(template, shown.keywords)
            case ast.Call(func=ast.Name(id=name)) if within._is_translation(name):
                return all(map(within.holds, shown.args[:2]))
            case ast.Call(func=ast.Name(id="list"), args=[ast.Name(id=name)]):
                return within._keys(name)
            case ast.Call(func=ast.Name(id=name)):
                scope = within._scope(name)
                return scope is not None and within._says(scope.functions.get(name))
        return False

    def _is_translation(self, name: str) -> bool:
        """Whether a name is one of the functions that translate what is written where they are called."""
        # A table of another module is read there, and so has that module's names in it.
        scopes = (*reversed(self.scopes), *self.modules.values())
        scope = next((scope for scope in scopes if scope.binds(name)), None)
        return scope is not None and scope.imports.get(name) == "core.languages"

    def _part(self, part: ast.expr) -> bool:
        """Of an f-string: what is written; a number, by its format; or what is safe by itself."""
        match part:
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=[*_, ast.Constant(value=str(last))])):
                return last.endswith(_NUMBERS_ONLY)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.holds(value)
        return isinstance(part, ast.Constant)

    def _filling(self, template: ast.expr, given: Sequence[ast.keyword]) -> bool:
        """Whether what fills a text is a number, by the field's format, or safe by itself."""
        texts = [node.value for node in ast.walk(template) if isinstance(node, ast.Constant)]
        fields = [field for text in texts for field in Formatter().parse(str(text))]
        return all(
            self.holds(each.value)
            or all(spec and spec.endswith(_NUMBERS_ONLY) for _, name, spec, _ in fields if name == each.arg)
            for each in given
        )

    def _name(self, name: str) -> bool:
        scope = self._scope(name)
        if scope is None:
            return False
        if name in scope.annotations:
            return self._says(scope.annotations[name])
        return bool(scope.values.get(name)) and all(map(self.holds, scope.values[name]))

    def _container(self, name: str) -> bool:
        """Whether a container, by its annotation or because it is written there, has only safe elements."""
        scope = self._scope(name)
        if scope is None:
            return False
        if name in scope.annotations:
            return self._says(scope.annotations[name])
        values = scope.values.get(name, [])
        return bool(values) and all(
            isinstance(v, ast.Dict) and all(map(self.holds, v.values)) for v in values
        )

    def _keys(self, name: str) -> bool:
        """Whether a name stands for a dictionary that is written there."""
        scope = self._scope(name)
        values = scope.values.get(name, []) if scope else []
        return bool(values) and all(isinstance(v, ast.Dict) and all(map(self.holds, v.keys)) for v in values)

    def _scope(self, name: str) -> Scope | None:
        """Where a name gets its value: in the innermost scope that binds it, or in another of our modules."""
        scope = next((scope for scope in reversed(self.scopes) if scope.binds(name)), None)
        if scope is None or name not in scope.imports:
            return scope
        return self.modules.get(scope.imports[name])

    def _says(self, annotation: ast.expr | None) -> bool:
        """Whether an annotation allows no text but the safe kind, by itself or in containers."""
        names = (
            {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)} if annotation else set()
        )
        return self.kind in names and names.isdisjoint({"str", "object", "Any"})


def _element(annotation: ast.expr | None) -> ast.expr | None:
    """What a container with this annotation holds: of a dictionary its values."""
    match annotation:
        case ast.Subscript(value=ast.Name(id="dict" | "Mapping"), slice=ast.Tuple(elts=[_, value])):
            return value
    return annotation


# --- what is read ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A file that is read. modules: what is bound in each module of the pages, by its dotted name."""

    path: str
    tree: ast.Module
    modules: Mapping[str, Scope]

    def complaints(self) -> list[str]:
        """A line for each place where text can get around the types of safe text."""
        return [
            f"{self.path}:{line}: {words}" for line, words in self._read(self.tree, (scope_of(self.tree),))
        ]

    def _read(self, node: ast.AST, scopes: tuple[Scope, ...]) -> Iterator[tuple[int, str]]:
        for child in ast.iter_child_nodes(node):
            within = (scope_of(child),) if isinstance(child, ast.FunctionDef | ast.Lambda) else ()
            yield from self._read(child, (*scopes, *within))
            # Only `st.something` is followed: `st` itself, or `st.error` that is not called at once, is not.
            held = isinstance(node, ast.Attribute) and not isinstance(child, ast.expr_context)
            if _is_st(child) and not held:
                yield child.lineno, "st is handed on"
            if _is_of_st(child) and not (isinstance(node, ast.Call) and child is node.func):
                yield child.lineno, f"{ast.unparse(child)} is not called at once"
        match node:
            case ast.Call():
                yield from ((node.lineno, words) for words in self._call(node, scopes))
            case ast.ImportFrom(module="streamlit", names=names):
                found = {alias.name for alias in names} & (CALLS.keys() | REFUSED)
                yield from ((node.lineno, f"{name} is imported by itself") for name in sorted(found))
            case ast.Import(names=names) if any(a.name == "streamlit" and a.asname != "st" for a in names):
                yield node.lineno, "streamlit is always called st"

    def _call(self, call: ast.Call, scopes: tuple[Scope, ...]) -> Iterator[str]:
        match call.func:
            case ast.Name(id="Markdown" | "Html" as kind) if self.path != MODULES[kind]:
                yield f"only one module makes {kind}"
            case ast.Name(id="cast") if any(
                kind in ast.unparse(each) for each in call.args for kind in MODULES
            ):
                yield "a cast to safe text"
            case ast.Name(id=name) if name in MAKERS and self.path not in MODULES.values():
                written: ast.expr | None
                match call.args[:1]:
                    case [ast.Call(func=ast.Name(id=marked), args=[written])] if Safe(
                        "", scopes, self.modules
                    )._is_translation(marked):
                        pass
                    case [each]:
                        written = each
                    case _:
                        written = None
                if not isinstance(written, ast.Constant):
                    yield f"what {name} is to show is not written there"
            case ast.Attribute(value=owner, attr=name) if name in REFUSED:
                if not any(_is_imported(owner, scope) for scope in scopes):
                    yield f"{name} is not used here"
            case ast.Attribute(value=owner, attr=name) if name in CALLS:
                yield from self._takes(getattr(st, name), *CALLS[name], call, scopes)
            case ast.Attribute(attr=name) if name.endswith("Column"):
                yield from self._takes(getattr(st.column_config, name), "Markdown", _HELP, call, scopes)

    def _takes(
        self,
        streamlits: Callable[..., object],
        kind: str,
        parameters: tuple[str, ...],
        call: ast.Call,
        scopes: tuple[Scope, ...],
    ) -> Iterator[str]:
        names = list(inspect.signature(streamlits).parameters)
        given = dict(zip(names, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
        starred = any(isinstance(each, ast.Starred) for each in call.args)
        if starred or any(keyword.arg is None for keyword in call.keywords):
            yield "arguments that cannot be seen"
        if "unsafe_allow_html" in given:
            yield "HTML in Markdown"
        safe = Safe(kind, scopes, self.modules)
        for parameter in parameters:
            if parameter in given and not self._is_safe(parameter, given, safe):
                yield f"{parameter}={ast.unparse(given[parameter])}"

    def _is_safe(self, parameter: str, given: Mapping[str, ast.expr], safe: Safe) -> bool:
        form = given.get("format_func")
        if parameter != "options" or form is None:
            return safe.holds(given[parameter])
        if isinstance(form, ast.Lambda):
            return safe._replace(scopes=(*safe.scopes, scope_of(form))).holds(form.body)
        return safe.holds(ast.Call(form, [], []))


def _is_st(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id == "st"


def _is_of_st(node: ast.AST) -> TypeGuard[ast.Attribute]:
    """Whether this is `st.error` or another of the calls that are looked at."""
    return isinstance(node, ast.Attribute) and _is_st(node.value) and node.attr in CALLS.keys() | REFUSED


def _is_imported(owner: ast.expr, scope: Scope) -> bool:
    """Whether something is a module or a value of ours, as `address` in `address.write(...)`."""
    return isinstance(owner, ast.Name) and owner.id in scope.imports

"""Reads the pages' source for text that goes to Streamlit as Markdown or HTML without being of its type.

What counts as safe is what can hold nothing of a stranger's: text written in the source; an expression whose
annotation says `Markdown`, or `Html` for HTML (that the annotation is true, mypy says); numbers, which an f-string may hold when
their format, such as `.1%`, would be refused for text.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

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
"""Streamlit's calls with those of their parameters that it reads as Markdown."""

TAKES_HTML: Mapping[str, tuple[str, ...]] = {"html": ("body",)}

NO_TEXT = {
    "unsafe_allow_html",
    "width",
    "anchors",
    "wrap",
    "cursor",
    "bind",
    "menu_items",
    "pages",
    "format_func",
}
"""Parameters whose descriptions mention Markdown, but which hold none. `format_func` is looked at with the
options that it formats."""

REFUSED = {"badge", "exception", "menu_button", "write", "write_stream"}
"""Calls that take too many kinds of things to be checked, or that no page needs; and `badge`, which puts another
backslash before each escaped bracket and so frees it."""


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


def _is_column(name: str) -> bool:
    return name.endswith("Column") or name == "Column"


@dataclass
class Scope:
    """What a function, or a module, calls by name."""

    bindings: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    """The expressions that a name stands for; None for one that nothing is known of."""
    annotations: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    """The modules that names are imported from."""

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        """Take down an assignment."""
        if isinstance(target, ast.Name):
            self.bindings.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            for number, each in enumerate(target.elts):
                self.bind(each, values[number] if len(values) == len(target.elts) else None)

    def bind_each(self, target: ast.expr, whole: ast.expr) -> None:
        """Take down what a loop over a container gives its target, as far as that is written or annotated."""
        match whole:
            case ast.Name(id=name) if name in self.annotations and isinstance(target, ast.Name):
                self.bind(target, ast.Subscript(whole, ast.Constant(0), ast.Load()))
            case ast.Name(id=name) if len(self.bindings.get(name, [])) == 1:
                self.bind_each(target, self.bindings[name][0] or ast.Constant(None))
            case ast.Tuple(elts=values) | ast.List(elts=values):
                for value in values:
                    self.bind(target, value)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="items")):
                keys, values = _key_and_value(self.annotations.get(name))
                assert isinstance(target, ast.Tuple)
                for each, annotation in zip(target.elts, (keys, values), strict=True):
                    self.bind(each, None)
                    if isinstance(each, ast.Name) and annotation is not None:
                        self.annotations[each.id] = annotation
            case _:
                self.bind(target, None)


@dataclass
class Source:
    """A file that is read, and what others that it imports from say of their functions and names."""

    path: str
    tree: ast.Module
    functions: Mapping[str, ast.expr | None]
    """The return annotations of functions and methods, in all files, by name; None if two differ."""
    modules: Mapping[str, Scope]
    """What is bound in each module, by its dotted name."""

    def complaints(self) -> list[str]:
        """A line for each place where text can get around `Markdown`."""
        found: list[str] = []
        self._read(self.tree, [scope_of(self.tree)], found)
        return found

    def _read(self, node: ast.AST, scopes: list[Scope], found: list[str]) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.Lambda):
                self._read(child, [*scopes, scope_of(child)], found)
            else:
                self._read(child, scopes, found)
        if isinstance(node, ast.Call):
            found += [f"{self.path}:{node.lineno}: {words}" for words in self._call(node, scopes)]
        elif isinstance(node, ast.ImportFrom) and node.module == "streamlit":
            names = {alias.name for alias in node.names} & (TAKES_MARKDOWN.keys() | REFUSED)
            found += [f"{self.path}:{node.lineno}: {name} is imported by itself" for name in sorted(names)]
        for child in ast.iter_child_nodes(node):
            called = isinstance(node, ast.Call) and child is node.func
            if _streamlits(child) and not called and not isinstance(node, ast.withitem):
                found.append(f"{self.path}:{child.lineno}: {ast.unparse(child)} is not called at once")

    def _call(self, call: ast.Call, scopes: list[Scope]) -> Iterator[str]:
        name = _name(call.func)
        if self.path != MODULE and name == "Markdown":
            yield "only the module markdown makes Markdown"
        if name == "cast" and any("Markdown" in ast.unparse(each) for each in call.args):
            yield "a cast to Markdown"
        made_elsewhere = self.path != MODULE and name in MAKERS and isinstance(call.func, ast.Name)
        if made_elsewhere and not (call.args and isinstance(call.args[0], ast.Constant)):
            yield f"what {name} makes Markdown of is not written there"
        if not isinstance(call.func, ast.Attribute):
            return
        if name in REFUSED and _is_st(call.func.value):
            yield f"st.{name} is not used here"
        elif name in TAKES_MARKDOWN or (_is_column(name) and not _is_st(call.func.value)):
            yield from self._takes(name, call, scopes)

    def _takes(self, name: str, call: ast.Call, scopes: list[Scope]) -> Iterator[str]:
        owner = st.column_config if _is_column(name) else st
        names = list(inspect.signature(getattr(owner, name)).parameters)
        given = dict(zip(names, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
        starred = any(isinstance(each, ast.Starred) for each in call.args)
        if starred or any(keyword.arg is None for keyword in call.keywords):
            yield f"{name}: arguments that cannot be seen"
        for parameter in _HELP if _is_column(name) else TAKES_MARKDOWN[name]:
            shown = given.get(parameter)
            if parameter == "options" and (form := given.get("format_func")) is not None:
                shown = form.body if isinstance(form, ast.Lambda) else ast.Call(form, [], [])
            if shown is not None and not self._safe(shown, scopes):
                yield f"{name}({parameter}={ast.unparse(shown)})"

    def _safe(self, shown: ast.expr, scopes: list[Scope], depth: int = 0) -> bool:
        """Whether an expression can hold only what is ours, or escaped."""

        def safe(*parts: ast.expr | None) -> bool:
            return depth < 12 and all(p is not None and self._safe(p, scopes, depth + 1) for p in parts)

        match shown:
            case ast.Constant() | ast.Compare():
                return True
            case ast.IfExp(body=body, orelse=other):
                return safe(body, other)
            case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
                return safe(*values)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return safe(left, right)
            case ast.Dict(keys=keys, values=values):
                return safe(*keys, *values)
            case ast.ListComp(elt=part) | ast.Starred(value=part) | ast.NamedExpr(value=part):
                return safe(part)
            case ast.JoinedStr(values=values):
                return all(isinstance(v, ast.Constant) or self._safe_part(v, scopes, depth) for v in values)
            case ast.Call(func=ast.Name(id="list"), args=[ast.Name(id=name)]):
                return self._keys_are_written(name, scopes)
            case ast.Call(func=ast.Name(id="len" | "next" as called), args=[*arguments]):
                return called == "len" or safe(*arguments)
            case ast.Call(func=called):
                return _says_markdown(self.functions.get(_name(called)))
            case ast.Subscript(value=ast.Name() as whole):
                return self._holds_safe(whole.id, scopes)
            case ast.Attribute(attr=name):
                return _says_markdown(self.functions.get(name))
            case ast.Name(id=name):
                return self._name_is_safe(name, scopes, depth)
        return False

    def _safe_part(self, part: ast.expr, scopes: list[Scope], depth: int) -> bool:
        """A value in an f-string: a number by its format, or safe by itself."""
        assert isinstance(part, ast.FormattedValue)
        if part.format_spec is not None:
            assert isinstance(part.format_spec, ast.JoinedStr)
            last = part.format_spec.values[-1] if part.format_spec.values else None
            return isinstance(last, ast.Constant) and str(last.value)[-1:] in tuple("bcdeEfFgGn%,_")
        return depth < 12 and self._safe(part.value, scopes, depth + 1)

    def _name_is_safe(self, name: str, scopes: list[Scope], depth: int) -> bool:
        scope = self._scope_of(name, scopes)
        if scope is None:
            return False
        if name in scope.annotations:
            return _says_markdown(scope.annotations[name])
        values = scope.bindings[name]
        return depth < 12 and all(v is not None and self._safe(v, scopes, depth + 1) for v in values)

    def _holds_safe(self, name: str, scopes: list[Scope]) -> bool:
        """Whether a container, by its annotation or because it is written there, holds only what is safe."""
        scope = self._scope_of(name, scopes)
        if scope is None:
            return False
        if name in scope.annotations:
            return _says_markdown(scope.annotations[name])
        values = [v.values if isinstance(v, ast.Dict) else None for v in scope.bindings[name]]
        return all(each is not None and all(self._safe(v, scopes, 1) for v in each) for each in values)

    def _scope_of(self, name: str, scopes: list[Scope]) -> Scope | None:
        """Where a name gets its value: in the innermost scope that binds it, or in another module."""
        scope = next((s for s in reversed(scopes) if name in s.bindings or name in s.annotations), None)
        if scope is not None:
            return scope
        module = next((s.imports[name] for s in reversed(scopes) if name in s.imports), "")
        there = self.modules.get(module)
        return there if there is not None and name in there.bindings else None

    def _keys_are_written(self, name: str, scopes: list[Scope]) -> bool:
        scope = self._scope_of(name, scopes)
        values = scope.bindings.get(name, []) if scope else []
        return bool(values) and all(
            isinstance(v, ast.Dict) and all(isinstance(k, ast.Constant) for k in v.keys) for v in values
        )


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _is_st(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "st"


def _streamlits(node: ast.AST) -> bool:
    """Whether this is `st.error` or another of the calls that take Markdown."""
    return (
        isinstance(node, ast.Attribute)
        and _is_st(node.value)
        and node.attr in TAKES_MARKDOWN.keys() | REFUSED
    )


def _says_markdown(annotation: ast.expr | None) -> bool:
    """Whether an annotation allows no text but `Markdown`, by itself or in containers."""
    if annotation is None:
        return False
    names = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}
    return "Markdown" in names and names.isdisjoint({"str", "object", "Any"})


def scope_of(owner: ast.Module | ast.FunctionDef | ast.Lambda) -> Scope:
    """What is bound in a module or a function itself, not in functions within it."""
    scope = Scope()
    if not isinstance(owner, ast.Module):
        for each in (*owner.args.posonlyargs, *owner.args.args, *owner.args.kwonlyargs):
            scope.bindings[each.arg] = [None]
            if each.annotation is not None:
                scope.annotations[each.arg] = each.annotation
    for node in _own(owner):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    scope.bind(target, value)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                scope.bind(node.target, node.value)
                scope.annotations[name] = annotation
            case ast.NamedExpr(target=target, value=value):
                scope.bind(target, value)
            case ast.AugAssign(target=target):
                scope.bind(target, None)
            case ast.For(target=target, iter=whole):
                scope.bind_each(target, whole)
            case ast.comprehension(target=target):
                scope.bind(target, None)
            case ast.ImportFrom(module=str(module), names=names):
                scope.imports |= {alias.asname or alias.name: module for alias in names}
            case ast.withitem(optional_vars=ast.expr() as target):
                scope.bind(target, None)
    return scope


def _key_and_value(annotation: ast.expr | None) -> tuple[ast.expr | None, ast.expr | None]:
    """What the annotation of a dictionary says of its keys and its values."""
    match annotation:
        case ast.Subscript(slice=ast.Tuple(elts=[key, value])):
            return key, value
    return None, None


def _own(owner: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(owner):
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own(child)


def returned_by_name(trees: Mapping[str, ast.Module]) -> dict[str, ast.expr | None]:
    """What functions, methods and fields of all files are annotated to give, by name; None if two differ."""
    found: dict[str, ast.expr | None] = {}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                found[node.name] = _agreed(found, node.name, node.returns)
            elif isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                        found[part.target.id] = _agreed(found, part.target.id, part.annotation)
    return found


def _agreed(found: Mapping[str, ast.expr | None], name: str, new: ast.expr | None) -> ast.expr | None:
    old = found.get(name, new)
    same = old is not None and new is not None and _says_markdown(old) == _says_markdown(new)
    return new if same else None

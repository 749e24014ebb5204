"""The interface's documentation, which needs no internet: Swagger UI comes from an installed package."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from service.problems import Kind, Problem
from service.rest.described import schemas

_ASSETS = "/docs/assets"
_STYLE = "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:10vh auto;padding:0 1rem}"


def add_documentation(app: FastAPI) -> None:
    """Give an app its pages: /docs, one that explains each kind of problem, and the topics' document."""
    # The package is a folder on the disk, so the path stays good.
    with as_file(files("fastapi_offline") / "static") as folder:
        app.mount(_ASSETS, StaticFiles(directory=Path(folder)), name="assets")

    # The framework lists only the documents that it makes itself.
    app.openapi = partial(_described, app, app.openapi)  # type: ignore[method-assign]

    @app.get("/docs", include_in_schema=False)
    async def documentation() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=app.openapi_url or "",
            title=app.title,
            swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{_ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{_ASSETS}/favicon.png",
            swagger_ui_parameters={"persistAuthorization": True, "tryItOutEnabled": True},
        )

    @app.get("/asyncapi.json", include_in_schema=False)
    async def topics() -> JSONResponse:
        # Not before it is asked for: nothing else here needs what it takes.
        from service.topics.described import document

        return JSONResponse(document())

    @app.get("/", include_in_schema=False)
    async def front_page() -> RedirectResponse:
        return RedirectResponse("/docs")

    @app.get("/problems/{address}", include_in_schema=False)
    async def explain(address: str) -> HTMLResponse:
        kind = next((kind for kind in Kind if kind.address == address), None)
        if kind is None:
            raise Problem(Kind.UNKNOWN_ADDRESS, "There is no such kind of problem; GET /docs lists them.")
        return HTMLResponse(_page(kind))


def _described(app: FastAPI, describe: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    if not app.openapi_schema:
        describe()["components"]["schemas"] |= schemas()
    return describe()


def _page(kind: Kind) -> str:
    title = escape(kind.title)
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width"><meta name=color-scheme content="light dark">'
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>"
        f"<p>{escape(kind.meaning)}</p><p>HTTP status: {kind.status}</p>"
        '<p><a href="/docs">How to ask StreetScope</a></p></html>'
    )

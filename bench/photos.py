"""Photos to upload: `china.jpg` at 1024 x 1024, each slightly different so that none is cached."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from core.photos.samples import china

SIZE = 1024


@cache
def _square() -> np.ndarray:
    with Image.open(china()) as picture:
        return np.asarray(picture.convert("RGB").resize((SIZE, SIZE)))


def photo(number: int) -> FilePayload:
    """A photo that is different for every number."""
    shifted = np.roll(_square(), 7 * number, axis=1)
    buffer = io.BytesIO()
    Image.fromarray(shifted).save(buffer, "JPEG", quality=90)
    return {"name": f"photo{number}.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def open_photos(page: Page, url: str, photos: list[FilePayload]) -> None:
    """Open Explore at 1024 pixels, upload, and look at the first photo."""
    page.goto(f"{url}/?size={SIZE}")
    page.locator(".viewer[data-ready=true]").wait_for(timeout=120_000)
    page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(photos)
    look_at(page, str(photos[0]["name"]))


def look_at(page: Page, name: str) -> None:
    """Choose a photo by its thumbnail and wait until the viewer shows it."""
    page.locator(".strip li").filter(has_text=name).locator("button").first.click(timeout=120_000)
    label = f"{name} with its classes, {SIZE} by {SIZE}"
    expect(page.get_by_role("application", name=label)).to_be_visible(timeout=120_000)
    page.locator(".viewer[data-ready=true]").wait_for(timeout=120_000)

"""Front ends of several JavaScript modules, which the browser fetches once and the door then enters.

Streamlit sends a component's source again with every run. So what it sends is only a door, and the rest is
fetched like a photo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.languages import current
from core.languages import gettext as _
from core.languages.browser import with_texts
from pages.widgets.shared.front_end import LANGUAGE
from pages.widgets.shared.media import media_url

DOOR = Path(__file__).with_name("door.js").read_text("utf-8")
"""The `js` of a component whose data has the `addresses` of a `FrontEnd`."""


@dataclass(frozen=True)
class FrontEnd:
    """sources: JavaScript by the module's name; each imports only modules before it, as "./NAME.js".

    style: the style sheet of all of them.
    """

    sources: Mapping[str, Path]
    modules: Mapping[str, str]
    style: bytes
    languages: dict[str, str] = field(default_factory=dict, repr=False)
    """The module with the texts, by language, as far as somebody has needed it."""

    @classmethod
    def read(cls, sources: Mapping[str, Path], *styles: Path) -> FrontEnd:
        """Read the files, once at import. styles: one after the other."""
        modules = {name: path.read_text("utf-8") for name, path in sources.items()}
        return cls(sources, modules, b"\n".join(path.read_bytes() for path in styles))

    def addresses(self, entrance: str) -> dict[str, str]:
        """The addresses of the code that begins in the module `entrance`, and of the style sheet.

        A module's address is a hash, so its imports are replaced by the addresses of the imported modules.
        The first module has the texts in the visitor's language: each language has addresses of its own.
        """
        found: dict[str, str] = {}
        for name, source in {"language": self._language(current()), **self.modules}.items():
            for imported, address in found.items():
                source = source.replace(f'"./{imported}.js"', f'"./{Path(address).name}"')
            found[name] = media_url(source.encode(), "text/javascript", f"code.{name}")
        return {
            "code": found[entrance],
            "style": media_url(self.style, "text/css", "style"),
            "trouble": _("The picture could not be loaded. Reload the page to try again."),
        }

    def _language(self, language: str) -> str:
        """The module with the texts of all others in a language."""
        if language not in self.languages:
            sources = "\n".join(self.modules.values())
            self.languages[language] = with_texts(LANGUAGE.read_text("utf-8"), sources, language)
        return self.languages[language]

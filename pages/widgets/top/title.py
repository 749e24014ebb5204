"""A page's title and what it explains: a line or two above the page's work.

On a phone both would take a third of the screen: the title goes into the bar at the very top, and a button
beside it shows the explanation.
"""

from __future__ import annotations

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.html import Html, html

_NOTHING = html("")


def page_title(title: Html, explanation: Html, *, news: Html = _NOTHING) -> None:
    """Show a page's title and explanation. news: what has just happened, said in the explanation's place."""
    st.html(
        html(
            """
            <div class="page-title {kind}">
              <h2>{title}</h2>
              <p class="news" role="status">{news}</p>
              <button type="button" popovertarget="explanation" aria-label="{question}">?</button>
              <p id="explanation" class="explanation" popover>{explanation}</p>
            </div>
            """,
            kind="has-news" if news else "",
            question=_("What is this page for?"),
            title=title,
            explanation=explanation,
            news=news,
        )
    )

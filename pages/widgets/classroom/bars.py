"""How a question was answered, as bars."""

from __future__ import annotations

import streamlit as st

from core.classroom.records import Question, Tally
from core.lessons.lesson import LETTERS
from pages.widgets.shared.markdown import markdown, prose


def show_bars(question: Question, tally: Tally, *, key: bool) -> None:
    """A bar for each option, with its count and share. key: whether to mark the right one."""
    for number, (letter, option) in enumerate(zip(LETTERS, question.options, strict=False)):
        share = tally.share(number) or 0.0
        words = {
            "letter": letter,
            "option": prose(option),
            "count": tally.counts[number],
            "share": share,
        }
        if key and number == question.right:
            text = markdown(
                ":green[:material/check_circle: **{letter} · {option}**] · {count} ({share:.0%})", **words
            )
        else:
            text = markdown("**{letter}** · {option} · {count} ({share:.0%})", **words)
        st.progress(share, text=text)

"""The Check tab: every problem of a data set, with its frame."""

from __future__ import annotations

import streamlit as st

from core.datasets.contents.check import Report, check
from core.datasets.dataset import SPLIT_WORDS
from core.datasets.listing import STOPS, ProblemKind
from core.file_names import file_name
from core.languages import class_name, filled, mark, ngettext, translated
from core.languages import gettext as _
from core.reports import dataset_tables, tables
from pages.widgets.shared.dataset_state import open_frame
from pages.widgets.shared.datasets import OpenedSet, read_again
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import Markdown, escape, joined, markdown

_PAGE = 20
_KINDS = "check_kinds"


def warn_of_lists(opened: OpenedSet) -> None:
    """Say at once what leaves the split in doubt: Training and Evaluate will refuse the data set for it."""
    if doubts := opened.messages(STOPS):
        more = filled(_(" The Check tab has {count} more."), count=len(doubts) - 1) if len(doubts) > 1 else ""
        words = markdown("{first}{more}", first=doubts[0], more=more)
        st.warning(words, title=_("The split is in doubt"), icon=":material/rule:")


def show_check(opened: OpenedSet) -> None:
    """Read every file, as a job, and show the report."""
    job = jobs().start_once(("check", opened.key), lambda job: check(opened.dataset.root, job.tell))
    job.wait(0.4)
    if job.state == "running":
        watch(job, markdown("Reading every file"), "check", unit=_("frame"))
        return
    if job.state == "finished":
        _report(opened, job.result)
    elif job.state == "failed":
        show_error(job.error, markdown("The check ended early"))
    else:
        st.info(_("The check was stopped."), icon=":material/stop_circle:")
    st.button(_("Check again"), on_click=read_again, args=(opened,), icon=":material/refresh:")


def _report(opened: OpenedSet, report: Report) -> None:
    count = len(report.problems)
    if report.clean:
        st.success(
            markdown(
                "Clean: all {frames} pictures have a label map of the same size that holds only known "
                "classes.",
                frames=report.frames,
            ),
            icon=":material/check_circle:",
        )
    else:
        st.warning(
            markdown(
                "{problems} in {frames} frames.",
                problems=filled(ngettext("{count} problem", "{count} problems", count), count=count),
                frames=report.frames,
            ),
            icon=":material/rule:",
        )
    counts = ((_(SPLIT_WORDS[split]), frames) for split, frames in report.splits.items() if frames)
    splits = ", ".join(f"{split} {frames}" for split, frames in counts)
    sizes = ", ".join(f"{size} ({frames})" for size, frames in report.sizes.items())
    st.markdown(
        markdown(
            "- Layout: {layout}\n- Splits: {splits}\n- Sizes: {sizes}\n"
            "- Classes that occur: {occurring} of {classes} of {class_list}{notes}",
            layout=report.layout,
            splits=splits,
            sizes=sizes or _("none"),
            occurring=len(report.pixels),
            classes=report.classes,
            class_list=report.class_list,
            notes=joined("", (markdown("\n- {note}", note=note) for note in report.notes)),
        )
    )
    if report.absent:
        with st.expander(markdown("{count} classes do not occur", count=len(report.absent))):
            st.markdown(escape(", ".join(map(class_name, report.absent))))
    if count:
        _problems(opened, report)


_KIND_NAMES: dict[ProblemKind, str] = {
    "missing label": mark("missing label"),
    "missing picture": mark("missing picture"),
    "unreadable picture": mark("unreadable picture"),
    "unreadable label": mark("unreadable label"),
    "wrong size": mark("wrong size"),
    "bad value": mark("bad value"),
    "unknown colour": mark("unknown colour"),
    "palette order": mark("palette order"),
    "duplicate picture": mark("duplicate picture"),
    "near-duplicate picture": mark("near-duplicate picture"),
    "link": mark("link"),
    "name": mark("name"),
    "list": mark("list"),
}


def _kind(kind: ProblemKind) -> Markdown:
    return escape(_(_KIND_NAMES[kind]))


def _problems(opened: OpenedSet, report: Report) -> None:
    known = {frame.name for frame in opened.dataset.frames()}
    kinds = sorted({problem.kind for problem in report.problems})
    wanted = (
        st.pills(_("Kinds"), kinds, selection_mode="multi", format_func=_kind, key=_KINDS)
        if len(kinds) > 1
        else []
    )
    problems = [problem for problem in report.problems if not wanted or problem.kind in wanted]
    page = st.pagination(-(-len(problems) // _PAGE), key="check_page") if len(problems) > _PAGE else 1
    first = (page - 1) * _PAGE
    for number, problem in enumerate(problems[first : first + _PAGE], start=first):
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(markdown(":blue-badge[{kind}]", kind=_kind(problem.kind)), width="content")
            st.text(translated(problem.message), width="stretch")
            if problem.frame in known:
                st.button(
                    escape(problem.frame),
                    key=f"problem_{number}",
                    on_click=open_frame,
                    args=(problem.frame,),
                    icon=":material/visibility:",
                    help=_("Open this frame"),
                )
    st.download_button(
        _("Problems (CSV)"),
        lambda: tables.to_csv(dataset_tables.problem_rows(report)),
        f"{file_name(report.dataset)}-problems.csv",
        icon=":material/download:",
        on_click="ignore",
    )

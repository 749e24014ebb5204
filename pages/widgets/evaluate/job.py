"""Evaluating a model on a split, in a job that outlives the page; the figures are kept on disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.datasets import Split
from core.errors import StreetScopeError
from core.evaluation.metrics import check_classes_fit
from core.evaluation.results import SplitEvaluation
from core.evaluation.store import evaluate_once, evaluation_key, kept_evaluation
from core.jobs import Job
from core.languages import all_of, filled, mark, ngettext
from core.languages import gettext as _
from core.models.card import ModelCard
from core.segmentation.measure import WORTH_MEASURING, measure_once
from pages.widgets.segmentation.models import loaded_segmenter
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import markdown

_TURN = threading.Lock()
"""One evaluation at a time: two at once would only slow each other down."""

_WAITING_SECONDS = 0.3
_CACHE_WORDS = mark("The figures are kept, so the next visitor sees them at once.")


@dataclass(frozen=True)
class Task:
    """A model to be evaluated on the frames of a split, at the size at which the data set gives them."""

    card: ModelCard
    opened: OpenedSet
    split: Split

    @property
    def key(self) -> tuple[str, ...]:
        """Identifies the job."""
        dataset = self.opened.dataset
        at = str(dataset.longest)
        return ("evaluation", str(dataset.root), at, self.split, self.card.name, self.card.weights_sha256)

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.opened.dataset.frames(self.split))


def evaluations(tasks: Sequence[Task]) -> list[SplitEvaluation]:
    """The finished evaluations, in the order of the tasks; draws a button, a bar or an error for the others.

    The script ends here until the first one is finished.
    """
    fitting = [task for task in tasks if _fits(task)]
    with st.spinner(_("Looking for earlier figures")):
        found = {task.key: _find(task) for task in fitting}
    missing = [task for task in fitting if found[task.key] is None and not _is_running(task)]
    for task in fitting:
        if found[task.key] is None:
            _show_state(task)
    if missing:
        _show_start(missing)
    if not tasks or found.get(tasks[0].key) is None:
        st.stop()
    return [kept for task in fitting if (kept := found[task.key]) is not None]


def _fits(task: Task) -> bool:
    try:
        check_classes_fit(task.opened.dataset, task.card.class_list.restored(), task.card.name)
    except StreetScopeError as error:
        show_error(error, markdown("This model does not fit this data set"), ":material/extension_off:")
        return False
    return True


def _find(task: Task) -> SplitEvaluation | None:
    if _is_running(task):
        return None
    try:
        kept = kept_evaluation(task.card, task.opened.dataset, task.split)
        if kept is not None:
            return kept
        # If nothing can be kept on disk, the job still has it.
        job: Job[tuple[str, SplitEvaluation]] | None = jobs().find(task.key)
        if job is not None and job.state == "finished":
            key, found = job.result
            return found if key == evaluation_key(task.card, task.opened.dataset, task.split) else None
    except StreetScopeError as error:
        show_error(error, markdown("The data set cannot be read"), ":material/broken_image:")
        st.stop()
    return None


def _is_running(task: Task) -> bool:
    job = jobs().find(task.key)
    return job is not None and job.state == "running"


def _show_state(task: Task) -> None:
    job, model = jobs().find(task.key), task.card.name
    if job is None:
        return
    if job.state == "running":
        watch(job, markdown("Evaluating {model}", model=model), f"evaluation_{model}", unit=_("frame"))
    elif job.state == "failed":
        show_error(job.error, markdown("{model} could not be evaluated", model=model))
    elif job.state == "cancelled":
        words = markdown(
            "The evaluation of {model} was stopped after {done} of {frames} frames.",
            model=model,
            done=job.progress.done,
            frames=task.frames,
        )
        st.info(words, icon=":material/block:")


def _show_start(tasks: Sequence[Task]) -> None:
    models = all_of([task.card.name for task in tasks])
    frames = tasks[0].frames
    st.button(
        markdown(
            "Evaluate {models} on {frames}",
            models=models,
            frames=filled(ngettext("{count} frame", "{count} frames", frames), count=frames),
        ),
        type="primary",
        icon=":material/play_arrow:",
        key="evaluate_start",
        on_click=_start,
        args=(tasks,),
    )
    st.caption(
        markdown(
            "Every frame is segmented at the size chosen above, and every pixel with a known class is "
            "counted. The evaluation continues when you leave the page. {CACHE_WORDS}",
            CACHE_WORDS=_(_CACHE_WORDS),
        )
    )


def _start(tasks: Sequence[Task]) -> None:
    for task in tasks:
        jobs().start(task.key, _work(task))


def _work(task: Task) -> Callable[[Job[tuple[str, SplitEvaluation]]], tuple[str, SplitEvaluation]]:
    card, dataset, split = task.card, task.opened.dataset, task.split

    def work(job: Job[tuple[str, SplitEvaluation]]) -> tuple[str, SplitEvaluation]:
        while not _TURN.acquire(timeout=_WAITING_SECONDS):
            job.tell(0, task.frames, doing=_("waiting for another evaluation to finish"))
        try:
            begun = time.monotonic()

            def progress(done: int, total: int) -> None:
                # Not the job's own estimate: the time spent waiting says nothing about the speed.
                job.tell(done, total, (time.monotonic() - begun) / done * (total - done))

            if task.frames >= WORTH_MEASURING:
                job.tell(0, task.frames, doing=_("finding the fastest way to compute on this machine"))
                measure_once()
            job.tell(0, task.frames, doing=_("reading the data set's files"))
            key = evaluation_key(card, dataset, split)
            job.tell(0, task.frames, doing=_("loading the network"))
            return key, evaluate_once(
                card,
                dataset,
                split,
                progress,
                load=lambda: loaded_segmenter(card.name, card.weights_sha256),
            )
        finally:
            _TURN.release()

    return work

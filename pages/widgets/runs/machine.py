"""The machine of a run: processor, memory and GPUs, as the article showed them with nvidia-smi."""

from __future__ import annotations

import platform

import streamlit as st

from core.hardware.usage import Gpu, MachineWatch
from core.languages import filled, in_digits
from core.languages import gettext as _
from core.training.runs.records import RunView
from pages.widgets.shared.markdown import escape, markdown

_GIB = 1024**3


@st.cache_resource(show_spinner=False)
def _watch() -> MachineWatch:
    return MachineWatch()


def show_machine(view: RunView) -> None:
    """Figures of this machine while a run is training on it."""
    status = view.summary.status
    if not view.summary.live:
        _trained_on(view)
        return
    if status.host not in ("", platform.node()):
        st.caption(
            markdown(
                "The run is on {host}; this server cannot see how busy that machine is.", host=status.host
            )
        )
        return
    machine, load = _watch().read_with(status.pid) if status.pid else (_watch().read(), None)
    figures = {
        _("Processor, {cores} cores").format(cores=machine.cores): in_digits(machine.processor, ".0%"),
        _("Memory"): filled(
            _("{memory_used:.1f} of {memory_total:.1f} GiB"),
            memory_used=machine.memory_used / _GIB,
            memory_total=machine.memory_total / _GIB,
        ),
    }
    if load is not None:
        figures |= {
            _("The run's processor"): filled(_("{cores:.1f} cores"), cores=load.cores),
            _("The run's memory"): f"{in_digits(load.memory / _GIB, '.2f')} GiB",
        }
    st.markdown(_("**The machine**"))
    with st.container(horizontal=True):
        for name, value in figures.items():
            st.metric(escape(name), escape(value), width="content")
    for gpu in machine.gpus:
        _show_gpu(gpu)
    if not machine.gpus:
        st.caption(_("This machine has no NVIDIA GPU, or no driver for it: the processor does the work."))


def _show_gpu(gpu: Gpu) -> None:
    st.caption(escape(gpu.name))
    with st.container(horizontal=True):
        for name, value in gpu.words().items():
            st.metric(escape(name), escape(value), width="content")


def _trained_on(view: RunView) -> None:
    """The hardware that a finished run was trained on, from its own record."""
    processor = view.environment.get("processor")
    if isinstance(processor, dict) and isinstance(processor.get("name"), str):
        gpus = view.environment.get("gpus")
        names = [name for name in gpus if isinstance(name, str)] if isinstance(gpus, list) else []
        st.caption(markdown("Trained on {hardware}.", hardware=", ".join([*names, processor["name"]])))

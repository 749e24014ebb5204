"""All photos at 512 and at 1024 pixels: how far the network agrees with itself, and where it does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from core.errors import PhotoSetError
from core.jobs import Job
from core.languages import class_name, current, in_digits, translated, use
from core.languages import gettext as _
from core.models.store import read_card
from core.photos.gather.store import PhotoSet
from core.photos.gather.two_sizes import SetAgreement, at_two_sizes, keep_confidence
from core.reports.contact_sheet import contact_sheet_pdf, contact_sheet_png
from pages.widgets.photos.opened_set import address_of
from pages.widgets.segmentation.models import loaded_segmenter, usual_model
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.figures import BAR, in_percent
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import markdown

_WORST = 3


def compare_button(photos: PhotoSet) -> None:
    """Segment all kept photos at both sizes, beside the page."""
    job = jobs().find(_key(photos))
    st.button(
        _("Segment at 512 and 1024"),
        on_click=_start,
        args=(photos,),
        disabled=job is not None and job.state == "running",
        icon=":material/compare:",
        help=_(
            "As the article did with its photos. Where the two sizes disagree, the network is on thin ice."
        ),
    )


def show_comparison(photos: PhotoSet) -> None:
    """The progress, the reason why it failed, or what was found."""
    job = jobs().find(_key(photos))
    if job is None or job.state == "cancelled":
        return
    if job.state == "running":
        cancel = not is_guest()
        watch(job, markdown("Segmenting at two sizes"), "two_sizes", unit=_("photo"), cancel=cancel)
    elif job.state == "failed":
        show_error(job.error, markdown("The photos could not be compared"))
    else:
        try:
            _show(photos, job.result)
        except PhotoSetError as error:  # somebody has removed a picture from the folder
            show_error(error)


def _show(photos: PhotoSet, found: SetAgreement) -> None:
    first, second = found.confidence
    with st.container(horizontal=True, key="agreement_figures"):
        st.metric(_("Pixels with the same class at both sizes"), in_digits(found.agreement, ".1%"))
        st.metric(_("Mean confidence at 512"), in_digits(first, ".1%"))
        st.metric(_("Mean confidence at 1024"), in_digits(second, ".1%"))
    st.markdown(_("**Where the two sizes differ most**"))
    for column, each in zip(st.columns(_WORST), found.most_different(), strict=False):
        with column:
            st.image(photos.small(each.entry), alt=translated(each.entry.name), width="stretch")
            words = markdown(
                "{number} · {name}: {share:.1%} differ",
                number=each.entry.number,
                name=each.entry.name,
                share=1 - each.agreement,
            )
            st.page_link(
                "pages/compare.py",
                label=words,
                icon=":material/compare:",
                query_params=address_of(photos, each.entry.number),
            )
    left, right = st.columns(2, gap="medium")
    with left:
        st.caption(_("By class: the area that both sizes give it, of the area that either does"))
        rows = found.by_class()
        classes = {
            _("Class"): [class_name(row[0]) for row in rows],
            _("Agreement"): [row[1] for row in rows],
            _("Share of pixels"): [row[2] for row in rows],
        }
        st.dataframe(
            in_percent(pd.DataFrame(classes), _("Share of pixels")),
            column_config={_("Agreement"): BAR},
            hide_index=True,
            placeholder="",
            height=300,
            alt=_("How far the two sizes agree on each class."),
        )
    with right:
        st.caption(_("By photo, the one that differs most first"))
        differing = found.most_different()
        small, large = _("Confidence at 512"), _("Confidence at 1024")
        by_photo = {
            _("Photo"): [f"{each.entry.number} · {translated(each.entry.name)}" for each in differing],
            _("Agreement"): [each.agreement for each in differing],
            small: [each.confidence[0] for each in differing],
            large: [each.confidence[1] for each in differing],
        }
        st.dataframe(
            in_percent(pd.DataFrame(by_photo), small, large),
            column_config={_("Agreement"): BAR},
            hide_index=True,
            placeholder="",
            height=300,
            alt=_("How far the two sizes agree on each photo, and how sure the network is."),
        )
    with st.container(horizontal=True):
        for kind, make, media in (
            ("PDF", contact_sheet_pdf, "application/pdf"),
            ("PNG", contact_sheet_png, "image/png"),
        ):
            st.download_button(
                markdown("Contact sheet ({kind})", kind=kind),
                partial(_in, current(), make, photos, found),
                f"{photos.name}.{kind.lower()}",
                media,
                on_click="ignore",
                icon=":material/download:",
            )


def _in(
    language: str, make: Callable[[PhotoSet, SetAgreement], bytes], photos: PhotoSet, found: SetAgreement
) -> bytes:
    """What is made for a download, which is asked for outside the page: nobody knows the visitor there."""
    with use(language):
        return make(photos, found)


def _start(photos: PhotoSet) -> None:
    jobs().start(_key(photos), partial(_compare, photos, usual_model(), not is_guest()))


def _compare(photos: PhotoSet, model: str, keep: bool, job: Job[SetAgreement]) -> SetAgreement:
    segmenter = loaded_segmenter(model, read_card(model).weights_sha256)
    found = at_two_sizes(photos, segmenter, job.tell)
    if keep:
        keep_confidence(photos, found)
    return found


def _key(photos: PhotoSet) -> tuple[str, str, int]:
    """The photos as they are now: when others are kept, what was found is of no use."""
    kept = tuple((entry.number, entry.sha256, entry.blurred) for entry in photos.photos())
    return "two sizes", str(photos.root), hash(kept)

"""The languages that StreetScope speaks: English, which the code is written in, and those with a catalogue.

    from core.languages import gettext as _, ngettext

    st.button(_("Stop"))
    raise ImageError(sentence("The photo has {count} bytes.", count=count))
    show_error(error)  # on a page; elsewhere `translated(error)`

    TITLES = {"train": mark("Training")}  # a table, read at import
    st.button(_(TITLES[split]))

A text is translated where it is shown, in the language of whoever it is for: never at import, and never where
it is raised, which may be another thread, process or day. A sentence is marked whole, with named fields.
`make texts` collects what is marked into the catalogues.
"""

from core.languages.numbers import filled as filled
from core.languages.numbers import in_digits as in_digits
from core.languages.numbers import separators as separators
from core.languages.sentences import Sentence as Sentence
from core.languages.sentences import all_of as all_of
from core.languages.sentences import counted as counted
from core.languages.sentences import first_of as first_of
from core.languages.sentences import from_plain as from_plain
from core.languages.sentences import from_text as from_text
from core.languages.sentences import heard as heard
from core.languages.sentences import one_of as one_of
from core.languages.sentences import sentence as sentence
from core.languages.sentences import sentence_of as sentence_of
from core.languages.sentences import to_plain as to_plain
from core.languages.sentences import to_text as to_text
from core.languages.sentences import together as together
from core.languages.sentences import translated as translated
from core.languages.speaking import ENGLISH as ENGLISH
from core.languages.speaking import LANGUAGES as LANGUAGES
from core.languages.speaking import PSEUDO as PSEUDO
from core.languages.speaking import ask_for_language as ask_for_language
from core.languages.speaking import class_name as class_name
from core.languages.speaking import current as current
from core.languages.speaking import english as english
from core.languages.speaking import gettext as gettext
from core.languages.speaking import mark as mark
from core.languages.speaking import ngettext as ngettext
from core.languages.speaking import pgettext as pgettext
from core.languages.speaking import use as use

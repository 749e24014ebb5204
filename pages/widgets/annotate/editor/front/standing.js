// How a correction stands: what share of it is reviewed, and whether all of it is saved.

import { element, inPercent } from "./elements.js";
import { _ } from "./language.js";

/** A share is never rounded to nothing or to everything. paints: whether classes are painted, not reviewed. */
function inWords(reviewed, paints) {
  if (reviewed === 0) return paints ? _("Nothing is painted yet") : _("Nothing is reviewed yet");
  if (reviewed === 1) return paints ? _("The whole picture is painted") : _("The whole picture is reviewed");
  const about = 100 * reviewed < 0.1 ? _("Less than ") : 100 * reviewed > 99.9 ? _("More than ") : "";
  const said = { about, share: inPercent(Math.min(Math.max(100 * reviewed, 0.1), 99.9), 1) };
  return paints ? _("{about}{share} of the picture is painted", said) : _("{about}{share} of the picture is reviewed", said);
}

export class Standing {
  constructor(paints) {
    this.paints = paints;
    this.bar = element("progress", { max: 1, value: 0 });
    const words = paints ? _("Share of the picture that is painted") : _("Share of the picture that is reviewed");
    this.bar.setAttribute("aria-label", words);
    this.reviewed = element("p", { className: "reviewed" });
    this.element = element("div", { className: "progress" }, this.reviewed, this.bar);
    this.sign = element("p", { className: "sign", attributes: { role: "status" } });
  }

  count(reviewed) {
    this.bar.value = reviewed;
    this.reviewed.textContent = inWords(reviewed, this.paints);
  }

  /** readOnly, notice: sentences of Python's; may be empty. */
  show(correction, { readOnly, notice }) {
    const [state, words] = this.inWords(correction, readOnly, notice);
    this.sign.dataset.state = state;
    this.sign.textContent = words;
  }

  inWords(correction, readOnly, notice) {
    if (readOnly) return ["locked", readOnly];
    const { trouble } = correction;
    if (trouble) return ["trouble", this.paints ? _("Not counted: {trouble}", { trouble }) : _("Not saved: {trouble}", { trouble })];
    if (this.paints) return correction.isSaved ? ["fresh", ""] : ["saving", _("Counting …")];
    if (!correction.isSaved) return ["saving", _("Saving …")];
    if (notice) return ["notice", `Saved. ${notice}`];
    if (correction.version === 0) return ["fresh", _("Nothing drawn yet. Every stroke is saved as you draw.")];
    return ["saved", _("Saved")];
  }
}

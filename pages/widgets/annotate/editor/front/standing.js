// How a correction stands: what share of it is reviewed, and whether all of it is saved.

import { element, percent } from "./elements.js";
import { _ } from "./language.js";

/** A share is never rounded to nothing or to everything. */
function inWords(reviewed) {
  if (reviewed === 0) return _("Nothing is reviewed yet");
  if (reviewed === 1) return _("The whole picture is reviewed");
  const share = Math.min(Math.max(100 * reviewed, 0.1), 99.9).toFixed(1);
  const about = 100 * reviewed < 0.1 ? _("Less than ") : 100 * reviewed > 99.9 ? _("More than ") : "";
  return _("{about}{share} of the picture is reviewed", { about, share: percent(share) });
}

export class Standing {
  constructor() {
    this.bar = element("progress", { max: 1, value: 0 });
    this.bar.setAttribute("aria-label", _("Share of the picture that is reviewed"));
    this.reviewed = element("p", { className: "reviewed" });
    this.element = element("div", { className: "progress" }, this.reviewed, this.bar);
    this.sign = element("p", { className: "sign", attributes: { role: "status" } });
  }

  count(reviewed) {
    this.bar.value = reviewed;
    this.reviewed.textContent = inWords(reviewed);
  }

  /** readOnly, notice: sentences of Python's; may be empty. */
  show(correction, { readOnly, notice }) {
    const [state, words] = this.inWords(correction, readOnly, notice);
    this.sign.dataset.state = state;
    this.sign.textContent = words;
  }

  inWords(correction, readOnly, notice) {
    if (readOnly) return ["locked", readOnly];
    if (correction.trouble) return ["trouble", _("Not saved: {trouble}", { trouble: correction.trouble })];
    if (!correction.isSaved) return ["saving", _("Saving …")];
    if (notice) return ["notice", `Saved. ${notice}`];
    if (correction.version === 0) return ["fresh", _("Nothing drawn yet. Every stroke is saved as you draw.")];
    return ["saved", _("Saved")];
  }
}

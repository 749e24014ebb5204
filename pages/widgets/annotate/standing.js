// How a correction stands: what share of it is reviewed, and whether all of it is saved.

import { element, percent } from "./elements.js";

export class Standing {
  constructor() {
    this.bar = element("progress", { max: 1, value: 0 });
    this.bar.setAttribute("aria-label", "Share of the picture that is reviewed");
    this.reviewed = element("span", { className: "reviewed" });
    this.element = element("div", { className: "progress" }, this.bar, this.reviewed);
    this.sign = element("p", { className: "sign", attributes: { role: "status" } });
  }

  count(reviewed) {
    this.bar.value = reviewed;
    const share = 100 * reviewed;
    const shown = share > 0 && share < 0.1 ? "less than 0.1" : share.toFixed(share > 99.9 && share < 100 ? 2 : 1);
    this.reviewed.textContent = `${percent(shown)} reviewed`;
  }

  /** readOnly, notice: sentences of Python's; may be empty. */
  show(correction, { readOnly, notice }) {
    const [state, words] = this.inWords(correction, readOnly, notice);
    this.sign.dataset.state = state;
    this.sign.textContent = words;
  }

  inWords(correction, readOnly, notice) {
    if (readOnly) return ["locked", readOnly];
    if (correction.trouble) return ["trouble", `Not saved: ${correction.trouble}`];
    if (!correction.isSaved) return ["saving", "Saving …"];
    if (notice) return ["notice", `Saved. ${notice}`];
    if (correction.version === 0) return ["fresh", "Nothing drawn yet. Every stroke is saved as you draw."];
    return ["saved", "Saved"];
  }
}

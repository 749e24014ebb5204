// How a correction stands: what share of it is reviewed, and whether all of it is saved.

import { element, percent } from "./elements.js";

/** A share is never rounded to nothing or to everything. done: what was done with the pixels, in a word. */
function inWords(reviewed, done) {
  if (reviewed === 0) return `Nothing is ${done} yet`;
  if (reviewed === 1) return `The whole picture is ${done}`;
  const share = Math.min(Math.max(100 * reviewed, 0.1), 99.9).toFixed(1);
  const about = 100 * reviewed < 0.1 ? "Less than " : 100 * reviewed > 99.9 ? "More than " : "";
  return `${about}${percent(share)} of the picture is ${done}`;
}

export class Standing {
  constructor(paints) {
    this.paints = paints;
    this.done = paints ? "labelled" : "reviewed";
    this.bar = element("progress", { max: 1, value: 0 });
    this.bar.setAttribute("aria-label", `Share of the picture that is ${this.done}`);
    this.reviewed = element("p", { className: "reviewed" });
    this.element = element("div", { className: "progress" }, this.reviewed, this.bar);
    this.sign = element("p", { className: "sign", attributes: { role: "status" } });
  }

  count(reviewed) {
    this.bar.value = reviewed;
    this.reviewed.textContent = inWords(reviewed, this.done);
  }

  /** readOnly, notice: sentences of Python's; may be empty. */
  show(correction, { readOnly, notice }) {
    const [state, words] = this.inWords(correction, readOnly, notice);
    this.sign.dataset.state = state;
    this.sign.textContent = words;
  }

  inWords(correction, readOnly, notice) {
    if (readOnly) return ["locked", readOnly];
    if (correction.trouble) return ["trouble", `${this.paints ? "Not counted" : "Not saved"}: ${correction.trouble}`];
    if (this.paints) return correction.isSaved ? ["fresh", ""] : ["saving", "Counting …"];
    if (!correction.isSaved) return ["saving", "Saving …"];
    if (notice) return ["notice", `Saved. ${notice}`];
    if (correction.version === 0) return ["fresh", "Nothing drawn yet. Every stroke is saved as you draw."];
    return ["saved", "Saved"];
  }
}

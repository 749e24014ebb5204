// The classes that occur in the picture: pointing highlights one, clicking isolates it, the eye hides it.

import { element, fill, icon, percent, setClass, shareInWords, swatch } from "./elements.js";

const EYE = "M1.5 8s2.4-4.3 6.5-4.3S14.5 8 14.5 8s-2.4 4.3-6.5 4.3S1.5 8 1.5 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4";
const STRIKE = "M3 13L13 3";

export class Legend {
  /** onChange: called after `lit`, `isolated` (each a class number or null) or `hidden` (a set) changed. */
  constructor(onChange) {
    this.onChange = onChange;
    this.list = element("ul");
    this.title = element("p", { className: "title" });
    this.element = element("section", { className: "legend" }, this.title, this.list);
    this.element.setAttribute("aria-label", "Classes in this picture, by share of its pixels");
    this.reset();
  }

  reset() {
    this.lit = null;
    this.isolated = null;
    this.hidden = new Set();
  }

  show(picture) {
    const confident = picture.confidences !== null;
    this.title.textContent = `Class · share of pixels${confident ? " · mean confidence" : ""}`;
    this.lit = null;
    // Of a class that this picture does not have, only the veil over all the others would show.
    if (!picture.classes.some(({ label }) => label === this.isolated)) this.isolated = null;
    this.list.replaceChildren(...picture.classes.map((each) => this.entry(picture.classOf(each.label), each)));
    this.update();
  }

  entry({ name, colour }, { label, share, confidence }) {
    const [chip, eye] = [swatch(), element("button", { type: "button", className: "eye" }, icon(EYE, STRIKE))];
    fill(chip, colour);
    const numbers = [element("span", { className: "share", textContent: shareInWords(share) })];
    const words = [name, `${shareInWords(share)} of the pixels`];
    if (confidence !== null) {
      const mean = percent(Math.round(confidence));
      numbers.push(element("span", { className: "mean", textContent: mean }));
      words.push(`mean confidence ${mean}`);
    }
    const nameText = element("span", { className: "name", textContent: name, title: name });
    const only = element("button", { type: "button", className: "only" }, chip, nameText, ...numbers);
    only.setAttribute("aria-label", `Only ${words.join(", ")}`);
    eye.setAttribute("aria-label", `Hide ${name}`);
    eye.title = `Hide ${name}`;
    const entry = element("li", { attributes: { "data-label": label } }, only, eye);

    only.addEventListener("click", () => this.isolate(this.isolated === label ? null : label));
    eye.addEventListener("click", () => this.toggle(label));
    entry.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && this.light(label));
    entry.addEventListener("pointerleave", () => this.light(null));
    // Keyboard focus highlights too; focus left by a click would leave the class highlighted.
    only.addEventListener("focus", () => only.matches(":focus-visible") && this.light(label));
    only.addEventListener("blur", () => this.light(null));
    return entry;
  }

  light(label) {
    if (this.lit === label) return;
    this.lit = label;
    this.onChange();
  }

  isolate(label) {
    if (this.isolated === label) return;
    this.isolated = label;
    if (label !== null) this.hidden.delete(label);
    this.update();
    this.onChange();
  }

  toggle(label) {
    if (!this.hidden.delete(label)) this.hidden.add(label);
    if (this.isolated === label) this.isolated = null;
    this.update();
    this.onChange();
  }

  get isAltered() {
    return this.isolated !== null || this.hidden.size > 0;
  }

  /** Isolate and hide these classes, and show all others again. */
  restore(isolated, hidden) {
    this.isolated = isolated;
    this.hidden = new Set(hidden);
    this.update();
    this.onChange();
  }

  update() {
    for (const entry of this.list.children) {
      const label = Number(entry.dataset.label);
      entry.querySelector(".only").setAttribute("aria-pressed", label === this.isolated);
      entry.querySelector(".eye").setAttribute("aria-pressed", this.hidden.has(label));
      setClass(entry, "aside", this.isolated !== null && label !== this.isolated);
      setClass(entry, "hidden", this.hidden.has(label));
    }
  }

  /** Mark the class of the pixel that is pointed at. */
  point(label) {
    for (const entry of this.list.children) {
      setClass(entry, "pointed", Number(entry.dataset.label) === label);
    }
  }
}

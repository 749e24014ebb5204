// The rows of the legend: a class, and a group of classes, which unfolds.

import { element, fill, icon, inPercent, patternOf, setClass, shareInWords, swatch } from "./elements.js";
import { _ } from "./language.js";

const EYE = "M1.5 8s2.4-4.3 6.5-4.3S14.5 8 14.5 8s-2.4 4.3-6.5 4.3S1.5 8 1.5 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4";
const STRIKE = "M3 13L13 3";
const CHEVRON = "M6 4l4 4-4 4";
const PENCIL = "M3 13l.7-3.2L10.5 3l2.5 2.5-6.8 6.8zM9 4.5L11.5 7";

/** The mark of a class of which there is something to say; what that is, is said where it stands. */
export function mark(words) {
  return element("span", { className: "mark", title: words }, icon(PENCIL));
}

/** Once for each: the mark, and the words that it stands for. */
export function markedWords(words) {
  return [...new Set(words)].flatMap((each) => [mark(""), element("span", { textContent: each })]);
}

/** The button that hides `name` and shows it again; its second line is struck through the eye. */
function eyeButton(name) {
  const title = _("Hide {name}", { name });
  const eye = element("button", { type: "button", className: "eye", title }, icon(EYE, STRIKE));
  eye.setAttribute("aria-label", title);
  return eye;
}

/** While the pointer or the keyboard is at `target`, the classes of these labels are highlighted. */
function lights(legend, target, button, labels) {
  target.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && legend.light(labels));
  target.addEventListener("pointerleave", () => legend.light(null));
  // Keyboard focus highlights too; focus left by a click would leave the class highlighted.
  button.addEventListener("focus", () => button.matches(":focus-visible") && legend.light(labels));
  button.addEventListener("blur", () => legend.light(null));
}

export class ClassRow {
  /**
   * named: the class's name, colour, meaning and mark. counted: its label, share and confidence.
   * legend: what the row tells of pointing, isolating and hiding.
   */
  constructor(named, counted, legend) {
    Object.assign(this, named, counted);
    const { name, label } = this;
    this.only = this.onlyButton();
    this.eye = eyeButton(name);
    this.element = element("li", { attributes: { "data-label": label } }, this.only, this.eye);
    this.only.addEventListener("click", () => legend.isolate(legend.isolated === label ? null : label));
    this.eye.addEventListener("click", () => legend.toggle([label]));
    lights(legend, this.element, this.only, label);
  }

  onlyButton() {
    const { name, label, colour, meaning, share, confidence } = this;
    const chip = swatch();
    fill(chip, colour);
    chip.dataset.pattern = patternOf(label);
    const numbers = [element("span", { className: "share", textContent: shareInWords(share) })];
    const words = [name, _("{share} of the pixels", { share: shareInWords(share) })];
    if (confidence !== null) {
      const mean = inPercent(Math.round(confidence));
      numbers.push(element("span", { className: "mean", textContent: mean }));
      words.push(_("mean confidence {mean}", { mean }));
    }
    if (this.mark) words.push(this.mark);
    const title = meaning ? `${name}: ${meaning}` : name;
    const nameText = element("span", { className: "name", textContent: name, title });
    const called = element("span", { className: "called" }, nameText, ...(this.mark ? [mark(this.mark)] : []));
    const only = element("button", { type: "button", className: "only" }, chip, called, ...numbers);
    only.setAttribute("aria-label", _("Only {words}", { words: words.join(", ") }));
    return only;
  }

  update({ isolated, hidden }) {
    this.only.setAttribute("aria-pressed", this.label === isolated);
    this.eye.setAttribute("aria-pressed", hidden.has(this.label));
    setClass(this.element, "aside", isolated !== null && this.label !== isolated);
    setClass(this.element, "hidden", hidden.has(this.label));
  }

  point(label) {
    setClass(this.element, "pointed", this.label === label);
  }

  /** Show the row if its class is found; returns whether it is. */
  sift(finds) {
    const isFound = finds(this);
    this.element.hidden = !isFound;
    return isFound;
  }
}

export class GroupRow {
  /** rows: the `ClassRow`s of the group that occur in the picture, the most frequent first. */
  constructor(name, rows, legend) {
    Object.assign(this, { name, rows, legend });
    this.labels = rows.map(({ label }) => label);
    this.share = rows.reduce((sum, { share }) => sum + share, 0);
    this.list = element("ul", { className: "members" }, ...rows.map((row) => row.element));
    this.list.setAttribute("aria-label", name);
    this.fold = this.foldButton();
    this.eye = eyeButton(_("all of {name}", { name }));
    const head = element("div", { className: "head" }, this.fold, this.eye);
    this.element = element("li", { className: "group" }, head, this.list);
    this.fold.addEventListener("click", () => legend.fold(name));
    this.eye.addEventListener("click", () => legend.toggle(this.labels));
    lights(legend, head, this.fold, this.labels);
  }

  foldButton() {
    const chips = this.rows.map(({ name, colour, mark: marked }) => {
      const chip = swatch();
      fill(chip, colour);
      const signs = marked ? [mark(marked)] : [];
      return element("span", { className: "chip" }, chip, element("span", { className: "name", textContent: name }), ...signs);
    });
    const title = element("span", { className: "group-name", textContent: this.name });
    const share = element("span", { className: "share", textContent: shareInWords(this.share) });
    const inside = element("span", { className: "chips" }, ...chips);
    const fold = element("button", { type: "button", className: "fold" }, icon(CHEVRON), title, inside, share);
    const names = this.rows.map(({ name }) => name).join(", ");
    const words = { name: this.name, share: shareInWords(this.share), names };
    fold.setAttribute("aria-label", _("{name}, {share} of the pixels: {names}", words));
    return fold;
  }

  update(legend) {
    const { isolated, hidden } = legend;
    this.rows.forEach((row) => row.update(legend));
    const allHidden = this.labels.every((label) => hidden.has(label));
    this.eye.setAttribute("aria-pressed", allHidden);
    setClass(this.element, "hidden", allHidden);
    setClass(this.element, "aside", isolated !== null && !this.labels.includes(isolated));
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.fold.setAttribute("aria-expanded", isOpen);
    setClass(this.element, "open", isOpen);
  }

  point(label) {
    this.rows.forEach((row) => row.point(label));
    setClass(this.element, "pointed", this.labels.includes(label));
  }

  /** Show the classes that are found, unfolded; without a search, as they were folded. */
  sift(finds, isSearching) {
    const found = this.rows.filter((row) => row.sift(finds));
    this.element.hidden = found.length === 0;
    this.open(isSearching || this.legend.open.has(this.name));
    return found.length > 0;
  }
}

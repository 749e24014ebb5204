// The classes to draw with: found by name, chosen by number keys, each with the pixels that show it. Many are
// listed by group.

import { element, fill, icon, inDigits, patternOf, setClass, swatch } from "./elements.js";
import { mark, markedWords } from "./legendrows.js";
import { _ } from "./language.js";

const CHEVRON = "M6 4l4 4-4 4";
const LOCK = "M4.5 7.5h7v5.5h-7zM6 7.5V5.5a2 2 0 0 1 4 0v2";

const KEYS = 10; // the digits choose the first classes of the list

const LONGEST_NAME = 60; // of a class

export class ClassList {
  /**
   * onChoose(number); onAdd(name): somebody wants a class that there is not; onFound(): the search has ended.
   */
  constructor({ onChoose, onAdd, onFound }) {
    this.onFound = onFound;
    this.onChoose = onChoose;
    this.onAdd = onAdd;
    this.locked = new Set();
    this.chosen = 0;
    this.names = [];
    this.entries = []; // by class number
    this.order = []; // class numbers as they are listed
    this.headings = []; // of groups: {element, labels}
    this.folded = new Set(); // the names of groups
    this.search = element("input", { type: "search", placeholder: _("Find or add a class"), className: "find" });
    this.search.setAttribute("aria-label", _("Find or add a class"));
    this.search.maxLength = LONGEST_NAME;
    this.list = element("ul");
    this.list.setAttribute("aria-label", _("Class to draw with"));
    this.add = element("button", { type: "button", className: "add", hidden: true });
    this.add.addEventListener("click", () => this.addSearched());
    this.marked = element("p", { className: "marked" });
    this.element = element("section", { className: "classes" }, this.search, this.list, this.add, this.marked);
    this.element.setAttribute("aria-label", _("Classes"));
    this.search.addEventListener("input", () => this.filter());
    this.search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const first = this.order.find((label) => !this.entries[label].hidden);
      if (first !== undefined) this.choose(first);
      else this.addSearched();
      this.search.value = "";
      this.filter();
      this.reveal();
      this.onFound();
    });
  }

  addSearched() {
    const name = this.search.value.trim();
    if (!name || this.find(name) >= 0) return;
    this.onAdd(name);
    this.search.value = "";
    this.filter();
  }

  /** The number of the class of that name; -1 if there is none. */
  find(name) {
    return this.names.findIndex((each) => each.toLowerCase() === name.toLowerCase());
  }

  /** legend: how the classes are grouped, and which have a mark with a sentence. */
  show(names, colours, { groups, marks }) {
    const shown = JSON.stringify([names, marks]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.names = names;
    this.locked.clear();
    this.headings = groups.map((group) => this.heading(group));
    const grouped = groups.flatMap(({ classes }) => classes);
    const others = [...names.keys()].filter((label) => !grouped.includes(label));
    this.order = [...grouped, ...others];
    this.entries = names.map((name, label) => this.entry(name, colours[label], label, marks[label]));
    const parts = this.headings.flatMap(({ element: head, labels }) => [head, ...labels.map((each) => this.entries[each])]);
    this.list.replaceChildren(...parts, ...others.map((label) => this.entries[label]));
    this.marked.replaceChildren(...markedWords(Object.values(marks)));
    this.choose(Math.min(this.chosen, names.length - 1));
    this.filter();
  }

  /** The name of a group, which folds its classes. */
  heading({ name, classes }) {
    const button = element("button", { type: "button", className: "fold" }, icon(CHEVRON), element("span", { textContent: name }));
    const head = element("li", { className: "group" }, button);
    button.addEventListener("click", () => {
      if (!this.folded.delete(name)) this.folded.add(name);
      this.filter();
    });
    return { element: head, button, name, labels: classes };
  }

  entry(name, colour, label, marked) {
    const chip = swatch();
    fill(chip, `rgb(${colour.join(" ")})`);
    chip.dataset.pattern = patternOf(label);
    const place = this.order.indexOf(label);
    const key = place < KEYS ? String((place + 1) % KEYS) : "";
    const pick = element(
      "button",
      { type: "button", className: "pick", title: key ? _("{name} (key {key})", { name, key }) : name },
      chip,
      element("span", { className: "called" }, element("span", { className: "name", textContent: name }), ...(marked ? [mark(marked)] : [])),
      element("span", { className: "count" }),
      element("kbd", { textContent: key, attributes: { "aria-hidden": "true" } }),
    );
    const lock = element("button", { type: "button", className: "lock", title: _("Keep {name} as it is", { name }) }, icon(LOCK));
    lock.setAttribute("aria-label", _("Keep {name} as it is", { name }));
    lock.setAttribute("aria-pressed", "false");
    pick.addEventListener("click", () => this.choose(label));
    lock.addEventListener("click", () => {
      if (!this.locked.delete(label)) this.locked.add(label);
      lock.setAttribute("aria-pressed", this.locked.has(label));
    });
    return element("li", { attributes: { "data-label": label } }, pick, lock);
  }

  choose(label) {
    if (!(label in this.names)) return;
    this.chosen = label;
    this.unfold(label);
    this.mark();
    this.reveal();
    this.onChoose(label);
  }

  /** The class of a number key: 1 is the first of the list, 0 the tenth. */
  chooseByKey(digit) {
    const label = this.order[(digit + KEYS - 1) % KEYS];
    if (label !== undefined) this.choose(label);
  }

  /** Show a class that is chosen, if its group is folded. */
  unfold(label) {
    const group = this.headings.find(({ labels }) => labels.includes(label));
    if (group && this.folded.delete(group.name)) this.filter();
  }

  /** Bring the chosen class into sight in its list; the page stays where it is. */
  reveal() {
    const entry = this.entries[this.chosen];
    if (entry.hidden) return;
    const [{ top, bottom }, frame] = [entry.getBoundingClientRect(), this.list.getBoundingClientRect()];
    this.list.scrollTop += Math.min(top - frame.top, 0) + Math.max(bottom - frame.bottom, 0);
  }

  /** The class before (-1) or after (1) the chosen one, round and round. */
  step(by) {
    const count = this.order.length;
    this.choose(this.order[(this.order.indexOf(this.chosen) + by + count) % count]);
  }

  mark() {
    for (const [label, entry] of this.entries.entries()) {
      const isChosen = label === this.chosen;
      setClass(entry, "chosen", isChosen);
      entry.querySelector(".pick").setAttribute("aria-pressed", isChosen);
    }
  }

  /** counts: of the pixels that show each class. */
  count(counts) {
    for (const [label, entry] of this.entries.entries()) {
      const count = counts[label];
      entry.querySelector(".count").textContent = count ? inDigits(count) : "";
      setClass(entry, "nowhere", count === 0);
    }
  }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    for (const [label, entry] of this.entries.entries()) {
      entry.hidden = !this.names[label].toLowerCase().includes(wanted);
    }
    for (const { element: head, button, name, labels } of this.headings) {
      const isFolded = wanted === "" && this.folded.has(name);
      head.hidden = labels.every((label) => this.entries[label].hidden);
      button.setAttribute("aria-expanded", !isFolded);
      if (isFolded) for (const label of labels) this.entries[label].hidden = true;
    }
    this.add.hidden = wanted === "" || this.find(wanted) >= 0;
    this.add.textContent = _("Add the class “{name}”", { name: this.search.value.trim() });
  }

  /** Mark the class of the pixel that is pointed at. */
  point(label) {
    for (const [own, entry] of this.entries.entries()) setClass(entry, "pointed", own === label);
  }
}

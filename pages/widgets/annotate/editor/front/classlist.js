// The classes to draw with: found by name, chosen by number keys, each with the pixels that show it.

import { element, fill, icon, setClass, swatch } from "./elements.js";

const LOCK = "M4.5 7.5h7v5.5h-7zM6 7.5V5.5a2 2 0 0 1 4 0v2";

const LONGEST_NAME = 60; // of a class

const inWords = (count) => count.toLocaleString("en");

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
    this.search = element("input", { type: "search", placeholder: "Find or add a class", className: "find" });
    this.search.setAttribute("aria-label", "Find or add a class");
    this.search.maxLength = LONGEST_NAME;
    this.list = element("ul");
    this.list.setAttribute("aria-label", "Class to draw with");
    this.add = element("button", { type: "button", className: "add", hidden: true });
    this.add.addEventListener("click", () => this.addSearched());
    this.element = element("section", { className: "classes" }, this.search, this.list, this.add);
    this.element.setAttribute("aria-label", "Classes");
    this.search.addEventListener("input", () => this.filter());
    this.search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const first = [...this.list.children].find((entry) => !entry.hidden);
      if (first) this.choose(Number(first.dataset.label));
      else this.addSearched();
      this.search.value = "";
      this.filter();
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

  show(names, colours) {
    if (String(names) === String(this.names)) return;
    this.names = names;
    this.locked.clear();
    this.list.replaceChildren(...names.map((name, label) => this.entry(name, colours[label], label)));
    this.choose(Math.min(this.chosen, names.length - 1));
    this.filter();
  }

  entry(name, colour, label) {
    const chip = swatch();
    fill(chip, `rgb(${colour.join(" ")})`);
    const key = label < 10 ? String((label + 1) % 10) : "";
    const pick = element(
      "button",
      { type: "button", className: "pick", title: key ? `${name} (key ${key})` : name },
      chip,
      element("span", { className: "name", textContent: name }),
      element("span", { className: "count" }),
      element("kbd", { textContent: key, attributes: { "aria-hidden": "true" } }),
    );
    const lock = element("button", { type: "button", className: "lock", title: `Keep ${name} as it is` }, icon(LOCK));
    lock.setAttribute("aria-label", `Keep ${name} as it is`);
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
    this.mark();
    this.onChoose(label);
  }

  /** The class before (-1) or after (1) the chosen one, round and round. */
  step(by) {
    const count = this.names.length;
    this.choose((this.chosen + by + count) % count);
    this.list.children[this.chosen].scrollIntoView({ block: "nearest" });
  }

  mark() {
    for (const entry of this.list.children) {
      const isChosen = Number(entry.dataset.label) === this.chosen;
      setClass(entry, "chosen", isChosen);
      entry.querySelector(".pick").setAttribute("aria-pressed", isChosen);
    }
  }

  /** counts: of the pixels that show each class. */
  count(counts) {
    for (const entry of this.list.children) {
      const count = counts[Number(entry.dataset.label)];
      entry.querySelector(".count").textContent = count ? inWords(count) : "";
      setClass(entry, "nowhere", count === 0);
    }
  }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    for (const entry of this.list.children) {
      entry.hidden = !this.names[Number(entry.dataset.label)].toLowerCase().includes(wanted);
    }
    this.add.hidden = wanted === "" || this.find(wanted) >= 0;
    this.add.textContent = `Add the class “${this.search.value.trim()}”`;
  }

  /** Mark the class of the pixel that is pointed at. */
  point(label) {
    for (const entry of this.list.children) setClass(entry, "pointed", Number(entry.dataset.label) === label);
  }
}

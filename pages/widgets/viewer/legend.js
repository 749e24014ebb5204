// The classes that occur in the picture: pointing highlights one, clicking isolates it, the eye hides it.
//
// Those of a network with many classes are folded by group, and found by a search.

import { element, setText } from "./elements.js";
import { _ } from "./language.js";
import { ClassRow, GroupRow, markedWords } from "./legendrows.js";

const MOST_NAMED = 3; // classes that are said not to be in the picture

const PART_FROM = 4; // letters from which the beginning of a word of a meaning is enough: "bus" is no bush

const plain = (words) => words.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
const wordsOf = (sentence) => sentence.split(/[^\p{L}\p{N}]+/u).map(plain);

/** Whether a class is what is searched for: by a part of its name or its group's, or a word of its meaning. */
export function isSought(sought, { name, meaning }, group = "") {
  const isWord = (word) => word === sought || (sought.length >= PART_FROM && word.startsWith(sought));
  return plain(name).includes(sought) || plain(group).startsWith(sought) || wordsOf(meaning).some(isWord);
}

export class Legend {
  /** onChange: called after `lit`, `isolated` (each class numbers or null) or `hidden` (a set) changed. */
  constructor(onChange) {
    this.onChange = onChange;
    this.rows = []; // of classes and of groups
    this.open = new Set(); // the names of the groups that are unfolded
    this.list = element("ul");
    this.title = element("p", { className: "title" });
    this.search = element("input", { type: "search", className: "find", placeholder: _("Find a class") });
    this.search.setAttribute("aria-label", _("Find a class in this picture"));
    this.missing = element("p", { className: "missing", attributes: { role: "status" } });
    this.marked = element("p", { className: "marked" });
    const top = element("div", { className: "top" }, this.title, this.search);
    // A group, not a region: beside another viewer's, two landmarks would have one name.
    const attributes = { role: "group" };
    this.element = element("div", { className: "legend", attributes }, top, this.list, this.missing, this.marked);
    this.element.setAttribute("aria-label", _("Classes in this picture, by share of its pixels"));
    this.search.addEventListener("input", () => this.sift());
    this.search.addEventListener("keydown", (event) => this.searchKey(event));
    this.reset();
  }

  reset() {
    this.lit = null;
    this.isolated = null;
    this.hidden = new Set();
  }

  show(picture) {
    const confident = picture.confidences !== null;
    const { names, legend } = picture.description;
    const { groups, meanings, marks, searchable } = legend;
    this.title.textContent = confident
      ? _("Class · share of pixels · mean confidence")
      : _("Class · share of pixels");
    this.lit = null;
    // Of a class that this picture does not have, only the veil over all the others would show.
    if (!picture.classes.some(({ label }) => label === this.isolated)) this.isolated = null;
    const rows = picture.classes.map((counted) => {
      const { label } = counted;
      const named = { ...picture.classOf(label), meaning: meanings[label] ?? "", mark: marks[label] ?? "" };
      return new ClassRow(named, counted, this);
    });
    this.absent = names
      .map((name, label) => ({ name, meaning: meanings[label] ?? "", label }))
      .filter(({ label }) => !rows.some((row) => row.label === label));
    this.rows = this.grouped(rows, groups);
    this.list.replaceChildren(...this.rows.map((row) => row.element));
    this.element.classList.toggle("grouped", groups.length > 0);
    this.search.hidden = !searchable;
    this.showMarks(rows);
    this.update();
    this.sift();
  }

  /** The rows of the groups that occur, the largest first, then of classes that are in none. */
  grouped(rows, groups) {
    const grouped = groups
      .map(({ name, classes }) => [name, rows.filter(({ label }) => classes.includes(label))])
      .filter(([, members]) => members.length > 0)
      .map(([name, members]) => new GroupRow(name, members, this))
      .sort((a, b) => b.share - a.share);
    const inside = new Set(grouped.flatMap(({ labels }) => labels));
    return [...grouped, ...rows.filter(({ label }) => !inside.has(label))];
  }

  /** What the marks say, once. */
  showMarks(rows) {
    const words = rows.map((row) => row.mark).filter(Boolean);
    this.marked.hidden = words.length === 0;
    this.marked.replaceChildren(...markedWords(words));
  }

  // --- what is found -----------------------------------------------------------------------------

  /** Show the classes that are searched for, or all. */
  sift() {
    const sought = this.search.hidden ? "" : plain(this.search.value);
    const inGroup = new Map(this.rows.flatMap((row) => (row.rows ?? []).map((each) => [each, row.name])));
    const finds = (row) => sought === "" || isSought(sought, row, inGroup.get(row));
    const found = this.rows.filter((row) => row.sift(finds, sought !== ""));
    setText(this.missing, sought === "" || found.length > 0 ? "" : this.nothingFound(sought));
  }

  nothingFound(sought) {
    const absent = this.absent.filter((each) => isSought(sought, each));
    if (absent.length === 0) return _("There is no such class.");
    const names = absent.slice(0, MOST_NAMED).map(({ name }) => name);
    const named = `${names.join(", ")}${absent.length > MOST_NAMED ? " …" : ""}`;
    return _("Not in this picture: {names}", { names: named });
  }

  /** Enter shows the first class found alone; Escape ends the search. */
  searchKey(event) {
    if (event.key === "Enter") {
      const first = this.classRows.find(({ element: { hidden } }) => !hidden);
      if (first && this.search.value !== "") this.isolate(first.label);
    }
    if (event.key !== "Escape" || this.search.value === "") return;
    event.preventDefault();
    event.stopPropagation(); // the classes that are hidden stay so
    this.search.value = "";
    this.sift();
  }

  get classRows() {
    return this.rows.flatMap((row) => row.rows ?? [row]);
  }

  fold(name) {
    if (!this.open.delete(name)) this.open.add(name);
    this.sift();
  }

  // --- what is shown -----------------------------------------------------------------------------

  light(labels) {
    if (this.lit === labels) return;
    this.lit = labels;
    this.onChange();
  }

  isolate(label) {
    if (this.isolated === label) return;
    this.isolated = label;
    if (label !== null) this.hidden.delete(label);
    this.update();
    this.onChange();
  }

  /** Hide these classes; if all of them are hidden, show them again. */
  toggle(labels) {
    const hides = labels.some((label) => !this.hidden.has(label));
    for (const label of labels) {
      if (hides) this.hidden.add(label);
      else this.hidden.delete(label);
    }
    if (labels.includes(this.isolated)) this.isolated = null;
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
    this.rows.forEach((row) => row.update(this));
  }

  /** Mark the class of the pixel that is pointed at. */
  point(label) {
    this.rows.forEach((row) => row.point(label));
  }
}

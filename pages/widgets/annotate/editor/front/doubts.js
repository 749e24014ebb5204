// "Next doubtful place": from one place to the next where the network is unsure and nobody has reviewed it.

import { WHOLE_PICTURE, between, inside } from "./geometry.js";
import { element } from "./elements.js";
import { button } from "./toolbox.js";
import { _ } from "./language.js";

const SPAN = 1 / 4; // of the picture that is shown around a place,
const LEAST_PIXELS = 96; // but no fewer than so many pixels across
const WAY_MS = 250; // on the way there
const MARKED_MS = 4000;
const REACH = 26; // CSS pixels of the ring around it

const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Doubts {
  /** `editor` has `correction`, `surface` and `hand`. `ask` is set before the first picture is shown. */
  constructor(editor) {
    this.editor = editor;
    this.question = null;
    this.seen = []; // [row, column] of the places where one was sent
    this.place = null; // {row, col} that is marked
    this.button = button(_("Next doubtful place"), null, () => this.next(), {
      key: "N",
      wordy: true,
      explained: _("Goes where the network is unsure and nothing is reviewed yet"),
    });
    this.words = null; // what is said of it, until `until`, and then until the pointer moves
    this.heard = element("p", { className: "unseen", attributes: { role: "status" } }); // read out, once
  }

  /** Another picture is shown. */
  start() {
    this.question = null;
    this.seen = [];
    this.leave();
  }

  next() {
    const { correction } = this.editor;
    if (correction === null || this.button.hidden) return;
    this.editor.hand.finish();
    this.question = { id: correction.id, number: Math.floor(Math.random() * 2 ** 31), seen: this.seen };
    this.ask(this.question);
  }

  follow(answer) {
    const { question } = this;
    if (!question || answer?.number !== question.number || this.editor.correction?.id !== question.id) return;
    this.question = null;
    this.leave();
    this.words = this.heard.textContent = answer.words;
    this.until = performance.now() + MARKED_MS;
    if (answer.at === null) this.seen = [];
    else {
      this.seen.push([answer.at.row, answer.at.col]);
      this.go(answer.at);
    }
    this.editor.say(this.editor.hand.pointer);
  }

  /** What is to be said instead of what is under the pointer, now that it has moved; null if that is nothing. */
  get spoken() {
    if (this.words !== null && performance.now() > this.until) this.words = null;
    return this.words;
  }

  go({ row, col }) {
    const { surface } = this.editor;
    this.place = { row, col };
    this.since = performance.now();
    surface.element.scrollIntoView({ block: "nearest" }); // on a phone the button is below the picture
    const span = Math.min(1, Math.max(SPAN, LEAST_PIXELS / surface.size.width));
    const [left, top] = [(col + 0.5) / surface.size.width - span / 2, (row + 0.5) / surface.size.height - span / 2];
    const to = inside({ left, top, span });
    const from = surface.viewport;
    const step = (now) => {
      const part = isStill() ? 1 : Math.min(1, (now - this.since) / WAY_MS);
      if (this.place?.row === row && this.place.col === col) surface.look(between(from, to, part * (2 - part)));
      if (part < 1) this.frame = requestAnimationFrame(step);
    };
    step(this.since);
    this.timer = setTimeout(() => this.unmark(), MARKED_MS);
  }

  /** Something else is done now. */
  leave() {
    this.words = null;
    this.heard.textContent = "";
    this.unmark();
  }

  unmark() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.place = null;
    this.editor.surface.schedule();
  }

  paint(context) {
    if (this.place === null) return;
    const { surface } = this.editor;
    const { x, y } = surface.onCanvas({ x: 2 * this.place.col + 1, y: 2 * this.place.row + 1 });
    context.beginPath();
    context.arc(x, y, REACH * surface.unit, 0, 2 * Math.PI);
    surface.strokeTwice(context);
  }
}

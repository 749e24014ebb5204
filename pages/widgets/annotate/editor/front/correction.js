// One picture's correction in the browser: what is shown of it, its history, and what the server has not
// saved yet. Edits count at once; the server gets them in order, each until it says that it has it.

import { fetchAgain, fetchInflated } from "./fetching.js";
import { History } from "./history.js";
import { NOT_REVIEWED, changes, checksum, packed, unpacked } from "./runs.js";
import { _ } from "./language.js";

const AGAIN_MS = 4000; // without an answer for so long, everything unsaved is sent again
const KEPT = "streetscope-unsaved-";

/** A name that no other window has. Not crypto.randomUUID: it is missing over plain http. */
function randomName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a tab has kept of a correction whose strokes were not saved when it was reloaded. */
function keptUnsaved(id) {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT + id) ?? "null");
  } catch {
    return null; // no storage in this browser
  }
}

const toBase64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const stepsOf = (pairs) =>
  pairs.map((pair) => ({ forward: unpacked(pair[0]), back: unpacked(pair[1]), packed: pair }));

export class Correction {
  /**
   * listeners: onChange({from, to} or null), the mask is another there, or everywhere; isHeld(), whether a
   * stroke is in hand, which must not be disturbed; onState(), whether it is saved has changed; onSaved(), the
   * server has something new of this window; send(message), to the server.
   */
  static async load(description, listeners) {
    const { width, height, start, mask, steps } = description;
    const [starts, masks, history] = await Promise.all([
      fetchInflated(start, width * height),
      fetchInflated(mask, width * height),
      fetchAgain(steps).then((response) => response.json()),
    ]);
    return new Correction(description, starts, masks, history, listeners);
  }

  constructor(description, start, mask, steps, { onChange, isHeld, onState, onSaved, send }) {
    this.description = description;
    this.id = description.id;
    this.size = { width: description.width, height: description.height };
    this.start = start;
    this.own = start; // what is shown of a pixel that is not reviewed, but for a suggestion
    this.startsEmpty = start.every((label) => label === NOT_REVIEWED);
    this.onChange = onChange;
    this.isHeld = isHeld;
    this.onState = onState;
    this.onSaved = onSaved;
    this.send = send;
    this.shown = new Uint8Array(mask.length);
    this.client = randomName();
    this.unsaved = []; // {n, kind, packed, version}: in order, each with the version that it was made in
    this.sent = 0; // the number of the last one sent
    this.count = 0; // of all that was ever done here
    this.inFlight = false;
    this.trouble = "";
    this.offered = description; // the server's newest state: {sum, stepsSum, mask, steps}
    this.fetched = null; // the one that is on its way
    this.adopt(mask, steps);
    this.takeUp(keptUnsaved(this.id));
  }

  /** Go on from the server's mask and history. */
  adopt(mask, { done, undone, version }) {
    this.history = new History(mask, stepsOf(done), stepsOf(undone));
    this.version = version;
    this.show(0, mask.length);
  }

  takeUp(kept) {
    if (!kept || this.description.readOnly) return;
    this.client = kept.client;
    this.unsaved = kept.unsaved;
    this.count = this.unsaved.at(-1)?.n ?? 0;
    this.reapply();
    this.flush();
  }

  get mask() {
    return this.history.mask;
  }

  /** Edits that the server has not got, on top of its mask. What was undone or done again it has lost track of. */
  reapply() {
    this.unsaved = this.unsaved.filter(({ kind }) => kind === "edit" || kind === "class");
    for (const edit of this.unsaved.filter(({ kind }) => kind === "edit")) {
      edit.version = this.version;
      const forward = this.history.edit(unpacked(edit.packed));
      if (forward) this.version += 1;
    }
    this.show(0, this.mask.length);
  }

  /** What is shown of the pixels from ... to: what was reviewed, else what the correction started from. */
  show(from, to) {
    const { mask, start, shown } = this;
    for (let i = from; i < to; i += 1) shown[i] = mask[i] === NOT_REVIEWED ? start[i] : mask[i];
  }

  // --- edits -----------------------------------------------------------------------------------

  /** An edit that is in the mask already; see `History.record`. */
  record(before, from, to) {
    const forward = this.history.record(before, from, to);
    if (forward) this.enqueue("edit", packed(forward));
    return forward !== null;
  }

  undo() {
    return this.step("undo");
  }

  redo() {
    return this.step("redo");
  }

  step(kind) {
    const runs = this.history[kind]();
    if (runs === null) return false;
    const [from, to] = [runs[0], runs.at(-3) + runs.at(-2)];
    this.show(from, to);
    this.enqueue(kind, "");
    this.onChange({ from, to });
    return true;
  }

  /** Add a class by its name; Python then says that there is one more. */
  addClass(name) {
    this.added = name;
    this.enqueue("class", toBase64(name));
  }

  enqueue(kind, bytes) {
    this.count += 1;
    this.unsaved.push({ n: this.count, kind, packed: bytes, version: this.version });
    if (kind !== "class") this.version += 1;
    this.keep();
    this.flush();
    this.onState();
  }

  // --- to the server and back ------------------------------------------------------------------

  /** One message is on its way at a time, with all that is unsaved: none can overtake or replace another. */
  flush() {
    if (this.inFlight || this.unsaved.length === 0) return;
    this.say();
  }

  say() {
    clearTimeout(this.timer);
    this.inFlight = true;
    this.attempt = (this.attempt ?? 0) + 1;
    const edits = this.unsaved.map(({ n, kind, packed: bytes, version }) => [n, kind, bytes, version]);
    this.send({ id: this.id, client: this.client, attempt: this.attempt, edits, sum: checksum(this.mask) });
    this.timer = setTimeout(() => {
      this.inFlight = false;
      this.trouble ||= _("StreetScope does not answer. Your strokes stay here and are sent again.");
      this.onState();
      this.say();
    }, AGAIN_MS);
  }

  /** What the server says of the last message that it has read. */
  async hear(answer) {
    if (answer?.client !== this.client || answer.attempt !== this.attempt || !this.inFlight) return;
    clearTimeout(this.timer);
    this.inFlight = false;
    const before = this.unsaved.length > 0 ? this.unsaved[0].n - 1 : answer.taken;
    this.unsaved = this.unsaved.filter(({ n }) => n > answer.taken);
    this.trouble = answer.trouble;
    if (answer.trouble) {
      // Tried again by itself: a full disk is emptied somewhere else. What can never be saved is not kept.
      this.timer = setTimeout(() => this.flush(), AGAIN_MS);
      if (!answer.again) this.forget();
    } else {
      this.keep();
      if (answer.taken > before) this.onSaved();
      if (answer.differs) await this.follow();
      this.flush();
    }
    this.onState();
  }

  /**
   * What the server says in each of its runs: its state, and its answer to some message. The state is taken at
   * once if it is another and nothing of our own is on the way; else the answer to that brings the next one.
   */
  listen(state, answer) {
    this.offered = state;
    this.hear(answer);
    this.catchUp();
  }

  /** Also to be called when a stroke in hand has ended in nothing. */
  catchUp() {
    if (this.inFlight || this.unsaved.length > 0 || this.isHeld() || this.hasOffered) return;
    this.follow();
  }

  get hasOffered() {
    const { sum, stepsSum } = this.offered;
    if (sum !== checksum(this.mask)) return false;
    return stepsSum === checksum(new TextEncoder().encode(this.history.written(this.version)));
  }

  /** Take the server's mask and history, and put on top what has been done here meanwhile. */
  async follow() {
    const state = this.offered;
    if (this.fetched === state) return;
    this.fetched = state;
    const { width, height } = this.size;
    try {
      const [mask, history] = await Promise.all([
        fetchInflated(state.mask, width * height),
        fetchAgain(state.steps).then((response) => response.json()),
      ]);
      // Overtaken by a newer one, which comes here itself; or a stroke has begun, whose end does.
      if (state !== this.offered || this.isHeld()) return;
      this.adopt(mask, history);
      this.reapply();
      this.onChange(null);
      this.onState();
    } catch (error) {
      console.warn("The server's mask could not be loaded.", error);
      this.trouble = _("The picture could not be loaded again. Reload the page to go on from what is saved.");
    } finally {
      if (this.fetched === state) this.fetched = null;
    }
  }

  /** What is unsaved outlives a reload of the page. */
  keep() {
    try {
      if (this.unsaved.length === 0) sessionStorage.removeItem(KEPT + this.id);
      else sessionStorage.setItem(KEPT + this.id, JSON.stringify({ client: this.client, unsaved: this.unsaved }));
    } catch {
      // No storage in this browser, or it is full: the strokes are still here until the page is left.
    }
  }

  forget() {
    try {
      sessionStorage.removeItem(KEPT + this.id);
    } catch {
      // as above
    }
  }

  /** Say nothing any more: what is unsaved waits in the tab until the picture is opened again. */
  close() {
    clearTimeout(this.timer);
    this.send = () => {};
    this.onState = () => {};
  }

  // --- a suggestion ----------------------------------------------------------------------------

  /** Show a suggestion in the place of what was not reviewed; null shows the start again. */
  preview(labels) {
    if (labels === null && !this.isPreview) return;
    this.start = labels ?? this.own;
    this.isPreview = labels !== null;
    this.show(0, this.mask.length);
    this.onChange(null);
  }

  /** What the suggestion that is shown would change: for each class, the pixels that would become it. */
  changed() {
    const { mask, start, own } = this;
    const counts = new Uint32Array(256);
    if (start === own) return counts;
    for (let i = 0; i < mask.length; i += 1) {
      if (mask[i] === NOT_REVIEWED && changes(own[i], start[i])) counts[start[i]] += 1;
    }
    return counts;
  }

  get isSaved() {
    return this.unsaved.length === 0;
  }

  /** The share of the pixels that was reviewed. */
  get reviewed() {
    let count = 0;
    for (let i = 0; i < this.mask.length; i += 1) count += this.mask[i] !== NOT_REVIEWED;
    return count / this.mask.length;
  }

  /** For each value a byte can have: the pixels that show it. */
  counts() {
    const counts = new Uint32Array(256);
    for (let i = 0; i < this.shown.length; i += 1) counts[this.shown[i]] += 1;
    return counts;
  }
}

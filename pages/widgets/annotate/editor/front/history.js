// A mask with its last edits, which can be undone and done again exactly; core.annotation.history is another
// one, of the same edits.

import { apply, between, extent, packed } from "./runs.js";

export const MOST_STEPS = 100;

export class History {
  /** mask: Uint8Array, changed in place. done, undone: edits {forward, back}, each of them runs. */
  constructor(mask, done = [], undone = []) {
    this.mask = mask;
    this.done = done;
    this.undone = undone;
  }

  /** Change the mask; whatever was undone is gone. The runs that made a difference, or null. */
  edit(runs) {
    if (runs.length === 0) return null;
    const { from, to } = extent(runs);
    const before = this.mask.slice(from, to);
    apply(this.mask, runs);
    return this.record(before, from, to);
  }

  /** Keep an edit that is in the mask already. before: the mask's pixels from ... to as they were. */
  record(before, from, to) {
    const forward = between(before, this.mask, from, to, from);
    if (forward.length === 0) return null;
    const after = this.mask.slice(from, to);
    const back = between(after, before, 0, to - from);
    for (let i = 0; i < back.length; i += 3) back[i] += from;
    this.done.push({ forward, back });
    if (this.done.length > MOST_STEPS) this.done.shift();
    this.undone = [];
    return forward;
  }

  /** What can be undone and done again, as `steps` in packing.py writes it. */
  written(version) {
    const pairs = (edits) => edits.map((edit) => (edit.packed ??= [packed(edit.forward), packed(edit.back)]));
    return JSON.stringify({ version, done: pairs(this.done), undone: pairs(this.undone) });
  }

  /** Take the last edit back; the runs that changed the mask, or null. */
  undo() {
    const edit = this.done.pop();
    if (!edit) return null;
    apply(this.mask, edit.back);
    this.undone.push(edit);
    return edit.back;
  }

  redo() {
    const edit = this.undone.pop();
    if (!edit) return null;
    apply(this.mask, edit.forward);
    this.done.push(edit);
    return edit.forward;
  }
}

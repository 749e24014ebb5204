// The look of a picture: the part of it that is shown, and the classes that are isolated or hidden. Python is told
// of it once it rests, and may say another: a page's address keeps it.

import { clamp, inside } from "./geometry.js";

const REST_MS = 500; // zooming and hiding come in turns of a wheel and rows of clicks

export class Looks {
  /** `viewer` has `viewport`, `legend`, `data` and `wanted`; it moves by `moveTo` and sends by `send`. */
  constructor(viewer) {
    this.viewer = viewer;
    this.known = null; // the look that Python knows of or will be told, as text
    this.said = null; // what Python said last, as text
    this.sequence = 0;
    this.unanswered = false;
    this.isRestoring = false;
    this.timer = null;
  }

  now() {
    const { viewport, legend } = this.viewer;
    const { left, top, span } = viewport;
    return { left, top, span, isolated: legend.isolated, hidden: [...legend.hidden].sort((a, b) => a - b) };
  }

  /** Something may have changed. `isTold`: whether Python should hear of it, as it was done here. */
  note({ isTold }) {
    const now = JSON.stringify(this.now());
    if (now === this.known || this.isRestoring) return;
    this.known = now;
    if (!isTold) return;
    this.sequence += 1;
    this.unanswered = true;
    clearTimeout(this.timer);
    const look = { ...this.now(), picture: this.viewer.wanted.id, sequence: this.sequence };
    this.timer = setTimeout(() => this.viewer.send("look", look), REST_MS);
  }

  /** Follow the look that Python says when it is another; one that was overtaken by what was done here is not. */
  follow({ look, lookEcho }) {
    if (look === null || (this.unanswered && lookEcho < this.sequence)) return;
    const said = JSON.stringify(look);
    const isAnswer = this.unanswered;
    this.sequence = Math.max(this.sequence, lookEcho);
    this.unanswered = false;
    if (said !== this.said && !isAnswer) this.restore(look);
    this.said = said;
  }

  restore({ left, top, span, isolated, hidden }) {
    const { viewer } = this;
    this.isRestoring = true; // the steps on the way are no news
    viewer.moveTo(inside({ left, top, span: clamp(span, viewer.leastSpan, 1) }), { smooth: false });
    viewer.legend.restore(isolated, hidden);
    this.isRestoring = false;
    this.note({ isTold: false });
  }

  /** Another picture takes the place of this one: what was to be told of this one is not. */
  drop() {
    clearTimeout(this.timer);
    this.unanswered = false;
  }

  /** What a viewer that is rebuilt goes on with. */
  get legacy() {
    return { known: this.known, said: this.said };
  }

  inherit({ known, said }) {
    this.known = known;
    this.said = said;
  }
}

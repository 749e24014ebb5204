// Turns mouse, pen, fingers and wheel on the picture into drawing, moving and zooming.

import { setClass } from "./elements.js";
import { Gestures } from "./gestures.js";

const NOTCH = 40; // of a wheel that sets the brush's size, at least

/**
 * As the viewer's gestures, but pressing draws. `target` is told, in places (fractions of the canvas):
 *
 *   begin(place, event), draw(places, event), end(event), giveUp(), click(place, event), closeShape(),
 *   resize(steps), and of the viewer's point, zoom, pan, pinch, wheelScrolls;
 *
 * and asked `moves()`: whether pressing moves the picture now.
 */
export class Drawing extends Gestures {
  down(event) {
    this.canvas.focus({ preventScroll: true, focusVisible: false });
    if (event.pointerType === "mouse" && event.button === 2) return;
    if (event.button === 1) event.preventDefault(); // no scrolling by the middle button
    this.pointers.set(event.pointerId, event);
    this.canvas.setPointerCapture(event.pointerId);
    if (this.pointers.size > 1) {
      // The first finger was the beginning of a pinch.
      if (this.draws) this.target.giveUp();
      this.draws = false;
      this.pans = true;
      return;
    }
    this.start = event;
    this.pans = event.button === 1 || this.target.moves();
    this.draws = !this.pans;
    this.target.point(this.placeOf(event));
    if (this.draws) this.target.begin(this.placeOf(event), event);
  }

  movePointer(event) {
    const last = this.pointers.get(event.pointerId);
    this.last = event;
    if (event.pointerType !== "touch" || last) this.target.point(this.placeOf(event));
    if (!last) return;
    if (this.pointers.size === 2) this.pinchTo(event);
    else if (this.pans) this.moveTo(event, last);
    else if (this.draws) {
      const between = event.getCoalescedEvents?.() ?? [];
      this.target.draw((between.length ? between : [event]).map((each) => this.placeOf(each)), event);
    }
    this.pointers.set(event.pointerId, event);
  }

  moveTo(event, last) {
    setClass(this.canvas, "dragging", true);
    const [from, to] = [this.placeOf(last), this.placeOf(event)];
    this.target.pan(to.x - from.x, to.y - from.y);
  }

  up(event) {
    if (!this.pointers.has(event.pointerId)) return;
    if (this.draws) this.target.end(event);
    this.release(event);
    if (event.pointerType === "touch") this.target.point(null);
  }

  cancel(event) {
    if (this.draws) this.target.giveUp();
    this.release(event);
  }

  release(event) {
    super.release(event);
    this.draws = false;
    this.pans = this.pointers.size > 0; // after a pinch the finger that stays goes on moving
  }

  click() {}

  doubleClick(event) {
    event.preventDefault();
    this.target.closeShape(event);
  }

  wheel(event) {
    if (!event.altKey) {
      super.wheel(event);
      return;
    }
    event.preventDefault();
    if (Math.abs(event.deltaY) < NOTCH && event.timeStamp - (this.resized ?? 0) < 40) return; // a touch pad's many
    this.resized = event.timeStamp;
    this.target.resize(event.deltaY < 0 ? 1 : -1);
  }

  key() {} // all keys are the editor's
}

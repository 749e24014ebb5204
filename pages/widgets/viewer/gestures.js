// Turns mouse, fingers, wheel and keys on the picture into actions.

import { setClass } from "./elements.js";

const DRAG_THRESHOLD = { mouse: 4, pen: 6, touch: 10 }; // CSS pixels that a click may move
const WHEEL_LINE = 16; // CSS pixels, where a wheel counts in lines
const WHEEL_MOST = 480; // of one event, which may stand for several notches or a whole page
const WHEEL_STRENGTH = 0.0022; // a notch of 100 magnifies by a quarter
const PINCH_STRENGTH = 0.01; // a touch pad's pinch comes as a wheel in small steps, with Control
const NOTCH_FROM = 50; // a wheel's notch moves at least so far; what is less comes from a touch pad

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * Listen to a canvas. `target` is told, in places (fractions of the canvas):
 *
 *   point(place or null), choose(place, again), zoom(factor, place, {smooth}), pan(x, y), fit(),
 *   pinch(from, to, factor), move(rows, cols), chooseHovered(), zoomByKey(factor), help(), wheelScrolls(),
 *   chooseLast(place)
 *
 * and asked `isWhole()` (nothing to pan), `canZoom(factor)`, `followsFinger()` (one finger points).
 */
export class Gestures {
  constructor(canvas, target) {
    this.canvas = canvas;
    this.target = target;
    this.pointers = new Map(); // the pointers that are down, by id: their last position in CSS pixels
    this.start = null; // where the first went down
    this.dragged = false; // whether the gesture is no longer a click
    this.pressed = null; // the place at which the pointer went up
    this.last = null; // the pointer's last position

    const listen = (type, method, options) => canvas.addEventListener(type, (event) => this[method](event), options);
    listen("pointerdown", "down");
    listen("pointermove", "movePointer");
    listen("pointerup", "up");
    listen("pointercancel", "cancel");
    listen("pointerleave", "leave");
    listen("click", "click");
    listen("dblclick", "doubleClick");
    listen("keydown", "key");
    listen("wheel", "wheel", { passive: false });
    // We handle two fingers: without this the browser would scroll the page.
    for (const type of ["touchstart", "touchmove"]) {
      canvas.addEventListener(type, (event) => event.touches.length > 1 && event.cancelable && event.preventDefault(), {
        passive: false,
      });
    }
  }

  placeOf({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
  }

  down(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    this.pointers.set(event.pointerId, event);
    if (this.pointers.size === 1) {
      this.start = event;
      this.dragged = false;
      if (this.pointsByFinger(event)) this.target.point(this.placeOf(event));
    } else {
      this.dragged = true; // two fingers never choose
    }
  }

  pointsByFinger(event) {
    return event.pointerType === "touch" && this.pointers.size === 1 && this.target.followsFinger();
  }

  movePointer(event) {
    if (event.pointerType !== "touch" || this.pointsByFinger(event)) this.target.point(this.placeOf(event));
    this.last = event;
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    if (this.pointers.size === 2) this.pinchTo(event);
    else if (this.pointers.size === 1 && !this.pointsByFinger(event)) this.dragTo(event, last);
    this.pointers.set(event.pointerId, event);
  }

  dragTo(event, last) {
    const wandered = Math.hypot(event.clientX - this.start.clientX, event.clientY - this.start.clientY);
    if (!this.dragged && wandered > (DRAG_THRESHOLD[event.pointerType] ?? DRAG_THRESHOLD.touch)) {
      this.dragged = true;
      this.canvas.setPointerCapture(event.pointerId);
      last = this.start; // the position held until now
    }
    if (!this.dragged || this.target.isWhole()) return;
    setClass(this.canvas, "dragging", true);
    const [from, to] = [this.placeOf(last), this.placeOf(event)];
    this.target.pan(to.x - from.x, to.y - from.y);
  }

  pinchTo(event) {
    const others = [...this.pointers.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
    const [before, after] = [this.pointers.get(event.pointerId), event].map((moving) => this.pair(moving, others[0]));
    if (before.distance > 0) this.target.pinch(before.middle, after.middle, after.distance / before.distance);
  }

  pair(one, other) {
    const middle = { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
    const distance = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    return { middle: this.placeOf(middle), distance };
  }

  up(event) {
    // A click's own coordinates are whole CSS pixels in some browsers, coarser than the pointer;
    // those of the pointer going up are exact.
    this.pressed = this.placeOf(event);
    if (!this.dragged && this.pointsByFinger(event)) {
      this.dragged = true; // it has chosen here, and the click that may follow must not
      this.target.chooseLast(this.pressed);
    }
    this.release(event);
  }

  cancel(event) {
    this.dragged = true; // the browser scrolls the page with it
    this.release(event);
  }

  release(event) {
    this.pointers.delete(event.pointerId);
    setClass(this.canvas, "dragging", false);
    // After a pinch the finger that stays goes on panning from where it is.
    this.start = [...this.pointers.values()][0] ?? null;
  }

  leave(event) {
    if (!this.pointers.has(event.pointerId)) this.target.point(null);
  }

  click(event) {
    const place = this.pressed ?? this.placeOf(event);
    this.pressed = null;
    if (!this.dragged) this.target.choose(place, event.detail > 1);
    this.dragged = false;
  }

  doubleClick(event) {
    event.preventDefault();
    this.target.fit();
  }

  /** With Control (or Command) the wheel zooms, in and out; without, it scrolls the page, up and down. */
  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) {
      this.target.wheelScrolls();
      return;
    }
    event.preventDefault(); // at the limits too: the browser would zoom the whole page
    const unit = [1, WHEEL_LINE, this.canvas.clientHeight][event.deltaMode];
    const delta = Math.max(-WHEEL_MOST, Math.min(WHEEL_MOST, event.deltaY * unit));
    const isNotch = Math.abs(delta) >= NOTCH_FROM;
    const factor = Math.exp(-delta * (isNotch ? WHEEL_STRENGTH : PINCH_STRENGTH));
    if (delta === 0 || !this.target.canZoom(factor)) return;
    this.target.zoom(factor, this.placeOf(this.precise(event)), { smooth: isNotch });
  }

  /** A wheel's own coordinates are whole CSS pixels in some browsers; the pointer's are finer. */
  precise(event) {
    const { last } = this;
    const isHere = last && Math.hypot(last.clientX - event.clientX, last.clientY - event.clientY) < 1.5;
    return isHere ? last : event;
  }

  key(event) {
    // With Alt, Control or Meta, keys belong to the browser.
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? 10 : 1;
    if (arrow) this.target.move(arrow[0] * step, arrow[1] * step);
    else if (event.key === "Enter") this.target.chooseHovered();
    else if (event.key === "+" || event.key === "=") this.target.zoomByKey(1);
    else if (event.key === "-" || event.key === "_") this.target.zoomByKey(-1);
    else if (event.key === "0") this.target.fit();
    else if (event.key === "?") this.target.help();
    else return;
    event.preventDefault();
  }
}

// How much room a canvas has on the page; and fingers for canvases that only know a mouse.

const STEP = 8; // pixels: a scroll bar that comes and goes changes nothing
const SLACK = 6; // pixels that a finger may move before it draws, while another one may still come

const rooms = new WeakMap();

/**
 * A canvas that is emptied and removed in the same moment, as by "Undo" and "Editor" on a busy machine, is there
 * no more when the library comes to clear it. Nothing is lost by that, and nobody needs to hear of it. The canvas
 * is then gone, and so is its room: this stays for as long as the window.
 */
window.addEventListener("unhandledrejection", (event) => {
  const { message, stack } = event.reason instanceof TypeError ? event.reason : {};
  if (message?.includes("clearRect") && stack?.includes("streamlit-drawable-canvas")) event.preventDefault();
});

export default function room({ parentElement, data, setStateValue }) {
  let known = rooms.get(parentElement);
  if (known === undefined) {
    known = new Room(parentElement);
    rooms.set(parentElement, known);
  }
  known.update(data.room, (value) => setStateValue("room", value));
  return () => {
    known.close();
    rooms.delete(parentElement);
  };
}

class Room {
  constructor(parent) {
    this.place = Object.assign(document.createElement("div"), { className: "room" });
    parent.append(this.place);
    this.watch = new ResizeObserver(() => this.measure());
    this.fingers = new Fingers();
  }

  update(told, tell) {
    this.told = JSON.stringify(told);
    this.tell = tell;
    this.watch.disconnect();
    this.watch.observe(this.place); // measures at once
  }

  measure() {
    const width = Math.floor(this.place.clientWidth / STEP) * STEP;
    if (width === 0) return;
    const found = { width, height: window.innerHeight };
    const text = JSON.stringify(found);
    if (text === this.told) return;
    this.told = text;
    this.tell(found);
  }

  close() {
    this.watch.disconnect();
    this.fingers.close();
    this.place.remove();
  }
}

/** One finger is a mouse whose left button is down, two move the page. */
class Fingers {
  constructor() {
    this.aim = null; // what the finger draws on
    this.begin = null; // where it came down, until it draws
    this.middle = null; // of two fingers
    const options = { capture: true, passive: false };
    this.heard = ["touchstart", "touchmove", "touchend", "touchcancel"].map((kind) => {
      const hear = (event) => this[kind](event);
      document.addEventListener(kind, hear, options);
      return () => document.removeEventListener(kind, hear, options);
    });
  }

  close() {
    for (const leave of this.heard) leave();
  }

  touchstart(event) {
    const target = canvasUnder(event.composedPath()[0]);
    if (target === null) return;
    take(event);
    if (event.touches.length === 1) {
      this.aim = target;
      this.begin = event.touches[0];
      this.middle = null;
    } else if (this.begin !== null) {
      this.begin = null; // it has not drawn yet: both move the page
      this.middle = middleOf(event.touches);
    }
  }

  touchmove(event) {
    if (this.aim === null) return;
    take(event);
    const [finger] = event.touches;
    if (this.middle !== null && event.touches.length > 1) {
      const middle = middleOf(event.touches);
      scrollerOf(this.aim).scrollBy(this.middle.x - middle.x, this.middle.y - middle.y);
      this.middle = middle;
    } else if (this.middle === null) {
      if (this.begin !== null) {
        const far = Math.hypot(finger.clientX - this.begin.clientX, finger.clientY - this.begin.clientY);
        if (far < SLACK) return;
        this.press();
      }
      mouse("mousemove", this.aim, finger, 1);
    }
  }

  touchend(event) {
    if (this.aim === null) return;
    take(event);
    if (event.touches.length > 0) return;
    if (this.begin !== null) this.press(); // a tap
    if (this.middle === null) mouse("mouseup", this.aim, event.changedTouches[0], 0);
    this.aim = this.begin = this.middle = null;
  }

  touchcancel(event) {
    this.touchend(event);
  }

  press() {
    mouse("mousemove", this.aim, this.begin, 0); // the canvas looks then at what is under the mouse
    mouse("mousedown", this.aim, this.begin, 1);
    this.begin = null;
  }
}

/** The drawable canvas that was touched; its tools lie over its corner, unseen until a mouse comes. */
function canvasUnder(touched) {
  if (!(touched instanceof Element)) return null;
  if (touched.matches(".dc-container .upper-canvas")) return touched;
  const tools = touched.closest(".dc-toolbar");
  const unseen = tools !== null && getComputedStyle(tools).opacity === "0";
  return unseen ? tools.closest(".dc-root").querySelector(".upper-canvas") : null;
}

function take(event) {
  event.preventDefault();
  event.stopPropagation();
}

function middleOf(touches) {
  const [a, b] = touches;
  return { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 };
}

function mouse(kind, target, { clientX, clientY }, buttons) {
  const options = { clientX, clientY, buttons, button: 0, bubbles: true, composed: true, cancelable: true };
  target.dispatchEvent(new MouseEvent(kind, { ...options, view: window }));
}

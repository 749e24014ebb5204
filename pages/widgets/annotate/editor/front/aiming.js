// Drawing without a mouse: arrow keys bring the pointer to a pixel, and Enter draws there.

import { centreOf, clamp, sameViewport, showing, toPlace } from "./geometry.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const STEP = 8; // pixels
const MIDDLE = { x: 0.5, y: 0.5 };

export class Aiming {
  /** `editor` has `surface`, `hand` and `spoken`, in which screen readers hear where the pointer has come to. */
  constructor(editor) {
    this.editor = editor;
    this.place = null; // to which keys have brought the pointer
    editor.surface.marksLayer.addEventListener("blur", () => editor.spoken.setAttribute("aria-live", "off"));
  }

  /** Whether keys and not a mouse have brought the pointer to where it is. */
  get aims() {
    return this.place !== null && this.editor.hand.pointer === this.place;
  }

  /** What a key does while the picture has the focus; null if that is nothing. */
  actionOf(key, event) {
    const { hand, surface } = this.editor;
    if (event.composedPath()[0] !== surface.marksLayer || surface.correction === null) return null;
    if (key in ARROWS) {
      const step = event.shiftKey ? 1 : STEP;
      const [down, across] = ARROWS[key];
      return () => this.move(down * step, across * step);
    }
    if (key !== "Enter" || !this.aims || hand.moves()) return null;
    return hand.tool === "polygon" && hand.polygon.endsAt(this.place) ? null : () => this.press(event);
  }

  move(down, across) {
    const { hand, surface, spoken } = this.editor;
    const { row, col } = surface.pixelAt(hand.pointer ?? MIDDLE);
    const { width, height } = surface.size;
    const to = { row: clamp(row + down, 0, height - 1), col: clamp(col + across, 0, width - 1) };
    const spot = centreOf(to, surface.size);
    const seen = showing(surface.viewport, spot);
    if (!sameViewport(seen, surface.viewport)) surface.look(seen);
    this.place = toPlace(spot, surface.viewport);
    spoken.setAttribute("aria-live", "polite");
    hand.point(this.place);
  }

  press(event) {
    const { hand } = this.editor;
    hand.begin(this.place, event);
    hand.end();
    hand.point(this.place);
  }

  /** The chosen pixel's mark, where no tool shows its own. */
  paint() {
    if (this.aims) this.editor.surface.markPixel(this.editor.surface.pixelAt(this.place));
  }
}

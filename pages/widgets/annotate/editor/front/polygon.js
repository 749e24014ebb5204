// The polygon that is being drawn, corner by corner.

const CLOSE_BY = 10; // CSS pixels from the first corner, which close it

export class Polygon {
  /** surface: under it. onClose(corners, event): a polygon is whole; its corners are in half pixels. */
  constructor(surface, onClose) {
    this.surface = surface;
    this.onClose = onClose;
    this.corners = [];
  }

  drop() {
    this.corners = [];
    this.surface.schedule();
  }

  add(place, event) {
    const corner = this.surface.pointAt(place, 2);
    const last = this.corners.at(-1);
    if (this.corners.length > 2 && this.isNear(this.corners[0], corner)) this.close(event);
    else if (!last || last.x !== corner.x || last.y !== corner.y) this.corners.push(corner);
    this.surface.schedule();
  }

  /** Whether the last corner is at a place. */
  endsAt(place) {
    const [last, here] = [this.corners.at(-1), this.surface.pointAt(place, 2)];
    return last !== undefined && last.x === here.x && last.y === here.y;
  }

  isNear(a, b) {
    const [from, to] = [this.surface.onCanvas(a), this.surface.onCanvas(b)];
    return Math.hypot(from.x - to.x, from.y - to.y) < CLOSE_BY * this.surface.unit;
  }

  close(event) {
    if (this.corners.length > 2) this.onClose(this.corners, event);
    this.drop();
  }

  /** What a key does while a polygon is being drawn; null if that is nothing. */
  actionOf(key, event) {
    if (this.corners.length === 0) return null;
    if (key === "Enter") return () => this.close(event);
    if (key === "Escape") return () => this.drop();
    if (key !== "Backspace") return null;
    return () => {
      this.corners.pop();
      this.surface.schedule();
    };
  }

  /** pointer: the place of the next corner, or null. */
  paint(context, pointer) {
    if (this.corners.length === 0) return;
    const { surface } = this;
    const points = this.corners.map((corner) => surface.onCanvas(corner));
    if (pointer) points.push(surface.onCanvas(surface.pointAt(pointer, 2)));
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x, y);
    surface.strokeTwice(context);
    context.beginPath();
    context.arc(points[0].x, points[0].y, 4 * surface.unit, 0, 2 * Math.PI);
    surface.strokeTwice(context);
  }
}

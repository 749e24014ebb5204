// A canvas that keeps what is painted on it, as far as the viewer's painting needs one: Node has none.

/** Coverage is kept pixel by pixel for whole rectangles and images; paths are kept as they were drawn. */
export class Canvas {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.context = new Context(this);
  }

  getContext() {
    return this.context;
  }

  /** [red, green, blue, alpha] of the image last put on the canvas. */
  pixel(x, y) {
    const at = 4 * (y * this.width + x);
    return [...this.context.image.data.subarray(at, at + 4)];
  }
}

class Context {
  constructor(canvas) {
    this.canvas = canvas;
    this.image = null;
    this.drawn = []; // arguments of drawImage
    this.filled = []; // rectangles [x, y, width, height], each with how it was laid over what was there
    this.strokes = []; // {path, width, style}
    this.cleared = [];
    this.globalCompositeOperation = "source-over";
    this.path = [];
  }

  createImageData(width, height) {
    return { data: new Uint8ClampedArray(4 * width * height), width, height };
  }

  putImageData(image) {
    this.image = image;
  }

  drawImage(...values) {
    this.drawn.push(values);
  }

  fillRect(...rectangle) {
    this.filled.push({ rectangle, operation: this.globalCompositeOperation });
  }

  clearRect(...rectangle) {
    this.cleared.push(rectangle);
  }

  beginPath() {
    this.path = [];
  }

  closePath() {}

  fill() {}

  rect(left, top, width, height) {
    this.path.push(["rect", left, top, width, height]);
  }

  arc(x, y, radius) {
    this.path.push(["arc", x, y, radius]);
  }

  moveTo(x, y) {
    this.path.push(["move", x, y]);
  }

  lineTo(x, y) {
    this.path.push(["line", x, y]);
  }

  stroke() {
    this.strokes.push({ path: [...this.path], width: this.lineWidth, style: this.strokeStyle });
  }
}

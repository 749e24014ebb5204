// The pixel viewer's front end: a photo under its coloured mask, read pixel by pixel.
//
// The browser holds the label map and the confidences, so pointing at a pixel and choosing one are
// answered here, at once. Python is told which pixel was chosen and answers with `data`, which this
// module follows: see `update` for how the two are kept from pulling at each other.
//
// Everywhere here a pixel is {row, col} of the picture at its working size, counted from 0.

/** The window: a chosen pixel and its neighbours on the row (core.segmentation has the same rule). */
const NEIGHBOURS_BEFORE = 10;
const WINDOW_LENGTH = 21;

const STARTING_OPACITY = 55; // per cent: colours are plain, the photo still shows through
const SEND_DELAY_MS = 120; // a held arrow key repeats some 30 times a second
const LOAD_ATTEMPTS = 4;
const HELP = "Click a pixel to read it. Arrow keys move it by 1, with Shift by 10.";

/** How the picture lies in its canvas: `scale` 1 shows all of it; offsets are in picture pixels. */
const WHOLE_PICTURE = Object.freeze({ scale: 1, offsetX: 0, offsetY: 0 });

// --- pixels and places ---------------------------------------------------------------------------

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/**
 * The pixel at a place of the canvas; (0, 0) is its upper left corner, (1, 1) its lower right.
 *
 * Floor and clamp, never round: rounding would move the right half of each pixel to the next one,
 * and the last edge of the canvas would lie outside the picture.
 */
function toPixel(place, view, size) {
  const col = Math.floor(view.offsetX + (place.x * size.width) / view.scale);
  const row = Math.floor(view.offsetY + (place.y * size.height) / view.scale);
  return { row: clamp(row, 0, size.height - 1), col: clamp(col, 0, size.width - 1) };
}

/** The reverse: the place of a pixel's upper left corner. */
function toDisplay(pixel, view, size) {
  return {
    x: ((pixel.col - view.offsetX) * view.scale) / size.width,
    y: ((pixel.row - view.offsetY) * view.scale) / size.height,
  };
}

/** The chosen pixel's window: at an edge it slides, so that there are always 21 if there can be. */
function windowAround({ row, col }, width) {
  const length = Math.min(WINDOW_LENGTH, width);
  const first = clamp(col - NEIGHBOURS_BEFORE, 0, width - length);
  return { row, first, last: first + length - 1 };
}

const samePixel = (a, b) => a !== null && b !== null && a.row === b.row && a.col === b.col;

// --- words ---------------------------------------------------------------------------------------

const percent = (number) => `${number}\u00a0%`;

function shareInWords(share) {
  const number = 100 * share;
  return number < 0.1 ? `<\u2009${percent(0.1)}` : percent(number.toFixed(1));
}

// --- the picture ---------------------------------------------------------------------------------

/**
 * Fetch, trying again for a moment: Streamlit drops a media file while a run that was cut short is
 * followed by the one that names it again.
 */
async function fetchAgain(address) {
  for (let attempt = 1; ; attempt += 1) {
    // Relative to the page, as Streamlit's own files are: right below any base path.
    const response = await fetch(new URL(address, document.baseURI));
    if (response.ok) return response;
    if (attempt === LOAD_ATTEMPTS) throw new Error(`${response.status} for ${address}`);
    await new Promise((resolve) => setTimeout(resolve, 150 * 2 ** attempt));
  }
}

async function loadPhoto(address) {
  return createImageBitmap(await (await fetchAgain(address)).blob());
}

/** The label map and the confidences (per cent): one byte a pixel each, row by row. */
async function loadMaps(address, count) {
  const { body } = await fetchAgain(address);
  const inflated = new Response(body.pipeThrough(new DecompressionStream("deflate")));
  const bytes = new Uint8Array(await inflated.arrayBuffer());
  if (bytes.length !== 2 * count) throw new Error(`${bytes.length} bytes for ${count} pixels`);
  return { labels: bytes.subarray(0, count), confidences: bytes.subarray(count) };
}

/** The mask as a canvas of one canvas pixel a picture pixel, to be scaled when it is painted. */
function paintMaskOnce(labels, { width, height, colours }) {
  const mask = document.createElement("canvas");
  mask.width = width;
  mask.height = height;
  // Four bytes at a time. What is no class keeps the table's zeros: transparent.
  const table = new Uint32Array(256);
  const tableBytes = new Uint8Array(table.buffer);
  colours.forEach((colour, label) => tableBytes.set([...colour, 255], 4 * label));
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < labels.length; i += 1) pixels[i] = table[labels[i]];
  mask.getContext("2d").putImageData(image, 0, 0);
  return mask;
}

/** The classes that occur, the most frequent first: [{label, share}], shares of all pixels. */
function sharesOf(labels) {
  const counts = new Uint32Array(256);
  for (const label of labels) counts[label] += 1;
  return [...counts]
    .map((count, label) => ({ label, share: count / labels.length }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}

/** One photo with its maps, decoded and ready to be painted and read. */
class Picture {
  static async load(description) {
    const { photo, maps, width, height } = description;
    const loaded = await Promise.all([loadPhoto(photo), loadMaps(maps, width * height)]);
    return new Picture(description, ...loaded);
  }

  constructor(description, photo, { labels, confidences }) {
    this.description = description;
    this.size = { width: description.width, height: description.height };
    this.photo = photo;
    this.mask = paintMaskOnce(labels, description);
    this.shares = sharesOf(labels);
    this.labels = labels;
    this.confidences = confidences;
  }

  /** What is known of a pixel: its class's name, colour and confidence in per cent. */
  read({ row, col }) {
    const index = row * this.size.width + col;
    return { ...this.classOf(this.labels[index]), confidence: this.confidences[index] };
  }

  classOf(label) {
    const { names, colours } = this.description;
    const colour = colours[label];
    return { name: names[label] ?? "no class", colour: colour ? `rgb(${colour.join(" ")})` : "" };
  }

  /** The picture in a sentence, for those who do not see it. */
  inWords() {
    const most = this.shares.slice(0, 5).map(({ label, share }) => {
      return `${this.classOf(label).name} ${shareInWords(share)}`;
    });
    return `${this.size.width} by ${this.size.height} pixels: ${most.join(", ")}`;
  }

  close() {
    this.photo.close();
  }
}

/**
 * A length in the screen's own pixels. Only the browser knows to which side it rounded, so its word
 * counts, but where it leaves the pixel density out (Chromium does when emulating one) ours does.
 */
function devicePixels(length, reported) {
  const expected = length * window.devicePixelRatio;
  return Math.abs(reported - expected) <= 1 ? reported : Math.round(expected);
}

// --- painting ------------------------------------------------------------------------------------

/** Paint the part of `source` that the view shows over the whole canvas. */
function paintLayer(canvas, source, view, size, { smooth }) {
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = "high";
  context.clearRect(0, 0, canvas.width, canvas.height);
  const width = size.width / view.scale;
  const height = size.height / view.scale;
  context.drawImage(source, view.offsetX, view.offsetY, width, height, 0, 0, canvas.width, canvas.height);
}

/** Stroke the context's path so that it shows on any ground: light on a wider dark line. */
function strokeTwice(context, width, edge) {
  context.lineWidth = width + 2 * edge;
  context.strokeStyle = "rgb(0 0 0 / 75%)";
  context.stroke();
  context.lineWidth = width;
  context.strokeStyle = "white";
  context.stroke();
}

/** The marks over the picture: the window's frame, the chosen pixel, the pixel pointed at. */
class MarkPainter {
  /** unit: device pixels in a CSS pixel; strokes and least sizes are in CSS pixels. */
  constructor(canvas, view, size, unit) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.view = view;
    this.size = size;
    this.unit = unit;
    this.context.clearRect(0, 0, canvas.width, canvas.height);
    this.context.lineJoin = "round";
    this.context.lineCap = "round";
  }

  /** Where the pixels first..last of a row are on the canvas, in device pixels. */
  box(row, first, last) {
    const from = toDisplay({ row, col: first }, this.view, this.size);
    const to = toDisplay({ row: row + 1, col: last + 1 }, this.view, this.size);
    return {
      left: from.x * this.canvas.width,
      top: from.y * this.canvas.height,
      right: to.x * this.canvas.width,
      bottom: to.y * this.canvas.height,
    };
  }

  /** A frame around a box, never so small that its line hides what it frames, never outside. */
  frame(box, { least, line, edge }) {
    const margin = (line / 2 + edge) * this.unit;
    const growX = Math.max(0, least * this.unit - (box.right - box.left)) / 2 + margin;
    const growY = Math.max(0, least * this.unit - (box.bottom - box.top)) / 2 + margin;
    const left = Math.max(box.left - growX, margin);
    const top = Math.max(box.top - growY, margin);
    const right = Math.min(box.right + growX, this.canvas.width - margin);
    const bottom = Math.min(box.bottom + growY, this.canvas.height - margin);
    this.context.beginPath();
    this.context.rect(left, top, right - left, bottom - top);
    strokeTwice(this.context, line * this.unit, edge * this.unit);
  }

  window({ row, first, last }) {
    this.frame(this.box(row, first, last), { least: 4, line: 1.25, edge: 1 });
  }

  hovered({ row, col }) {
    this.frame(this.box(row, col, col), { least: 4, line: 1, edge: 0.75 });
  }

  /** A pixel large enough is framed; a smaller one gets a ring that leaves it free to see. */
  chosen({ row, col }) {
    const box = this.box(row, col, col);
    if (box.right - box.left >= 12 * this.unit) {
      this.frame(box, { least: 12, line: 2.5, edge: 1.25 });
      return;
    }
    const x = (box.left + box.right) / 2;
    const y = (box.top + box.bottom) / 2;
    const [inner, outer] = [5.5 * this.unit, 11 * this.unit];
    this.context.beginPath();
    this.context.arc(x, y, inner, 0, 2 * Math.PI);
    // Within the ring only the picture is to be seen, not the window's frame.
    this.context.globalCompositeOperation = "destination-out";
    this.context.fill();
    this.context.globalCompositeOperation = "source-over";
    for (const direction of [-1, 1]) {
      this.context.moveTo(x, y + direction * inner);
      this.context.lineTo(x, y + direction * outer);
    }
    strokeTwice(this.context, 1.75 * this.unit, this.unit);
  }
}

// --- the page's elements -------------------------------------------------------------------------

/** An element with properties and children; text is always text, never markup. */
function element(tag, properties = {}, ...children) {
  const { attributes = {}, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A line that says what a pixel is: a swatch, the class with its confidence, the place. */
class Readout {
  constructor(kind, role, whenEmpty) {
    this.whenEmpty = whenEmpty;
    this.swatch = element("span", { className: "swatch", attributes: { "aria-hidden": "true" } });
    this.what = element("span", { className: "what" });
    this.where = element("span", { className: "where" });
    const name = element("span", { className: "role", textContent: role });
    this.element = element("p", { className: `readout ${kind}` }, name, this.swatch, this.what, this.where);
    this.show(null, null);
  }

  show(pixel, reading) {
    const empty = !pixel || !reading;
    this.element.classList.toggle("empty", empty);
    this.swatch.style.setProperty("--swatch", empty ? "transparent" : reading.colour);
    this.what.textContent = empty ? "" : `${reading.name} · ${percent(reading.confidence)}`;
    this.where.textContent = empty ? this.whenEmpty : `row ${pixel.row}, col ${pixel.col}`;
  }
}

/** The slider for the mask's opacity; it changes a style and nothing else. */
class OpacitySlider {
  constructor(onChange) {
    this.input = element("input", { type: "range", min: 0, max: 100, value: STARTING_OPACITY });
    this.output = element("output");
    this.element = element("label", { className: "opacity" }, "Mask", this.input, this.output);
    this.input.setAttribute("aria-label", "Mask opacity");
    this.input.addEventListener("input", () => this.apply(onChange));
    this.apply(onChange);
  }

  apply(onChange) {
    const value = Number(this.input.value);
    this.input.style.setProperty("--filled", `${value}%`);
    this.input.setAttribute("aria-valuetext", percent(value));
    this.output.textContent = percent(value);
    onChange(value);
  }
}

/** The classes that occur in the picture, with their colours and shares. */
class Legend {
  constructor() {
    this.element = element("ul", { className: "legend" });
    this.element.setAttribute("aria-label", "Classes in this picture, by share of its pixels");
  }

  show(picture) {
    const entries = picture.shares.map(({ label, share }) => this.entry(picture.classOf(label), label, share));
    this.element.replaceChildren(...entries);
  }

  entry({ name, colour }, label, share) {
    const swatch = element("span", { className: "swatch", attributes: { "aria-hidden": "true" } });
    swatch.style.setProperty("--swatch", colour || "transparent");
    return element(
      "li",
      { attributes: { "data-label": label } },
      swatch,
      element("span", { className: "name", textContent: name, title: name }),
      element("span", { className: "share", textContent: shareInWords(share) }),
    );
  }
}

// --- the viewer ----------------------------------------------------------------------------------

class PixelViewer {
  constructor(parent) {
    this.view = WHOLE_PICTURE;
    this.unit = window.devicePixelRatio; // device pixels in a CSS pixel
    this.picture = null;
    this.wanted = null; // the id of the picture shown or on its way
    this.chosen = null;
    this.window = null;
    this.hovered = null;
    this.pressed = null; // the pixel at which the pointer went up

    this.sequence = 0; // counts the choices made here
    this.unanswered = false; // whether Python has not answered the newest of them yet
    this.send = null;
    this.timer = null;

    this.build();
    this.listen();
    // Beside what Streamlit put there (the style sheet), not instead of it.
    parent.append(this.root);
    this.watchSize();
  }

  build() {
    const layer = (className) => element("canvas", { className, attributes: { "aria-hidden": "true" } });
    this.photoLayer = layer("photo");
    this.maskLayer = layer("mask");
    this.marksLayer = element("canvas", { className: "marks", tabIndex: 0 });
    // "application": a screen reader then leaves the arrow keys to us.
    this.marksLayer.setAttribute("role", "application");
    this.marksLayer.setAttribute("aria-describedby", "help");
    this.layers = [this.photoLayer, this.maskLayer, this.marksLayer];
    this.stage = element("div", { className: "stage" }, ...this.layers);

    this.chosenReadout = new Readout("chosen", "Chosen", "");
    this.hoveredReadout = new Readout("hovered", "Pointer", "–");
    this.slider = new OpacitySlider((value) => {
      this.maskLayer.style.opacity = value / 100;
    });
    this.legend = new Legend();
    this.spoken = element("div", { className: "spoken", attributes: { "aria-live": "polite" } });

    const help = element("p", { className: "help", id: "help", textContent: HELP });
    this.root = element(
      "div",
      { className: "viewer", attributes: { "data-ready": "false" } },
      element("div", { className: "readouts" }, this.chosenReadout.element, this.hoveredReadout.element),
      this.stage,
      element("div", { className: "controls" }, help, this.slider.element),
      this.legend.element,
      this.spoken,
    );
  }

  listen() {
    const canvas = this.marksLayer;
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch") this.hover(this.pixelAt(event));
    });
    canvas.addEventListener("pointerleave", () => this.hover(null));
    // A click's own coordinates are whole CSS pixels in some browsers, coarser than what was
    // pointed at; those of the pointer going up are not.
    canvas.addEventListener("pointerup", (event) => {
      this.pressed = this.pixelAt(event);
    });
    canvas.addEventListener("click", (event) => {
      this.choose(this.pressed ?? this.pixelAt(event), 0);
      this.pressed = null;
    });
    canvas.addEventListener("keydown", (event) => this.moveByKey(event));
  }

  /** Paint in the screen's own pixels, whatever the window's width, zoom and pixel density. */
  watchSize() {
    this.observer = new ResizeObserver(([entry]) => {
      const device = entry.devicePixelContentBoxSize?.[0];
      const width = devicePixels(entry.contentRect.width, device?.inlineSize);
      const height = devicePixels(entry.contentRect.height, device?.blockSize);
      this.unit = window.devicePixelRatio;
      for (const canvas of this.layers) {
        if (canvas.width === width && canvas.height === height) continue;
        canvas.width = width;
        canvas.height = height;
      }
      this.paint();
    });
    try {
      this.observer.observe(this.marksLayer, { box: "device-pixel-content-box" });
    } catch {
      this.observer.observe(this.marksLayer); // Safari has no such box
    }
  }

  /**
   * Follow what Python says.
   *
   * Python names the newest choice it knows of (`echo`). As long as that is not the newest one
   * made here, its `chosen` is an answer overtaken on the way, and following it would make the
   * marks jump back. Another picture is followed in any case.
   */
  update({ data, setStateValue }) {
    this.send = (choice) => setStateValue("chosen", choice);
    const overtaken = this.unanswered && data.echo < this.sequence && data.picture.id === this.wanted;
    if (!overtaken) {
      this.sequence = Math.max(this.sequence, data.echo);
      this.unanswered = false;
      this.cancelSending();
      this.mark(data.chosen, data.window);
    }
    this.describe(data.label);
    if (data.picture.id !== this.wanted) this.load(data.picture);
  }

  async load(description) {
    this.wanted = description.id;
    this.putAway();
    this.root.style.setProperty("--rows", description.height);
    this.root.style.setProperty("--columns", description.width);
    try {
      const picture = await Picture.load(description);
      if (this.wanted === description.id) this.show(picture);
      else picture.close(); // another one was asked for meanwhile, or the viewer is gone
    } catch (error) {
      if (this.wanted === description.id) this.complain(error);
    }
  }

  show(picture) {
    this.picture = picture;
    this.legend.show(picture);
    this.describe(this.label);
    this.mark(this.chosen, this.window);
    this.paint();
    this.root.dataset.ready = "true";
  }

  /** Take the picture away, so that nobody points into one that is being replaced. */
  putAway() {
    this.root.dataset.ready = "false";
    this.hover(null);
    this.trouble?.remove();
    this.picture?.close();
    this.picture = null;
    for (const canvas of this.layers) canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
  }

  complain(error) {
    console.warn("The pixel viewer could not load its picture.", error);
    this.wanted = null; // the next answer from Python tries again
    const words = "The picture did not arrive. Reload the page to try again.";
    this.trouble = element("p", { className: "trouble", textContent: words, attributes: { role: "alert" } });
    this.stage.append(this.trouble);
  }

  describe(label) {
    this.label = label;
    const words = this.picture === null ? label : `${label}, ${this.picture.inWords()}`;
    // Set again, the same words might be read out again.
    if (this.marksLayer.getAttribute("aria-label") !== words) this.marksLayer.setAttribute("aria-label", words);
  }

  pixelAt({ clientX, clientY }) {
    if (this.picture === null) return null;
    const box = this.marksLayer.getBoundingClientRect();
    const place = { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
    return toPixel(place, this.view, this.picture.size);
  }

  hover(pixel) {
    if (samePixel(pixel, this.hovered) || (pixel === null && this.hovered === null)) return;
    this.hovered = pixel;
    this.root.dataset.hoverRow = pixel?.row ?? "";
    this.root.dataset.hoverCol = pixel?.col ?? "";
    this.hoveredReadout.show(pixel, pixel && this.picture.read(pixel));
    this.paintMarksSoon();
  }

  /** Choose a pixel: shown at once, told to Python after `delay` milliseconds without another. */
  choose(pixel, delay) {
    if (pixel === null || this.picture === null) return;
    this.mark(pixel, windowAround(pixel, this.picture.size.width));
    this.sequence += 1;
    this.unanswered = true;
    this.cancelSending();
    const choice = { ...pixel, picture: this.picture.description.id, sequence: this.sequence };
    const tell = () => {
      this.speak(pixel);
      this.send(choice);
    };
    if (delay === 0) tell();
    else this.timer = setTimeout(tell, delay);
  }

  cancelSending() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  moveByKey(event) {
    const step = event.shiftKey ? 10 : 1;
    const move = { ArrowUp: [-step, 0], ArrowDown: [step, 0], ArrowLeft: [0, -step], ArrowRight: [0, step] }[event.key];
    // With Alt, Control or Meta the arrows belong to the browser.
    if (!move || event.altKey || event.ctrlKey || event.metaKey || this.picture === null) return;
    event.preventDefault();
    const { width, height } = this.picture.size;
    const row = clamp(this.chosen.row + move[0], 0, height - 1);
    const col = clamp(this.chosen.col + move[1], 0, width - 1);
    this.choose({ row, col }, SEND_DELAY_MS);
  }

  /** Mark a chosen pixel and its window. */
  mark(pixel, pixels) {
    this.chosen = pixel;
    this.window = pixels;
    Object.assign(this.root.dataset, { row: pixel.row, col: pixel.col, first: pixels.first, last: pixels.last });
    this.chosenReadout.show(pixel, this.picture?.read(pixel)); // blank while the picture is on its way
    this.paintMarksSoon();
  }

  speak(pixel) {
    const { name, confidence } = this.picture.read(pixel);
    this.spoken.textContent = `Row ${pixel.row}, column ${pixel.col}: ${name}, ${percent(confidence)}`;
  }

  paint() {
    if (this.picture === null || this.marksLayer.width === 0) return;
    paintLayer(this.photoLayer, this.picture.photo, this.view, this.picture.size, { smooth: true });
    paintLayer(this.maskLayer, this.picture.mask, this.view, this.picture.size, { smooth: false });
    this.paintMarks();
  }

  /** The pointer can move several times a frame; painting once is enough. */
  paintMarksSoon() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.paintMarks();
    });
  }

  paintMarks() {
    if (this.picture === null || this.marksLayer.width === 0) return;
    const painter = new MarkPainter(this.marksLayer, this.view, this.picture.size, this.unit);
    painter.window(this.window);
    painter.chosen(this.chosen);
    if (this.hovered && !samePixel(this.hovered, this.chosen)) painter.hovered(this.hovered);
  }

  destroy() {
    this.wanted = null;
    this.cancelSending();
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.putAway();
    this.root.remove();
  }
}

// --- Streamlit's entrance ------------------------------------------------------------------------

const viewers = new WeakMap();

/** Called again whenever data or theme change; a page may hold several viewers. */
export default function pixelViewer(component) {
  const { parentElement } = component;
  if (!viewers.has(parentElement)) viewers.set(parentElement, new PixelViewer(parentElement));
  viewers.get(parentElement).update(component);
  return () => {
    viewers.get(parentElement)?.destroy();
    viewers.delete(parentElement);
  };
}

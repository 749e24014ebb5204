// One photo with its maps: fetched once, read pixel by pixel, and turned into layers to paint.

import { colourOf } from "./colourmap.js";
import { bits, inPercent, shareInWords } from "./elements.js";
import { _ } from "./language.js";
import { fetchAgain, fetchInflated } from "./fetching.js";
import { extentOf } from "./geometry.js";

const ENTROPY_STEPS_PER_BIT = 50; // as core.segmentation.segmenter packs it
const CLASSES = 256; // the values of a byte
const NOTHING = Object.freeze([0, 0, 0, 0]);

// --- fetching ------------------------------------------------------------------------------------

export async function fetchPhoto(address) {
  return createImageBitmap(await (await fetchAgain(address)).blob());
}

/** Maps of one byte a pixel, row by row, one after the other. */
async function fetchMaps(address, maps, count) {
  const bytes = await fetchInflated(address, maps * count);
  return Array.from({ length: maps }, (_, map) => bytes.subarray(map * count, (map + 1) * count));
}

// --- painting ------------------------------------------------------------------------------------

/** A colour for each value a byte can have, as a canvas's image data wants them: four bytes at once. */
function tableOf(colour) {
  const table = new Uint32Array(CLASSES);
  const bytes = new Uint8Array(table.buffer);
  for (let value = 0; value < CLASSES; value += 1) bytes.set(colour(value), 4 * value);
  return table;
}

/** A canvas of one canvas pixel a picture pixel, to be scaled when it is painted. */
function canvasOf({ width, height }) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

/** Fill a canvas, each pixel by `colours(pixels)`, which sets all of them. */
function repaint(canvas, colours) {
  const image = new ImageData(canvas.width, canvas.height);
  colours(new Uint32Array(image.data.buffer));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Free a canvas's memory now, not at the next garbage collection. */
const release = (canvas) => canvas && Object.assign(canvas, { width: 0, height: 0 });

let scratch = null;

/** A context to read a few pixels from: a window of neighbours fits, in a row, a column or a square. */
function scratchContext() {
  if (scratch === null) {
    scratch = canvasOf({ width: 32, height: 32 }).getContext("2d", { willReadFrequently: true });
    scratch.globalCompositeOperation = "copy";
  }
  return scratch;
}

// --- the picture ---------------------------------------------------------------------------------

export class Picture {
  static async load(description) {
    const { photo, maps, width, height, confident } = description;
    const loaded = await Promise.all([
      fetchPhoto(photo),
      fetchMaps(maps, confident ? 2 : 1, width * height),
    ]);
    return new Picture(description, ...loaded);
  }

  constructor(description, photo, [labels, confidences = null]) {
    this.description = description;
    this.size = { width: description.width, height: description.height };
    this.photo = photo;
    this.labels = labels;
    this.confidences = confidences;
    this.entropies = null;
    this.classes = this.countClasses();
    this.tinted = { canvas: null, recipe: "" };
    this.veiled = { canvas: null, recipe: "" };
  }

  get mostEntropy() {
    return Math.log2(this.description.names.length);
  }

  /** The entropy map is fetched only when its view is chosen. */
  async loadEntropy(address) {
    const { width, height } = this.size;
    [this.entropies] = await fetchMaps(address, 1, width * height);
  }

  /** A pixel's class, confidence in per cent and entropy in bits. */
  read({ row, col }) {
    const index = row * this.size.width + col;
    const label = this.labels[index];
    return {
      ...this.classOf(label),
      label,
      confidence: this.confidences?.[index] ?? null,
      entropy: this.entropies && this.entropies[index] / ENTROPY_STEPS_PER_BIT,
    };
  }

  classOf(label) {
    const { names, colours } = this.description;
    const colour = colours[label];
    return { name: names[label] ?? _("no class"), colour: colour ? `rgb(${colour.join(" ")})` : "" };
  }

  /** The classes that occur, the most frequent first: shares of all pixels, confidence in per cent. */
  countClasses() {
    const counts = new Uint32Array(CLASSES);
    const sums = new Float64Array(CLASSES);
    for (let i = 0; i < this.labels.length; i += 1) {
      counts[this.labels[i]] += 1;
      if (this.confidences) sums[this.labels[i]] += this.confidences[i];
    }
    return [...counts]
      .map((count, label) => ({
        label,
        share: count / this.labels.length,
        confidence: this.confidences && sums[label] / count,
      }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share);
  }

  /** The picture in a sentence, for screen readers. */
  inWords() {
    const most = this.classes.slice(0, 5).map(({ label, share }) => {
      return `${this.classOf(label).name} ${shareInWords(share)}`;
    });
    const { width, height } = this.size;
    return _("{width} by {height} pixels: {classes}", { width, height, classes: most.join(", ") });
  }

  /** A pixel's class and probability as text. */
  static inWords({ name, confidence, entropy }) {
    const parts = [name];
    if (confidence !== null) parts.push(inPercent(confidence));
    if (entropy !== null) parts.push(bits(entropy));
    return parts.join(" · ");
  }

  tintRecipe(view, hidden) {
    const colours = view === "overlay" ? "mask" : view; // the same, more or less transparent
    return `${colours} ${[...hidden].sort()}`;
  }

  /** The layer over the photo in a view: colours of classes or of numbers. Repainted only if it changed. */
  tint(view, hidden) {
    const recipe = this.tintRecipe(view, hidden);
    if (this.tinted.recipe !== recipe) {
      this.tinted.canvas ??= canvasOf(this.size);
      repaint(this.tinted.canvas, (pixels) => this.tintPixels(pixels, view, hidden));
      this.tinted.recipe = recipe;
    }
    return this.tinted.canvas;
  }

  tintPixels(pixels, view, hidden) {
    const { labels } = this;
    if (view === "overlay" || view === "mask") {
      const { colours } = this.description;
      const table = tableOf((label) =>
        colours[label] && !hidden.has(label) ? [...colours[label], 255] : NOTHING,
      );
      for (let i = 0; i < labels.length; i += 1) pixels[i] = table[labels[i]];
      return;
    }
    const [values, most] =
      view === "confidence"
        ? [this.confidences, 100]
        : [this.entropies, ENTROPY_STEPS_PER_BIT * this.mostEntropy];
    const table = tableOf((value) => [...colourOf(value / most), 255]);
    const seen = Uint8Array.from({ length: CLASSES }, (_, label) => !hidden.has(label));
    for (let i = 0; i < values.length; i += 1) if (seen[labels[i]]) pixels[i] = table[values[i]];
  }

  /** A veil over every class but one, or but these, in a CSS colour. */
  veil(labels, colour) {
    const recipe = `${labels} ${colour}`;
    if (this.veiled.recipe !== recipe) {
      this.veiled.canvas ??= canvasOf(this.size);
      const seen = [labels].flat();
      const table = tableOf((each) => (seen.includes(each) ? NOTHING : [0, 0, 0, 255]));
      const { labels: shown } = this;
      repaint(this.veiled.canvas, (pixels) => {
        for (let i = 0; i < shown.length; i += 1) pixels[i] = table[shown[i]];
      });
      const context = this.veiled.canvas.getContext("2d");
      context.globalCompositeOperation = "source-in";
      context.fillStyle = colour;
      context.fillRect(0, 0, this.size.width, this.size.height);
      this.veiled.recipe = recipe;
    }
    return this.veiled.canvas;
  }

  /** The photo's CSS colours at some neighbouring pixels. */
  photoColours(pixels) {
    const { top, left, rows, cols } = extentOf(pixels);
    const context = scratchContext();
    context.drawImage(this.photo, -left, -top);
    const { data } = context.getImageData(0, 0, cols, rows);
    return pixels.map(({ row, col }) => {
      const at = 4 * ((row - top) * cols + col - left);
      return `rgb(${data[at]} ${data[at + 1]} ${data[at + 2]})`;
    });
  }

  close() {
    this.photo.close();
    release(this.tinted.canvas);
    release(this.veiled.canvas);
    this.labels = this.confidences = this.entropies = null;
  }
}

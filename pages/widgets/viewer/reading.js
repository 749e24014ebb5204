// The reading of a pixel: its classes, its window of neighbours, and a sentence about them.

import { neighbourhood, samePixel } from "./geometry.js";
import { certainty, entropyBits, ranking, wholePercent } from "./probabilities.js";

const TOP = 5; // classes with a bar

const NO_OTHER = {
  row: "the picture has no other pixel in its row",
  column: "the picture has no other pixel in its column",
  square: "the picture has no other pixel",
};

/** A reading that Python made, where the browser has no logits: the pixels it knows. */
export class ServerReading {
  constructor({ pixels, probabilities }) {
    this.known = new Map(pixels.map(([row, col], index) => [`${row},${col}`, Float32Array.from(probabilities[index])]));
  }

  probabilities({ row, col }) {
    return this.known.get(`${row},${col}`) ?? null;
  }
}

/**
 * A pixel as the network sees it. Until all probabilities are there (`probabilities` is null), it is what the
 * maps know: the class and its probability in whole per cent.
 */
function readOne(pixel, picture, source) {
  const { label, confidence } = picture.read(pixel);
  const probabilities = source?.probabilities(pixel) ?? null;
  return { ...pixel, label, probabilities, probability: probabilities ? probabilities[label] : confidence / 100 };
}

/** The class after the pixel's own, and how far ahead the own is; null where nobody knows, or with one class. */
export function runnerUp({ label, probability, probabilities }) {
  let second = null;
  probabilities?.forEach((each, number) => {
    if (number !== label && (second === null || each > probabilities[second])) second = number;
  });
  return second === null ? null : { label: second, margin: probability - probabilities[second] };
}

/**
 * Read a pixel and a window of pixels around `centre`, which is the pixel itself unless the window was moved.
 * source: has `probabilities(pixel)`, all classes' or null; null without any.
 */
export function readPixel(picture, source, pixel, centre, shape) {
  const { names } = picture.description;
  const own = readOne(pixel, picture, source);
  const window = neighbourhood(centre, picture.size, shape).map((each) => readOne(each, picture, source));
  const reading = { pixel, own, window, shape, chosenIndex: window.findIndex((each) => samePixel(each, pixel)) };
  const around = centre === pixel ? window : neighbourhood(pixel, picture.size, shape).map((each) => picture.read(each));
  reading.sentence = sentence(own, around.map(({ label }) => names[label]), names[own.label], shape);
  return { ...reading, ...inWords(own, names) };
}

function inWords({ label, probability, probabilities }, names) {
  if (probabilities === null) {
    const sure = certainty([names[label]], [probability]);
    // Below that it depends on the other classes.
    const known = sure === "sure" || sure === "fairly sure";
    return { top: [{ label, probability }], order: null, certainty: known ? sure : null, entropy: null };
  }
  const order = ranking(probabilities, label);
  const best = order.slice(0, TOP).map((number) => ({ label: number, probability: probabilities[number] }));
  return {
    top: best,
    order,
    certainty: certainty(
      best.map((each) => names[each.label]),
      best.map((each) => each.probability),
    ),
    entropy: entropyBits(probabilities),
  };
}

/** The words of core.segmentation.reading.PixelReading.sentence. all: names of the window, with the pixel's. */
function sentence({ row, col, probability }, all, name, shape) {
  const start = `Pixel (${row}, ${col}) is ${name} with ${wholePercent(probability)}\u00a0%`;
  const total = all.length - 1;
  const others = all.filter((each) => each !== name);
  if (total === 1) {
    return `${start}; its only neighbour ${others.length ? `is ${others[0]}: a boundary runs here.` : `is ${name} too.`}`;
  }
  if (total === 0) return `${start}; ${NO_OTHER[shape]}.`;
  if (others.length === 0) return `${start}; all its ${total} neighbours are ${name} too.`;
  const counts = new Map();
  for (const each of others) counts.set(each, (counts.get(each) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const [[first, count], ...rest] = sorted;
  const words = [`${count} of its ${total} neighbours ${count === 1 ? "is" : "are"} ${first}`];
  words.push(...rest.map(([each, number]) => `${number} ${each}`));
  const joined = words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words[0];
  return `${start}; ${joined}: a boundary runs here.`;
}

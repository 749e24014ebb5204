// The reading of a pixel: its classes, its window of neighbours, and a sentence about them.

import { neighbourhood, samePixel } from "./geometry.js";
import { _, n_ } from "./language.js";
import { certainty, entropyBits, ranking, wholePercent } from "./probabilities.js";

const TOP = 5; // classes with a bar

const ALONE = {
  row: _("{pixel}; the picture has no other pixel in its row."),
  column: _("{pixel}; the picture has no other pixel in its column."),
  square: _("{pixel}; the picture has no other pixel."),
};

/** A text whose fields are filled later. */
const fill = (text, values) => Object.entries(values).reduce((all, [name, value]) => all.replace(`{${name}}`, value), text);

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
    const known = sure === _("sure") || sure === _("fairly sure");
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
  const values = { row, col, name, percent: wholePercent(probability) };
  const pixel = _("Pixel ({row}, {col}) is {name} with {percent}%", values);
  const total = all.length - 1;
  const others = all.filter((each) => each !== name);
  if (total === 1) {
    if (others.length === 0) return _("{pixel}; its only neighbour is {name} too.", { pixel, name });
    return _("{pixel}; its only neighbour is {other}: a boundary runs here.", { pixel, other: others[0] });
  }
  if (total === 0) return fill(ALONE[shape], { pixel });
  if (others.length === 0) return _("{pixel}; all its {total} neighbours are {name} too.", { pixel, total, name });
  const counts = new Map();
  for (const each of others) counts.set(each, (counts.get(each) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const [[first, count], ...rest] = sorted;
  const most = { total, name: first };
  const words = [
    n_("{count} of its {total} neighbours is {name}", "{count} of its {total} neighbours are {name}", count, most),
  ];
  words.push(...rest.map(([each, number]) => `${number} ${each}`));
  const joined =
    words.length > 1 ? _("{several} and {last}", { several: words.slice(0, -1).join(", "), last: words.at(-1) }) : words[0];
  return _("{pixel}; {neighbours}: a boundary runs here.", { pixel, neighbours: joined });
}

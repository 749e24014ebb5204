// The probabilities of one pixel: from logits, in bits, in words, and at another temperature. The same
// arithmetic and the same limits as core.segmentation.probabilities, so that page and files agree.

import { _ } from "./language.js";

const SURE = 90; // whole per cent of the most probable class from which a network is called sure
const FAIRLY_SURE = 70;
const CLOSE = 20; // a class at most this many per cent behind the first one is its rival
const MOST = 60; // whole per cent that two rivals have together, at least, if a network is torn between them
const LEANING = 40; // whole per cent from which it leans towards a class without a rival

/** Logits as probabilities, in place and in single precision, as NumPy does it. */
export function softmax(values) {
  let highest = values[0];
  for (let i = 1; i < values.length; i += 1) if (values[i] > highest) highest = values[i];
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    values[i] = Math.exp(Math.fround(values[i] - highest)); // the array rounds what it is given
    sum = Math.fround(sum + values[i]);
  }
  for (let i = 0; i < values.length; i += 1) values[i] /= sum;
  return values;
}

/** Whole per cent, halves up. */
export const wholePercent = (probability) => Math.floor(probability * 100 + 0.5);

/** What a class of this probability adds to the entropy, in bits. */
export const surprise = (probability) => (probability > 0 ? Math.log2(1 / probability) : 0);

/** Entropy in bits: 0 is certain, log2 of the number of classes knows nothing. */
export function entropyBits(probabilities) {
  let bits = 0;
  for (const each of probabilities) bits += each * surprise(each);
  return bits;
}

/**
 * The class numbers, the pixel's own class first, then by probability, of equal ones the first in the list.
 * Rounding can make another class as probable as the label, and the label still comes first.
 */
export function ranking(probabilities, label) {
  const rank = (number) => (number === label ? Infinity : probabilities[number]);
  return Array.from(probabilities, (_, number) => number).sort((a, b) => rank(b) - rank(a) || a - b);
}

/**
 * How sure a network is, in words that complete "The network is ...". names, probabilities: of the most
 * probable classes, the first of them first. It uses the whole per cent that people see.
 */
export function certainty(names, probabilities) {
  const [first, second, third] = [0, 1, 2].map((index) => wholePercent(probabilities[index] ?? 0));
  if (first >= SURE) return _("sure");
  if (first >= FAIRLY_SURE) return _("fairly sure");
  const rivals = [first - second, first - third].filter((behind) => behind <= CLOSE);
  if (rivals.length === 1 && first + second >= MOST) return _("torn between {first} and {second}", { first: names[0], second: names[1] });
  if (rivals.length === 0 && first >= LEANING) return _("leaning towards {first}", { first: names[0] });
  return _("undecided");
}

/**
 * The probabilities if the logits had been divided by `temperature` before the softmax. It needs no logits:
 * they are log(p) plus a constant for all classes, which the softmax cancels.
 */
export function tempered(probabilities, temperature) {
  const logs = Array.from(probabilities, Math.log);
  const highest = logs.reduce((most, each) => Math.max(most, each), -Infinity);
  const weights = logs.map((each) => Math.exp((each - highest) / temperature));
  const sum = weights.reduce((total, each) => total + each, 0);
  return weights.map((each) => each / sum);
}

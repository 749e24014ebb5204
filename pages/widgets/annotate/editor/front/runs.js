// What an edit makes of a mask, as runs of pixels; core.annotation.runs has the same rules and bytes.
//
// Runs are whole numbers in threes, one after the other: start, length, value. A start is a pixel number,
// row * width + column; a run may go on in the next row.

/** No class: nobody has judged the pixel yet. */
export const NOT_REVIEWED = 255;

/** Whether a suggestion puts another class in the place of one; where there was none, it changes nothing. */
export const changes = (own, suggested) => own !== suggested && own !== NOT_REVIEWED;

const MOST_AT_ONCE = 8192; // arguments of one call

/** What makes `after` of `before` between two pixel numbers; `before` may begin there (`offset`). */
export function between(before, after, from = 0, to = after.length, offset = 0) {
  const runs = [];
  for (let i = from; i < to; ) {
    const value = after[i];
    if (before[i - offset] === value) {
      i += 1;
      continue;
    }
    const start = i;
    do i += 1;
    while (i < to && after[i] === value && before[i - offset] !== value);
    runs.push(start, i - start, value);
  }
  return runs;
}

/** Change a mask in place. */
export function apply(mask, runs) {
  for (let i = 0; i < runs.length; i += 3) mask.fill(runs[i + 2], runs[i], runs[i] + runs[i + 1]);
}

/** The pixel numbers that the runs lie between. */
export const extent = (runs) => ({ from: runs[0], to: runs.at(-3) + runs.at(-2) });

function pushNumber(bytes, number) {
  while (number > 0x7f) {
    bytes.push((number & 0x7f) | 0x80);
    number >>>= 7;
  }
  bytes.push(number);
}

/** As base64 of: the gap since the run before, the length (both in groups of seven bits), the value. */
export function packed(runs) {
  const bytes = [];
  let place = 0;
  for (let i = 0; i < runs.length; i += 3) {
    pushNumber(bytes, runs[i] - place);
    pushNumber(bytes, runs[i + 1]);
    bytes.push(runs[i + 2]);
    place = runs[i] + runs[i + 1];
  }
  let text = "";
  for (let i = 0; i < bytes.length; i += MOST_AT_ONCE) {
    text += String.fromCharCode(...bytes.slice(i, i + MOST_AT_ONCE));
  }
  return btoa(text);
}

export function unpacked(base64) {
  const text = atob(base64);
  const runs = [];
  let [at, place] = [0, 0];
  const number = () => {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = text.charCodeAt((at += 1) - 1);
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte > 0x7f);
    return value;
  };
  while (at < text.length) {
    const start = place + number();
    const length = number();
    runs.push(start, length, text.charCodeAt((at += 1) - 1));
    place = start + length;
  }
  return runs;
}

/** The bytes that were deflated and then written as base64. */
export async function inflated(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Adler-32 of a mask, as Python's zlib has it: whether both sides hold the same. Source: RFC 1950. */
export function checksum(mask) {
  const [base, most] = [65521, 3800]; // so many sums stay below 2 ** 32
  let [a, b] = [1, 0];
  for (let from = 0; from < mask.length; from += most) {
    const to = Math.min(from + most, mask.length);
    for (let i = from; i < to; i += 1) b += a += mask[i];
    a %= base;
    b %= base;
  }
  return b * 65536 + a;
}

// The regions of a picture, as `packed_regions` in core/annotation/regions.py sends them.
//
//   const regions = Regions.unpack(await fetchInflated(address, packedBytes(size)), size);
//   regions.at(row, col)             the number of the region under the pointer
//   regions.runs(number)             its pixels, as runs: for highlighting and for an edit
//   regions.runsWithin(number, like) the part of it that is still of one class after strokes through it
//
// `unpack` sorts all pixels by region once, some 20 ms for 1024 x 768; after that `at` is one look-up, and
// `runs` takes as long as the region is large.
//
// A pixel's place is row * width + col, and a run is a place and a length; it may go on in the next row.

const NUMBER_BYTES = 3;

/** The bytes of a picture's regions, inflated. */
export const packedBytes = ({ width, height }) => NUMBER_BYTES * width * height;

/** The number of each pixel's region: the lowest bytes of all, then the middle ones, then the highest. */
function numbersOf(bytes, pixels) {
  const numbers = new Int32Array(pixels);
  for (let i = 0; i < pixels; i += 1) numbers[i] = bytes[i] | (bytes[pixels + i] << 8) | (bytes[2 * pixels + i] << 16);
  return numbers;
}

/** Where each region's runs begin in a list of all, and how many there are: counted, then added up. */
function countRuns(numbers) {
  const counts = [];
  for (let i = 0; i < numbers.length; i += 1) {
    if (i > 0 && numbers[i] === numbers[i - 1]) continue;
    counts[numbers[i]] = (counts[numbers[i]] ?? 0) + 1;
  }
  const firsts = new Int32Array(counts.length + 1);
  for (let number = 0; number < counts.length; number += 1) firsts[number + 1] = firsts[number] + counts[number];
  return firsts;
}

export class Regions {
  /** bytes: `packed_regions`, inflated. */
  static unpack(bytes, size) {
    return new Regions(numbersOf(bytes, size.width * size.height), size);
  }

  /** numbers: of each pixel's region, row by row; from 0, each with at least one pixel. */
  constructor(numbers, { width, height }) {
    Object.assign(this, { numbers, width, height });
    this.firsts = countRuns(numbers);
    const runs = this.firsts[this.count];
    this.starts = new Int32Array(runs);
    this.lengths = new Int32Array(runs);
    this.#sortRuns();
  }

  #sortRuns() {
    const { numbers, starts, lengths } = this;
    const next = this.firsts.slice();
    for (let start = 0, end = 1; start < numbers.length; start = end, end += 1) {
      while (end < numbers.length && numbers[end] === numbers[start]) end += 1;
      const place = next[numbers[start]]++;
      starts[place] = start;
      lengths[place] = end - start;
    }
  }

  /** How many regions there are. */
  get count() {
    return this.firsts.length - 1;
  }

  /** The number of the region at a pixel inside the picture. */
  at(row, col) {
    return this.numbers[row * this.width + col];
  }

  /** A region's runs in order: {starts, lengths}, views of what is kept, not to be changed. */
  runs(number) {
    const [first, last] = [this.firsts[number], this.firsts[number + 1]];
    return { starts: this.starts.subarray(first, last), lengths: this.lengths.subarray(first, last) };
  }

  /** How many pixels a region has. */
  pixels(number) {
    return this.runs(number).lengths.reduce((sum, length) => sum + length, 0);
  }

  /**
   * The pixels of a region for which `like(place)` holds, as runs in order: {starts, lengths}.
   *
   * After a stroke through a region, a click should take the part whose class is the one under the pointer:
   * `like` is then `(place) => shown[place] === shown[row * width + col]`.
   */
  runsWithin(number, like) {
    const { starts, lengths } = this.runs(number);
    const found = { starts: [], lengths: [] };
    for (let run = 0; run < starts.length; run += 1) {
      const end = starts[run] + lengths[run];
      for (let place = starts[run]; place < end; place += 1) {
        const start = place;
        while (place < end && like(place)) place += 1;
        if (place === start) continue;
        found.starts.push(start);
        found.lengths.push(place - start);
      }
    }
    return found;
  }

  /**
   * The sides of pixels that surround a region, for drawing its outline: [row, col, row, col, ...] of corners,
   * two for each side. Those along the picture's own border count as well.
   */
  outline(number) {
    const { width, height, numbers } = this;
    const sides = [];
    const { starts, lengths } = this.runs(number);
    for (let run = 0; run < starts.length; run += 1) {
      for (let place = starts[run]; place < starts[run] + lengths[run]; place += 1) {
        const row = Math.floor(place / width);
        const col = place - row * width;
        if (row === 0 || numbers[place - width] !== number) sides.push(row, col, row, col + 1);
        if (row === height - 1 || numbers[place + width] !== number) sides.push(row + 1, col, row + 1, col + 1);
        if (col === 0 || numbers[place - 1] !== number) sides.push(row, col, row + 1, col);
        if (col === width - 1 || numbers[place + 1] !== number) sides.push(row, col + 1, row + 1, col + 1);
      }
    }
    return sides;
  }
}

// Numbers as colours, in a map whose lightness rises evenly, so that it reads the same for colour-blind
// people and in grey print.

// Cividis: Nuñez, Anderton and Renslow, "Optimizing colormaps with consideration for color vision
// deficiency", 2018; every sixteenth colour of matplotlib's table, the rest interpolated.
const CIVIDIS = [
  [0, 34, 78],
  [0, 46, 106],
  [26, 56, 111],
  [50, 67, 109],
  [67, 78, 108],
  [83, 90, 109],
  [97, 101, 111],
  [111, 112, 115],
  [125, 124, 120],
  [140, 136, 120],
  [155, 148, 118],
  [171, 160, 114],
  [188, 174, 108],
  [205, 187, 99],
  [222, 201, 88],
  [240, 216, 70],
  [254, 232, 56],
];

/** The colour [red, green, blue] of a number in 0 ... 1. */
export function colourOf(number) {
  const position = Math.min(Math.max(number, 0), 1) * (CIVIDIS.length - 1);
  const index = Math.min(Math.floor(position), CIVIDIS.length - 2);
  const [from, to] = [CIVIDIS[index], CIVIDIS[index + 1]];
  return from.map((channel, i) => Math.round(channel + (to[i] - channel) * (position - index)));
}

/** The whole map from left to right, for a scale bar. */
export const GRADIENT = `linear-gradient(to right, ${CIVIDIS.map((c) => `rgb(${c.join(" ")})`).join(", ")})`;

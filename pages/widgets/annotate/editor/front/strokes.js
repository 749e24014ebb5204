// Which pixels a tool covers; core.annotation.strokes has the same rules, in the same whole numbers.
//
// All coordinates are half pixels: the centre of pixel (row, column) is at y = 2 row + 1, x = 2 column + 1. A
// pixel belongs to a shape if its centre does. Each function calls `cover(row, first, last)` for the columns
// first ... last of a row, possibly several times for a row.

/** The pixels that a brush covers on its straight way from one point {x, y} to the next. */
export function coverWay({ width, height }, start, end, reach, tip, cover) {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const covers = tip === "round" ? near : underSquare;
  const first = Math.max(Math.floor((Math.min(start.y, end.y) - reach) / 2), 0);
  const last = Math.min(Math.floor((Math.max(start.y, end.y) + reach) / 2), height - 1);
  const left = Math.max(Math.floor((Math.min(start.x, end.x) - reach) / 2), 0);
  const right = Math.min(Math.floor((Math.max(start.x, end.x) + reach) / 2), width - 1);
  for (let row = first; row <= last; row += 1) {
    const y = 2 * row + 1 - start.y;
    // Both shapes are convex: in each row they cover one stretch.
    let from = left;
    while (from <= right && !covers(2 * from + 1 - start.x, y, dx, dy, reach)) from += 1;
    if (from > right) continue;
    let to = right;
    while (!covers(2 * to + 1 - start.x, y, dx, dy, reach)) to -= 1;
    cover(row, from, to);
  }
}

/** The pixels that a brush covers on its way along a path of points. */
export function coverPath(size, path, reach, tip, cover) {
  if (path.length === 1) coverWay(size, path[0], path[0], reach, tip, cover);
  for (let i = 1; i < path.length; i += 1) coverWay(size, path[i - 1], path[i], reach, tip, cover);
}

function near(x, y, dx, dy, reach) {
  const square = dx * dx + dy * dy;
  if (x * x + y * y <= reach * reach || (x - dx) ** 2 + (y - dy) ** 2 <= reach * reach) return true;
  const along = x * dx + y * dy;
  const across = x * dy - y * dx;
  return square > 0 && along >= 0 && along <= square && across * across <= reach * reach * square;
}

/** A square moved from the start to (dx, dy) is over a place at times t with |x - t dx| and |y - t dy| <= reach. */
function underSquare(x, y, dx, dy, reach) {
  if ((dx === 0 && Math.abs(x) > reach) || (dy === 0 && Math.abs(y) > reach)) return false;
  const [signX, signY] = [dx > 0 ? 1 : -1, dy > 0 ? 1 : -1];
  const [lowX, highX, scaleX] = [signX * x - reach, signX * x + reach, Math.abs(dx)];
  const [lowY, highY, scaleY] = [signY * y - reach, signY * y + reach, Math.abs(dy)];
  if (dx !== 0 && (lowX > scaleX || highX < 0)) return false;
  if (dy !== 0 && (lowY > scaleY || highY < 0)) return false;
  return dx === 0 || dy === 0 || (lowX * scaleY <= highY * scaleX && lowY * scaleX <= highX * scaleY);
}

/** The pixels inside a closed polygon by the even-odd rule; a centre on an edge counts as right of it. */
export function coverPolygon({ width, height }, corners, cover) {
  const turns = Array.from({ length: height }, () => []);
  corners.forEach((corner, i) => {
    let [a, b] = [corner, corners[(i + 1) % corners.length]];
    if (a.y === b.y) return;
    if (a.y > b.y) [a, b] = [b, a];
    for (let row = Math.max(Math.floor(a.y / 2), 0); row < height && 2 * row + 1 < b.y; row += 1) {
      if (2 * row + 1 < a.y) continue;
      const rise = b.y - a.y;
      const crossing = a.x * rise + (2 * row + 1 - a.y) * (b.x - a.x) - rise;
      turns[row].push(Math.min(Math.max(Math.ceil(crossing / (2 * rise)), 0), width));
    }
  });
  turns.forEach((cols, row) => {
    cols.sort((a, b) => a - b);
    for (let i = 0; i + 1 < cols.length; i += 2) if (cols[i] < cols[i + 1]) cover(row, cols[i], cols[i + 1] - 1);
  });
}

/** The pixels of the same value that hang together with one, over their sides. */
export function coverComponent(values, { width, height }, { row, col }, cover) {
  const value = values[row * width + col];
  const seen = new Uint8Array(values.length);
  const isOpen = (at) => values[at] === value && seen[at] === 0;
  const waiting = [row * width + col];
  while (waiting.length > 0) {
    const seed = waiting.pop();
    if (seen[seed]) continue;
    const begin = seed - (seed % width);
    let [from, to] = [seed, seed];
    while (from > begin && isOpen(from - 1)) from -= 1;
    while (to < begin + width - 1 && isOpen(to + 1)) to += 1;
    seen.fill(1, from, to + 1);
    cover(begin / width, from - begin, to - begin);
    for (const step of [-width, width]) {
      if (from + step < 0 || from + step >= width * height) continue;
      for (let at = from + step; at <= to + step; at += 1) {
        if (isOpen(at) && (at === from + step || !isOpen(at - 1))) waiting.push(at);
      }
    }
  }
}

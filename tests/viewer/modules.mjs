// The viewer's modules for tests in Node, and numbers by chance that are the same every time.
//
// A browser takes a file for a module because of how it is asked for; Node goes by a package.json beside it.
// So the modules are copied into a folder of their own, which also brings element.js and language.js beside the others.

import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const WIDGETS = fileURLToPath(new URL("../../pages/widgets/", import.meta.url));
const VIEWER = join(WIDGETS, "viewer");
const SCRIPTS = readdirSync(VIEWER).filter((name) => name.endsWith(".js"));

const folder = mkdtempSync(join(tmpdir(), "viewer-modules-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
for (const name of SCRIPTS) copyFileSync(join(VIEWER, name), join(folder, name));
for (const name of ["element.js", "language.js"]) copyFileSync(join(WIDGETS, "shared", name), join(folder, name));
writeFileSync(join(folder, "package.json"), '{"type": "module"}');

/** The module of this name, without ".js". */
export const load = (name) => import(pathToFileURL(join(folder, `${name}.js`)));

/** Numbers in 0 ... 1, the same for the same seed: mulberry32, by Tommy Ettinger, in the public domain. */
export function chance(seed) {
  let state = seed;
  const number = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least, most) => least + Math.floor(number() * (most - least + 1));
  return {
    number,
    whole,
    place: () => ({ x: number(), y: number() }),
    size: (most) => ({ width: whole(1, most), height: whole(1, most) }),
    /** A viewport inside the picture, magnifying up to 64 times. */
    viewport: () => {
      const span = 2 ** (-6 * number());
      return { left: number() * (1 - span), top: number() * (1 - span), span };
    },
  };
}

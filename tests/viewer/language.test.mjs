// Numbers as the visitor's language writes them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { load } from "./modules.mjs";

const SOURCE = readFileSync(new URL("../../pages/widgets/shared/language.js", import.meta.url), "utf-8");

/** The module as a page in this language has it. */
const inLanguage = (code) =>
  import(`data:text/javascript,${encodeURIComponent(SOURCE.replace('"en"', JSON.stringify(code)))}`);

test("English has a point before decimals, and a comma between thousands", async () => {
  const { inDigits, inPercent, n_ } = await load("language");
  assert.equal(inDigits(1234.5, 2), "1,234.50");
  assert.equal(inDigits(0.5), "1");
  assert.equal(inPercent(71.25, 1), "71.3%");
  assert.equal(n_("{count} pixel", "{count} pixels", 1234), "1,234 pixels");
});

test("Indonesian has them the other way round", async () => {
  const { inDigits, inPercent, n_ } = await inLanguage("id");
  assert.equal(inDigits(1234.5, 2), "1.234,50");
  assert.equal(inPercent(71.25, 1), "71,3%");
  assert.equal(n_("{count} piksel", "{count} piksel", 1234), "1.234 piksel");
});

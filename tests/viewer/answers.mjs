// What one of the viewer's functions answers, for a program to compare with its own rule.
//
// Standard input: {"module": "geometry", "name": "samePlace", "calls": [[arguments of a call], ...]}, as JSON.
// Standard output: the list of answers, as JSON.

import { readFileSync } from "node:fs";

import { load } from "./modules.mjs";

const { module, name, calls } = JSON.parse(readFileSync(0, "utf-8"));
const answer = (await load(module))[name];
process.stdout.write(JSON.stringify(calls.map((call) => answer(...call))));

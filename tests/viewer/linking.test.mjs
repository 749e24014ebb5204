// Viewers that share a link hear of each other, and of nobody else.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

const { Membership, rule, viewersOf } = await load("linking");

class Viewer {
  constructor() {
    this.heard = [];
    this.membership = new Membership(this);
  }

  follow(other) {
    this.heard.push(["follow", other]);
  }

  followViewport(viewport) {
    this.heard.push(["viewport", viewport]);
  }
}

function viewers(...links) {
  return links.map((link) => {
    const made = new Viewer();
    made.membership.join(link);
    return made;
  });
}

function leave(...all) {
  for (const { membership } of all) membership.leave();
}

test("who joins a link follows the viewer that was there first", () => {
  const [first, second, third] = viewers("together", "together", "together");
  assert.deepEqual(first.heard, []);
  assert.deepEqual(second.heard, [["follow", first]]);
  assert.deepEqual(third.heard, [["follow", first]]);
  leave(first, second, third);
});

test("what one tells, the others of its link hear, once", () => {
  const [teller, listener, stranger, alone] = viewers("a", "a", "b", null);
  for (const each of [listener, stranger, alone]) each.heard = [];
  teller.membership.tell("followViewport", "here");
  assert.deepEqual([teller, listener, stranger, alone].map(({ heard }) => heard), [[], [["viewport", "here"]], [], []]);
  leave(teller, listener, stranger, alone);
});

test("viewers without a link are no group", () => {
  const [one, other] = viewers(null, null);
  one.membership.tell("followViewport", "here");
  assert.deepEqual(other.heard, []);
});

test("joining again where one is changes nothing", () => {
  const [one, other] = viewers("again", "again");
  other.membership.join("again");
  assert.equal(other.heard.length, 1);
  leave(one, other);
});

test("who leaves, or goes to another link, hears nothing more", () => {
  const [teller, leaver, mover] = viewers("old", "old", "old");
  leaver.membership.leave();
  mover.membership.join("new");
  for (const each of [leaver, mover]) each.heard = [];
  teller.membership.tell("followViewport", "here");
  assert.deepEqual([leaver.heard, mover.heard], [[], []]);
  leave(teller, mover);
});

test("a link that all have left begins anew", () => {
  const [before] = viewers("anew");
  leave(before);
  const [after] = viewers("anew");
  assert.deepEqual(after.heard, []);
  leave(after);
});

test("a toolbar rules the viewers of its link, whoever comes first, until it goes", () => {
  const welcomed = [];
  const toolbar = { welcome: (viewer) => welcomed.push(viewer) };
  const [early] = viewers("ruled");
  assert.equal(early.membership.toolbar, null);
  rule("ruled", toolbar);
  const [late, stranger] = viewers("ruled", "free");
  assert.deepEqual(welcomed, [late]);
  assert.deepEqual(viewersOf("ruled"), [early, late]);
  assert.deepEqual([early, late, stranger].map(({ membership }) => membership.toolbar), [toolbar, toolbar, null]);
  rule("ruled", null);
  assert.equal(early.membership.toolbar, null);
  leave(early, late, stranger);
  assert.deepEqual(viewersOf("ruled"), []);
});

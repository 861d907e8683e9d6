// What a student types, and what the book's search makes of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../convbook/publishing/search/static/minisearch.js";
import "../../convbook/publishing/search/static/search.js";

const { asked, index, snippet } = globalThis.convbookSearch;

const section = (heading, text, id = "") => ({ id, heading, text, code: "" });
const book = index([
  { url: "notebooks/04/pooling.html", title: "4.5 Pooling layers", sections: [
    section("4.5 Pooling layers", "The largest number of each window is kept."),
    section("Global pooling", "One number is left of each feature map.", "global")] },
  { url: "book/19/pooling.html", title: "19.3 Pooling", sections: [section("19.3 Pooling", "Pool this window.")] },
  { url: "notebooks/04/one.html", title: "4.7 1×1 convolutions", sections: [
    section("4.7 1×1 convolutions", "A 1 × 1 kernel mixes the channels. Nothing else is read.")] },
  { url: "notebooks/04/cam.html", title: "4.12 Grad-CAM", sections: [
    section("4.12 Grad-CAM", "Which place decided? The map answers.")] },
  { url: "notebooks/04/cam-1.html", title: "4.12.1 Testing a map", parts: ["4. Ideas", "4.12 Grad-CAM"], sections: [
    section("4.12.1 Testing a map", "A Grad-CAM map and another Grad-CAM map, on a mixup of photographs.")] },
  { url: "notebooks/11/cam.html", title: "11.3 Grad-CAM in code", parts: ["11. Keras"], sections: [
    section("11.3 Grad-CAM in code", "A tape records. globalpool(maps)")] },
]);
const urls = (query) => book.search(query).map(({ url }) => url);

test("spellings of one thing are one thing", () => {
  for (const query of ["1x1", "1×1", "1 x 1", "one by one", "1*1"]) assert.equal(asked(query)[0], "1x1", query);
  for (const query of ["grad cam", "Grad-CAM", "gradcam", "class activation map"]) {
    assert.equal(asked(query)[0], "gradcam", query);
  }
  assert.deepEqual(asked("batch normalisation"), asked("BatchNorm"));
  assert.deepEqual(asked("why is the kernel turned"), ["kernel", "turned"]);
  assert.deepEqual(asked("why"), ["why"], "a question of nothing but small words keeps them");
});

test("a slip of the finger finds what was meant", () => {
  for (const query of ["poling", "poooling", "polling"]) {
    assert.equal(urls(query)[0], "notebooks/04/pooling.html", query);
  }
});

test("another word for the same thing finds it", () => {
  assert.equal(urls("heat map")[0], "notebooks/04/cam.html");
  assert.equal(urls("pointwise")[0], "notebooks/04/one.html");
});

test("a word is found in each of its forms", () => {
  for (const query of ["pool", "pooled", "pools"]) assert.equal(urls(query)[0], "notebooks/04/pooling.html", query);
  assert.equal(urls("answer")[0], "notebooks/04/cam.html");
  assert.equal(urls("mix up")[0], "notebooks/04/cam-1.html", "two words that the book writes as one");
  assert.equal(urls("global pool")[0], "notebooks/04/pooling.html", "though code elsewhere writes globalpool");
});

test("a lesson stands before its second page, and a chapter asked for by name before both", () => {
  assert.deepEqual(urls("grad-cam").slice(0, 2), ["notebooks/04/cam.html", "notebooks/04/cam-1.html"]);
  assert.equal(urls("grad-cam keras")[0], "notebooks/11/cam.html");
});

test("a lesson stands before the exercise about it", () => {
  assert.deepEqual(urls("pooling"), ["notebooks/04/pooling.html", "book/19/pooling.html"]);
});

test("a result leads to the section that says most", () => {
  assert.equal(book.search("global pooling")[0].section.id, "global");
});

test("nothing is found for nothing, and for words that the book lacks", () => {
  assert.deepEqual([urls(""), urls("xylophonist"), urls("…")], [[], [], []]);
});

test("a snippet begins at a sentence and marks what was looked for", () => {
  const text = `${"Something else stands here. ".repeat(20)}The kernel moves. ${"More follows. ".repeat(30)}`;
  const pieces = snippet(text, new Set(["kernel"]));
  assert.deepEqual(pieces.slice(0, 3), [["… ", false], ["The ", false], ["kernel", true]]);
  assert.ok(pieces.map(([piece]) => piece).join("").length < 260);
});

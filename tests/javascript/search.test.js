// What a student types, and what the book's search makes of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../convbook/publishing/search/static/minisearch.js";
import "../../convbook/publishing/search/static/search-words.js";
import "../../convbook/publishing/search/static/search.js";

const { asked, index, snippet } = globalThis.convbookSearch;
const { corrected, slips, spelledOut } = globalThis.convbookWords;

const section = (heading, text, id = "") => ({ id, heading, text, code: "" });
const book = index([
  { url: "notebooks/04/pooling.html", title: "4.5 Pooling layers", sections: [
    section("4.5 Pooling layers", "The largest number of each window is kept."),
    section("Global pooling", "One number is left of each feature map.", "global")] },
  { url: "book/19/pooling.html", title: "19.3 Pooling", parts: ["19. Exercises"], sections: [
    section("19.3 Pooling", "Pool this window.")] },
  { url: "book/case.html", title: "17. Industry", keywords: "object detection, early stopping", sections: [
    section("17. Industry", "Objects on a belt of 1,792 parts."),
    section("Your turn", "See the exercise on pooling.")] },
  { url: "book/edges.html", title: "10.4 Detector of edges", keywords: "detector", sections: [
    section("10.4 Detector of edges", "A detector of edges. Objects have edges, and the detector finds them.")] },
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

test("of two words that a slip may stand for, the one is taken that goes with the others", () => {
  assert.equal(urls("object detecton")[0], "book/case.html");
  assert.equal(urls("detectr")[0], "book/edges.html");
});

test("letters that changed places are one slip, and a short word is mended only to a subject", () => {
  assert.deepEqual([slips("stirde", "stride", 1), slips("poling", "pooling", 2), slips("pad", "kernel", 1)], [1, 1, 2]);
  assert.deepEqual(corrected("bert", new Map([["best", 20]]), 30), ["bert"]);
  assert.deepEqual(corrected("relo", new Map([["relu", 40], ["real", 2]]), 30), ["relu"]);
});

test("a name of code is found by its words, and a number with or without its comma", () => {
  assert.equal(spelledOut("GlobalAveragePooling2D"), "Global Average Pooling 2D");
  assert.equal(spelledOut("from_logits"), "from logits");
  assert.equal(spelledOut("MobileNetV2"), "MobileNetV2");
  assert.equal(urls("EarlyStopping")[0], "book/case.html");
  for (const number of ["1792", "1,792"]) assert.deepEqual(urls(number), ["book/case.html"], number);
});

test("a page's keyword is worth more than words in another's prose, also where it is written as one", () => {
  assert.equal(urls("object detection")[0], "book/case.html");
  assert.equal(urls("objectdetection")[0], "book/case.html");
});

test("who asks for an exercise gets one, not a page that mentions it", () => {
  for (const query of ["pooling exercise", "exercise on pooling"]) assert.equal(urls(query)[0], "book/19/pooling.html");
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
  const found = urls("grad-cam");
  assert.equal(found[0], "notebooks/04/cam.html");
  assert.ok(found.includes("notebooks/04/cam-1.html"));
  assert.equal(urls("grad-cam keras")[0], "notebooks/11/cam.html");
});

test("a lesson stands before the exercise about it", () => {
  assert.deepEqual(urls("pooling").slice(0, 2), ["notebooks/04/pooling.html", "book/19/pooling.html"]);
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

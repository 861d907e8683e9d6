// A number of a network taken apart, on cases small enough for the head.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldOf, roundedParts, takenApart } from "../../convbook/widgets/shared/taken_apart.js";

const nodes = [
  { op: "input", channels: 1, height: 4, width: 4, scale: 2, offset: -1 },
  { op: "conv", from: 0, channels: 1, height: 4, width: 4, in: 1, out: 1, size: 3, pad: 1, relu: true, bias: [-2] },
  { op: "pool", from: 1, channels: 1, height: 2, width: 2, size: 2 },
  { op: "depthwise", from: 2, channels: 1, height: 1, width: 1, size: 2, stride: 2, pad: 0, bias: [0] },
];

test("rounded parts add up to the rounded total, each to one of its neighbours", () => {
  assert.deepEqual(roundedParts([0.00004, 0.00004, 0.00004], 0.00012, 10_000).reduce((a, b) => a + b), 1);
  assert.deepEqual(roundedParts([1.26, -0.26], 1, 10), [13, -3]);
});

test("a field grows by what every window adds, and may reach over the edges", () => {
  assert.deepEqual(fieldOf(nodes, 1, 0, 3), { top: -1, left: 2, bottom: 1, right: 4 });
  assert.deepEqual(fieldOf(nodes, 2, 0, 0), { top: -1, left: -1, bottom: 2, right: 2 });
  assert.deepEqual(fieldOf(nodes, 3, 0, 0), { top: -1, left: -1, bottom: 4, right: 4 });
});

test("padding counts for nothing, ReLU cuts off, pooling keeps the largest, the image is scaled", () => {
  const image = Float32Array.from({ length: 16 }, (_, i) => i);
  const ones = new Float32Array(9).fill(1);
  const corner = takenApart(nodes, 1, 0, 0, 0, (i) => (i === 0 ? image : Float32Array.of(8)), ones);
  assert.deepEqual(corner.terms[0].window, [null, null, null, null, 0, 1, null, 4, 5]);
  assert.deepEqual([corner.terms[0].sum, corner.before], [10, 8]);
  const cut = takenApart(nodes, 1, 0, 0, 0, (i) => (i === 0 ? image.map((v) => -v) : Float32Array.of(0)), ones);
  assert.deepEqual([cut.before, cut.value], [-12, 0]);
  const pooled = takenApart(nodes, 2, 0, 0, 1, (i) => (i === 1 ? image : Float32Array.of(5, 7, 13, 15)), []);
  assert.deepEqual([pooled.largest, pooled.terms[0].window, pooled.value], [true, [2, 3, 6, 7], 7]);
  const pixel = takenApart(nodes, 0, 0, 1, 1, () => image, []);
  assert.deepEqual([pixel.terms[0].window, pixel.bias, pixel.value], [[3], -1, 5]);
});

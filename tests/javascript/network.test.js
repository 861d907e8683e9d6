// The network of the page: shapes, forward, backward; NumPy has the last word in tests/widgets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeNetwork, runNetwork } from "../../convbook/widgets/shared/cnn.js";
import { gradCamMap, gradientAt } from "../../convbook/widgets/shared/cnn_back.js";
import { makeFastNetwork } from "../../convbook/widgets/shared/cnn_fast.js";
import { readHalves, readSingles, softmax } from "../../convbook/widgets/shared/nodes.js";

const nodes = [
  { op: "input", channels: 1, height: 4, width: 4, scale: 1, offset: 0 },
  { op: "conv", from: 0, in: 1, out: 1, size: 3, pad: 1, relu: true, bias: [0], scale: [2], at: 0 },
  { op: "add", from: [1, 0], relu: false },
  { op: "pool", from: 2, size: 2 },
  { op: "mean", from: 3 },
  { op: "dense", from: 4, in: 1, out: 2, bias: [0, 1], at: 9 },
];
const weights = Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -1);
const pixels = Array.from({ length: 16 }, (_, i) => i / 16);

for (const [loops, make] of /** @type {const} */ ([["quick", makeFastNetwork], ["plain", makeNetwork]])) {
  test(`an identity filter of scale 2, a shortcut, pooling and a dense layer, by hand: ${loops} loops`, () => {
    const network = make(nodes, weights);
    const given = runNetwork(network, pixels);
    const mean = (3 * (5 + 7 + 13 + 15)) / 4 / 16;
    assert.deepEqual([network[3].height, network[5].channels], [2, 2]);
    assert.ok(Math.abs(given.at(-1)[0] - mean) < 1e-6);
    assert.ok(Math.abs(given.at(-1)[1] - (1 - mean)) < 1e-6);
  });
}

test("the gradient of a logit reaches only the pixels that were largest", () => {
  const network = makeFastNetwork(nodes, weights);
  const given = runNetwork(network, pixels);
  const gradient = gradientAt(network, given, 0, 0);
  assert.deepEqual([...gradient].flatMap((v, i) => (v > 0 ? [i] : [])), [5, 7, 13, 15]);
  assert.ok(Math.abs(gradient[5] - 0.75) < 1e-6);
  const { data, height, width } = gradCamMap(network, given, 2, 0);
  assert.deepEqual([height, width, Math.max(...data) > 0.999], [4, 4, true]);
});

test("weights travel as halves or singles, little-endian", () => {
  const halves = new DataView(Uint16Array.of(0x3c00, 0xc000, 0x0001).buffer);
  assert.deepEqual([...readHalves(halves)], [1, -2, 2 ** -24]);
  assert.deepEqual([...readSingles(new DataView(Float32Array.of(0.5).buffer))], [0.5]);
});

test("probabilities add up to one, however large the logits", () => {
  const [a, b] = softmax([1000, 1000]);
  assert.deepEqual([a, b], [0.5, 0.5]);
});

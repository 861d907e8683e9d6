// Planes of numbers, by cases small enough to do by hand; scipy has the last word in tests/widgets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { normalFrom, randomFrom } from "../../convbook/widgets/shared/chance.js";
import { correlatePlane, padPlane, planeOf, poolPlane, rowsOf, shiftPlane, turnKernel }
  from "../../convbook/widgets/shared/tensor.js";

const small = planeOf([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);

test("padding puts zeros, or the nearest pixel, around a plane", () => {
  assert.deepEqual(rowsOf(padPlane(planeOf([[5]]), 1)), [[0, 0, 0], [0, 5, 0], [0, 0, 0]]);
  assert.deepEqual(rowsOf(padPlane(planeOf([[1, 2]]), 1, "replicate")), [[1, 1, 2, 2], [1, 1, 2, 2], [1, 1, 2, 2]]);
});

test("correlation lays the kernel on as it is written, at every stride", () => {
  const kernel = [[1, 0], [0, -1]];
  assert.deepEqual(rowsOf(correlatePlane(small, kernel)), [[-4, -4], [-4, -4]]);
  assert.deepEqual(rowsOf(correlatePlane(small, [[2]], { stride: 2, divisor: 4 })), [[0.5, 1.5], [3.5, 4.5]]);
  const { low, high, total } = correlatePlane(small, [[1]]);
  assert.deepEqual([low, high, total], [1, 9, 45]);
});

test("the memory of an earlier result of the same size is used again", () => {
  const first = correlatePlane(small, [[1]]);
  assert.equal(correlatePlane(small, [[2]], { reuse: first }), first);
  assert.notEqual(correlatePlane(small, [[1, 1], [1, 1]], { reuse: first }), first);
});

test("a kernel turned twice is itself", () => {
  assert.deepEqual(turnKernel([[1, 2], [3, 4]]), [[4, 3], [2, 1]]);
});

test("pooling takes the most or the average of each window", () => {
  assert.deepEqual(rowsOf(poolPlane(small, [2, 2], 1, "max")), [[5, 6], [8, 9]]);
  assert.deepEqual(rowsOf(poolPlane(small, [3, 3], 1, "average")), [[5]]);
});

test("a shift wraps around, both ways", () => {
  assert.deepEqual(rowsOf(shiftPlane(small, 1, 0))[0], [7, 8, 9]);
  assert.deepEqual(rowsOf(shiftPlane(small, 0, -1))[0], [2, 3, 1]);
});

test("random numbers repeat with their seed, spread evenly, and become normal ones", () => {
  const draw = (make, seed, count) => Array.from({ length: count }, make(seed));
  assert.deepEqual(draw(randomFrom, 1, 9), draw(randomFrom, 1, 9));
  assert.notDeepEqual(draw(randomFrom, 1, 9), draw(randomFrom, 2, 9));
  const tenths = draw(randomFrom, 1, 4000).reduce((counts, x) => counts.with(Math.floor(10 * x),
    counts[Math.floor(10 * x)] + 1), Array(10).fill(0));
  assert.ok(Math.min(...tenths) > 330 && Math.max(...tenths) < 470, String(tenths));
  const normal = draw(normalFrom, 3, 4000);
  const mean = normal.reduce((sum, x) => sum + x, 0) / 4000;
  assert.ok(Math.abs(mean) < 0.06, String(mean));
});

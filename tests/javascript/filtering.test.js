// What a filter does at one place, and the words for it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { interiorOf, kernelInWords, lookInto, nearestOutput, sumInWords, sumSign, termsInWords }
  from "../../convbook/widgets/shared/filtering.js";
import { padPlane, planeOf } from "../../convbook/widgets/shared/tensor.js";

const padded = padPlane(planeOf([[1, 2], [3, 4]]), 1);
const identity = [[0, 0, 0], [0, 1, 0], [0, 0, 0]];

test("an output is the sum of its patch's products, divided", () => {
  const found = lookInto(padded, identity, [0, 1], { stride: 1, padding: 1, divisor: 2 });
  assert.deepEqual(found.patch, [[0, 0, 0], [1, 2, 0], [3, 4, 0]]);
  assert.deepEqual([found.sum, found.value], [2, 1]);
  assert.ok(found.onPadding(0, 0) && !found.onPadding(1, 1));
});

test("outputs without padding are those in the middle", () => {
  const seven = padPlane(planeOf(Array.from({ length: 5 }, () => Array(5).fill(1))), 1);
  assert.deepEqual(interiorOf([5, 5], seven, { stride: 1, padding: 1, size: 3 }),
    { top: 1, bottom: 4, left: 1, right: 4 });
});

test("a place points at the output whose patch has its middle there", () => {
  const setting = { stride: 1, size: 3 };
  assert.deepEqual(nearestOutput([0, 0], [2, 2], padded, setting), [0, 0]);
  assert.deepEqual(nearestOutput([1, 1], [2, 2], padded, setting), [1, 1]);
});

test("a sum is written so that it adds up as shown, or says that it is rounded", () => {
  assert.equal(termsInWords([3, -4, 5]), "3 − 4 + 5");
  assert.equal(sumSign([0.3334, 0.3334], 0.6668), "≈");
  assert.equal(sumInWords([[1, 0], [-3, 0]], -2, 1), "1 − 3 = −2");
  assert.match(sumInWords([[0]], 0, 4), /every product is 0.*divided by 4/);
});

test("a kernel of one's own is described by its weights", () => {
  const kinds = [[[0]], identity, [[1, -1]], [[1, 2]], [[1, -3]]].map(kernelInWords);
  assert.equal(new Set(kinds).size, 5);
});
